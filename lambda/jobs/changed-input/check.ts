import { compareInput, type InputComparison, newerSince, withContent } from './decision';
import { type InputChanged, UNKNOWN } from '../../../src/contract';
import { ask, errorCodeOf } from '../../aws/errors';
import { directionOfUpdate } from '../../aws/stack';
import { BUDGETS } from '../../budgets';
import type { IsCompleteRequest } from '../../framework/framework';
import { log } from '../../telemetry/log';
import type { JobDescription } from '../healthlake-job';
import type { ComparableInput } from '../kind';
import type { InputObjects } from '../preflight/input-objects';
import { listObjects } from '../preflight/inspect';
import { locationOf } from '../preflight/request';
import type { LedgerReader } from '../start/ledger';

/** The result of checking whether the input changed after a job of an earlier deployment was submitted. */
export interface CheckedInput {
  readonly inputChanged: InputChanged;
  /** The reason why the deployment fails. Undefined if it doesn't fail. */
  readonly problem?: string;
}

const NOT_KNOWN: CheckedInput = { inputChanged: UNKNOWN };

/**
 * Checks whether the input changed after a job of an earlier deployment was submitted, and logs the result. Returns no problem in a roll-back, or if it can't
 * read the stack, the job or the objects.
 */
export async function checkInput(reader: LedgerReader, request: IsCompleteRequest, jobId: string, input: ComparableInput): Promise<CheckedInput> {
  const { construct, operator, properties: { DatastoreId: datastoreId } } = reader;
  if (input.isConstant) {
    return { inputChanged: 'false' };
  }
  if (!input.isListable) {
    return NOT_KNOWN;
  }
  const direction = await directionOfUpdate(request, operator.cloudformation);
  if ('value' in direction && direction.value === 'roll-back') {
    return NOT_KNOWN;
  }
  const facts = 'error' in direction ? direction : await ask(() => readFacts(reader, jobId, input));
  const subject = { construct, datastoreId, jobId };
  if ('error' in facts) {
    log('warning: could not compare the input with its job', { ...subject, code: errorCodeOf(facts.error) });
    return NOT_KNOWN;
  }
  const { objects, job } = facts.value;
  const { inputChanged, difference } = compareInput(objects, job);
  const problem = difference !== undefined && input.failsIfChanged ? problemOf(input, jobId, difference) : undefined;
  log(MESSAGES[inputChanged], {
    ...subject,
    status: job.JobStatus,
    newerFiles: objects.newerFiles,
    files: withContent(objects),
    bytes: objects.totalSize,
    filesScanned: job.JobProgressReport?.TotalNumberOfScannedFiles,
    megabytesScanned: job.JobProgressReport?.TotalSizeOfScannedFilesInMB,
    code: objects.error === undefined ? undefined : errorCodeOf(objects.error),
    decision: problem === undefined ? undefined : 'fail',
  });
  return { inputChanged, problem };
}

const MESSAGES: Readonly<Record<InputComparison['inputChanged'], string>> = {
  true: 'warning: objects of the input changed after their job was submitted; a new revision imports them',
  false: 'the input has not changed since its job was submitted',
  UNKNOWN: 'warning: could not compare the input with its job',
};

async function readFacts({ kind, operator, properties: { DatastoreId } }: LedgerReader, JobId: string, { inputS3Uri }: ComparableInput):
Promise<{ readonly objects: InputObjects; readonly job: JobDescription }> {
  const abortSignal = AbortSignal.timeout(BUDGETS.handler.start.compareInputMs);
  const job = await kind.api.describe(operator.healthlake, { DatastoreId, JobId }, { abortSignal });
  if (!job) {
    throw new Error('HealthLake describes no job');
  }
  return { job, objects: await listObjects(operator.s3, locationOf(inputS3Uri), abortSignal, newerSince(job)) };
}

function problemOf({ inputS3Uri }: ComparableInput, jobId: string, difference: string): string {
  return `objects under ${inputS3Uri} changed after the import job ${jobId} was submitted: ${difference}; a new revision imports them, `
    + 'and without failIfInputChanged the deployment succeeds and does not import them';
}
