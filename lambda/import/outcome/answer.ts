import { type ImportOutcomeAttributes, type ImportOutcomeProperties, UNKNOWN } from '../../../src/contract';
import type { OnEventRequest } from '../../framework/framework';
import { outputLocationOf } from '../evidence';
import { type Counts, countsOf } from './counts';
import type { Advice, OutcomeDecision } from './decision';
import type { JsonCause, ReportAnswer, ReportReason } from '../../report/types';
import { ownNamesOf } from '../../service-text/own-names';
import { quoteServiceText } from '../../service-text/show';
import type { Judged } from '../physical-ids';
import { dependsOnResults, type Evidence, notByResults } from '../verdict';

/** The attributes, from what is known of the job. */
export function attributesOf(properties: ImportOutcomeProperties, judged: Judged | undefined, seen?: Evidence): ImportOutcomeAttributes {
  const counts: Counts = judged?.counts ?? countsOf(seen?.job.JobProgressReport, seen?.report);
  return {
    JobId: properties.JobId,
    JobStatus: judged?.status ?? seen?.job.JobStatus ?? UNKNOWN,
    ResourcesScanned: show(counts.scanned),
    ResourcesImported: show(counts.imported),
    ResourcesFailed: show(counts.failed),
    OutputLocation: outputLocationOf(properties, properties.JobId, seen?.job),
    ReportLocation: reportLocationOf(seen?.report) ?? UNKNOWN,
  };
}

const WAY_OUT: Record<Advice | 'timeout of a creation', string> = {
  'job': 'correct what it names (Manifest.json there has the counts, if HealthLake got that far) and deploy again (after --no-rollback with a new revision)',
  'errors': 'mend the resources listed under FAILURE/ there and deploy again (after --no-rollback with a new revision), or set errorTolerance',
  'timeout': 'the job can\'t be cancelled and goes on at HealthLake; deploy again later, which finds it and starts no second one, or raise the timeout of completion, or use Completion.detached()',
  'timeout of a creation': 'the job can\'t be cancelled and goes on at HealthLake, but a roll-back of this creation removes the data access role '
    + 'if it was made with it, and the job then fails for want of access; deploy with --no-rollback, or with a dataAccessRole and a storage of another stack, '
    + 'or raise the timeout of completion, or use Completion.detached()',
  'access': 'correct the permissions or the data store and deploy again, which finds the job',
};

type Failed = Extract<OutcomeDecision, { kind: 'fail' }>;

/** The sentences of CloudFormation's reason. */
export function sentencesOf(properties: ImportOutcomeProperties, requestType: OnEventRequest['RequestType'], { why, advice, seen }: Failed): string[] {
  return [
    `FHIR import job ${properties.JobId}: ${why}`,
    ...(seen ? sentencesOn(properties, seen) : []),
    `results: ${outputLocationOf(properties, properties.JobId, seen?.job)}`,
    advice === undefined ? '' : WAY_OUT[advice === 'timeout' && requestType === 'Create' ? 'timeout of a creation' : advice],
  ];
}

function sentencesOn(properties: ImportOutcomeProperties, seen: Evidence): string[] {
  const { job, report } = seen;
  const { scanned, imported, failed } = countsOf(job.JobProgressReport, report);
  const otherwise = dependsOnResults(job.JobStatus, properties.ErrorTolerance) ? notByResults(seen) : undefined;
  return [
    `status ${job.JobStatus}, resources scanned ${show(scanned)}, imported ${show(imported)}, failed ${show(failed)}`,
    otherwise === undefined ? '' : `judged by the counts of the job, because ${otherwise}`,
    ...reasonsOf(report),
    job.Message ? quoteServiceText('HealthLake says', job.Message, ownNamesOf({ ...properties, DataAccessRoleArn: job.DataAccessRoleArn }), 'aws healthlake describe-fhir-import-job') : '',
  ];
}

const JSON_CAUSES: Record<JsonCause, string> = {
  'whole-file': 'files that are not NDJSON (pretty-printed JSON, UTF-16, compressed data)',
  'start-of-file': 'a byte order mark, a blank first line, or a file that is not NDJSON (a JSON array, UTF-16, compressed data)',
  'single-lines': 'blank lines, or lines without one whole JSON object',
};

/** The most frequent reasons, their likely causes, and the location of the complete report. */
function reasonsOf(report: ReportAnswer | undefined): string[] {
  if (report?.kind !== 'report') {
    return [];
  }
  return [
    report.reasons.length > 0 ? `most often: ${report.reasons.map(showReason).join(', ')}` : '',
    ...hintsAt(report.reasons),
    report.problem ?? '',
    report.location === undefined ? '' : 'report: report.json in the results',
  ];
}

function hintsAt(reasons: readonly ReportReason[]): string[] {
  const cause = reasons.find(({ likelyCause }) => likelyCause !== undefined)?.likelyCause;
  const hasBundles = reasons.some(({ resourceTypes }) => resourceTypes.includes('Bundle'));
  return [
    cause === undefined ? '' : `likely cause of the invalid JSON: ${JSON_CAUSES[cause]}`,
    hasBundles ? 'HealthLake does not unwrap a Bundle: write each of its resources into a line of its own' : '',
  ];
}

function showReason({ code, message, resourceTypes, count }: ReportReason): string {
  return `${count} x ${code}${message === undefined ? '' : ` "${message}"`} (${resourceTypes.slice(0, 3).join(', ')}${resourceTypes.length > 3 ? ', ...' : ''})`;
}

function reportLocationOf(report: ReportAnswer | undefined): string | undefined {
  return report?.kind === 'report' ? report.location : undefined;
}

function show(count?: number): string {
  return count === undefined ? UNKNOWN : String(count);
}
