import { type ImportOutcomeAttributes, type ImportOutcomeProperties, UNKNOWN } from '../../../src/contract';
import type { OnEventRequest } from '../../framework/framework';
import type { JsonCause, ReportAnswer, ReportReason } from '../../report/types';
import { ownNamesOf } from '../../service-text/own-names';
import { quoteServiceText } from '../../service-text/show';
import { outputLocationOf } from '../evidence';
import type { JudgedJob } from '../physical-ids';
import { type Advice, type Evidence, type Verdict, whyWithoutResults } from '../verdict';

/** Returns the attributes of `Outcome`. An attribute that is not known is `UNKNOWN`. */
export function attributesOf(properties: ImportOutcomeProperties, judged: JudgedJob | undefined, evidence?: Evidence): ImportOutcomeAttributes {
  const counts = judged?.counts ?? evidence?.counts;
  return {
    JobId: properties.JobId,
    JobStatus: judged?.status ?? evidence?.job.JobStatus ?? UNKNOWN,
    ResourcesScanned: show(counts?.scanned),
    ResourcesImported: show(counts?.imported),
    ResourcesFailed: show(counts?.failed),
    OutputLocation: outputLocationOf(properties, properties.JobId, evidence?.job),
    ReportLocation: evidence?.report?.kind === 'report' ? evidence.report.location ?? UNKNOWN : UNKNOWN,
  };
}

const ADVICE: Record<Advice | 'timeout of a creation', string> = {
  'job': 'correct the cause (Manifest.json in the results has the counts, if HealthLake wrote it) and deploy again (after --no-rollback with a new revision)',
  'errors': 'mend the resources listed under FAILURE/ there and deploy again (after --no-rollback with a new revision), or set errorTolerance',
  'timeout': 'the job can\'t be cancelled and goes on at HealthLake; deploy again later, which finds it and starts no second one, or raise the timeout of completion, or use Completion.detached()',
  'timeout of a creation': 'the job can\'t be cancelled and goes on at HealthLake, but a roll-back of this creation removes the data access role '
    + 'if it is part of the creation, and the job then fails; deploy with --no-rollback, or with a dataAccessRole and a storage of another stack, '
    + 'or raise the timeout of completion, or use Completion.detached()',
  'access': 'correct the permissions or the data store and deploy again, which finds the job',
};

type Failed = Extract<Verdict, { kind: 'failed' }>;

/** Returns the sentences of the failure reason that CloudFormation shows for a failed import. */
export function sentencesOf(properties: ImportOutcomeProperties, requestType: OnEventRequest['RequestType'], { why, advice, evidence }: Failed): string[] {
  return [
    `FHIR import job ${properties.JobId}: ${why}`,
    ...(evidence ? sentencesOn(properties, evidence) : []),
    `results: ${outputLocationOf(properties, properties.JobId, evidence?.job)}`,
    advice === undefined ? '' : ADVICE[advice === 'timeout' && requestType === 'Create' ? 'timeout of a creation' : advice],
  ];
}

function sentencesOn(properties: ImportOutcomeProperties, evidence: Evidence): string[] {
  const { job, report, counts: { scanned, imported, failed } } = evidence;
  const withoutResults = whyWithoutResults(evidence, properties.ErrorTolerance);
  return [
    `status ${job.JobStatus}, resources scanned ${show(scanned)}, imported ${show(imported)}, failed ${show(failed)}`,
    withoutResults === undefined ? '' : `judged by the counts of the job, because ${withoutResults}`,
    ...reasonsOf(report),
    job.Message ? quoteServiceText('HealthLake says', job.Message, ownNamesOf({ ...properties, DataAccessRoleArn: job.DataAccessRoleArn }), 'aws healthlake describe-fhir-import-job') : '',
  ];
}

const JSON_CAUSES: Record<JsonCause, string> = {
  'whole-file': 'files that are not NDJSON (pretty-printed JSON, UTF-16, compressed data)',
  'start-of-file': 'a byte order mark, a blank first line, or a file that is not NDJSON (a JSON array, UTF-16, compressed data)',
  'single-lines': 'blank lines, or lines without one whole JSON object',
};

/** Returns sentences with the most frequent reasons why resources failed, the likely causes, and the location of the complete report. */
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

function show(count?: number): string {
  return count === undefined ? UNKNOWN : String(count);
}
