import { type OccurrenceDocument, type ReasonDocument, type ReportDocument, REPORT_VERSION } from './document';
import { INVALID_JSON, jsonCauseOf } from './json-cause';
import { RESOURCE_TYPES } from '../messages/fhir-r4-names';
import { isCount } from '../read/manifest';
import { isReason, OTHER } from '../read/tally';
import type { Report, ReportReason, ReportRequest } from '../types';

/** The maximum number of reasons that the report function returns. */
const TOP = 3;

/** Returns the part of a report that has no object keys and no patient data. */
export function answerOf(document: ReportDocument, location: string | undefined): Report {
  const { complete, incomplete, files, manifest, manifestProblem, failures, searchValidation } = document;
  return {
    kind: 'report',
    ...(location !== undefined && { location }),
    complete,
    ...(incomplete !== undefined && { problem: incomplete }),
    filesRead: files.read,
    filesTotal: files.total,
    filesTotalIsExact: files.totalIsExact,
    ...(manifest && { manifest }),
    ...(manifestProblem !== undefined && { manifestProblem }),
    failures: failures.count,
    searchValidationFailures: searchValidation.count,
    reasons: failures.reasons.slice(0, TOP).map((reason) => toReportReason(reason, failures)),
  };
}

function toReportReason(reason: ReasonDocument, failures: ReportDocument['failures']): ReportReason {
  const { code, message, resourceTypes, count } = reason;
  const likelyCause = message === INVALID_JSON ? jsonCauseOf(reason, failures) : undefined;
  return {
    code, ...(message !== undefined && { message }), resourceTypes: resourceTypes.map(({ type }) => type), count, ...(likelyCause && { likelyCause }),
  };
}

/**
 * Parses an existing `report.json`. Returns undefined unless the report is about this job, is complete, has version `REPORT_VERSION`, and contains only texts
 * that the report function writes.
 */
export function readReport(json: string, { DatastoreId, JobId }: ReportRequest): ReportDocument | undefined {
  try {
    const document = JSON.parse(json) as ReportDocument; // an unchecked cast; the code below validates the members that are read
    const { version, complete, job, files, manifest = {}, failures, searchValidation } = document;
    const counts = [files.read, files.total, failures.count, searchValidation.count, ...Object.values(manifest)];
    const isOurs = version === REPORT_VERSION && complete === true && job.datastoreId === DatastoreId && job.jobId === JobId
      && document.incomplete === undefined && document.manifestProblem === undefined && files.totalIsExact === true
      && counts.every(isCount) && failures.reasons.every(isShowable)
      && failures.files.every(({ count, first }) => isCount(count) && first.every(isPlace));
    return isOurs ? document : undefined;
  } catch {
    return undefined;
  }
}

function isShowable({ code, message, count, resourceTypes, first }: ReasonDocument): boolean {
  return isReason(code, message) && isCount(count) && first.every(isPlace)
    && resourceTypes.every(({ type }) => RESOURCE_TYPES.has(type) || type === OTHER);
}

function isPlace({ key, inputLine }: OccurrenceDocument): boolean {
  return typeof key === 'string' && (inputLine === undefined || typeof inputLine === 'number');
}
