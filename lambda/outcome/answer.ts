import { ImportJobProperties as ImportJob } from '@aws-sdk/client-healthlake';
import { ImportOutcomeAttributes, ImportOutcomeProperties, UNKNOWN } from '../../src/import-contract';
import { OnEventRequest } from '../framework';
import { maskObjectKeys } from '../reason';
import { Advice, OutcomeDecision } from './decision';
import { Judged } from './physical-id';
import { Counts, countsOf } from './verdict';

/** The attributes, from what is known of the job. */
export function attributesOf(properties: ImportOutcomeProperties, judged: Judged | undefined, job?: ImportJob): ImportOutcomeAttributes {
  const counts: Counts = judged?.counts ?? countsOf(job?.JobProgressReport);
  return {
    JobId: properties.JobId,
    JobStatus: judged?.status ?? job?.JobStatus ?? UNKNOWN,
    ResourcesScanned: show(counts.scanned),
    ResourcesImported: show(counts.imported),
    ResourcesFailed: show(counts.failed),
    OutputLocation: outputLocationOf(properties, job),
  };
}

/** What Describe says; if the job is gone, the layout that the developer guide documents. */
export function outputLocationOf(properties: ImportOutcomeProperties, job?: ImportJob): string {
  if (properties.JobId === UNKNOWN) {
    return UNKNOWN;
  }
  return job?.JobOutputDataConfig?.S3Configuration?.S3Uri
    ?? `${properties.OutputS3Uri}${properties.DatastoreId}-FHIR_IMPORT-${properties.JobId}/`;
}

const WAY_OUT: Record<Advice | 'timeout of a creation', string> = {
  'job': 'correct what it names (Manifest.json there has the counts, if HealthLake got that far) and deploy again (after --no-rollback with a new revision)',
  'errors': 'mend the resources listed under FAILURE/ there and deploy again (after --no-rollback with a new revision), or set errorTolerance',
  'timeout': 'the job can\'t be cancelled and goes on at HealthLake; deploy again later, which finds it and starts no second one, or raise the timeout of completion',
  'timeout of a creation': 'the job can\'t be cancelled and goes on at HealthLake, but a roll-back of this creation removes the data access role '
    + 'if it was made with it, and the job then fails for want of access; deploy with --no-rollback, or with a dataAccessRole and a storage of another stack, '
    + 'or raise the timeout of completion',
  'access': 'correct the permissions or the data store and deploy again, which finds the job',
};

type Failed = Extract<OutcomeDecision, { kind: 'fail' }>;

/** The sentences of CloudFormation's reason. */
export function sentencesOf(properties: ImportOutcomeProperties, requestType: OnEventRequest['RequestType'], { why, advice, job }: Failed): string[] {
  const { scanned, imported, failed } = countsOf(job?.JobProgressReport);
  return [
    `FHIR import job ${properties.JobId}: ${why}`,
    job ? `status ${job.JobStatus}, resources scanned ${show(scanned)}, imported ${show(imported)}, failed ${show(failed)}` : '',
    job?.Message ? `HealthLake says: ${maskObjectKeys(job.Message)}` : '',
    `results: ${outputLocationOf(properties, job)}`,
    advice === undefined ? '' : WAY_OUT[advice === 'timeout' && requestType === 'Create' ? 'timeout of a creation' : advice],
  ];
}

function show(count?: number): string {
  return count === undefined ? UNKNOWN : String(count);
}
