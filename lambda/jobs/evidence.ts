import { hasEnded, type JobDescription, windowOf } from './healthlake-job';
import type { JobKind } from './kind';
import { describeJob, type PollingBudget } from './polling';
import { askForReport } from './report-call';
import type { Evidence } from './verdict';
import { ALREADY_IMPORTED, type JobOutcomeProperties, type JobStartProperties, UNKNOWN } from '../../src/contract';
import { ask, type Fact } from '../aws/errors';
import type { Operator } from '../aws/operator';
import { BUDGETS } from '../budgets';
import type { ReportAnswer } from '../report/types';
import { ownNamesOf } from '../service-text/own-names';

/** Properties of a custom resource that has the location of a job's results. */
type ResultsProperties = JobStartProperties | JobOutcomeProperties;

/** Returns the evidence from a described job, and from its report if there is one. */
export function evidenceOf(kind: JobKind, job: JobDescription, report?: ReportAnswer, isOwn = true): Evidence {
  return { job, counts: kind.countsOf(job, report), isOwn, ...(report && { report }) };
}

/** Polls a job: describes it and, if it has ended, requests the report on its results. */
export function pollJob(kind: JobKind, properties: JobOutcomeProperties, operator: Operator, budget: PollingBudget): Promise<Fact<Evidence>> {
  return ask(async () => {
    const job = await describeJob(kind, operator, properties, budget.polls);
    return hasEnded(job.JobStatus)
      ? readResults(kind, job, properties, operator, budget.results)
      : evidenceOf(kind, job);
  });
}

/** Returns the evidence on a job that has ended. The results of the job are read only if they are in the output location of this construct. */
export async function readResults(kind: JobKind, job: JobDescription, properties: ResultsProperties, operator: Operator,
  abortSignal: AbortSignal): Promise<Evidence> {
  const { DatastoreId, OutputS3Uri, Report } = properties;
  const JobId = job.JobId!;
  const OutputLocation = outputLocationOf(kind, properties, JobId, job);
  const isOwn = OutputLocation.startsWith(OutputS3Uri);
  const restorePoint = await kind.findRestorePoint(job, operator, ownNamesOf(properties), abortSignal);
  if (!Report || !isOwn) {
    return { ...evidenceOf(kind, job, undefined, isOwn), restorePoint };
  }
  const request = kind.reportRequestOf(properties, {
    DatastoreId, JobId, JobStatus: job.JobStatus!, OutputLocation, ReportRoleArn: Report.RoleArn, Window: windowOf(job, restorePoint),
  });
  const limit = AbortSignal.any([AbortSignal.timeout(BUDGETS.handler.poll.report.totalMs), abortSignal]);
  return { ...evidenceOf(kind, job, await askForReport(operator.lambda, Report.FunctionArn, request, limit)), restorePoint };
}

/**
 * Returns the folder of a job's results, as HealthLake describes it. If HealthLake returns only the output prefix of the start request, or if the job
 * no longer exists, returns the folder that the developer guide documents. An export may have been started with another prefix, and that prefix has the
 * folders of all its jobs. So the folder of an export always contains the job id.
 */
export function outputLocationOf({ folder }: JobKind, { DatastoreId, OutputS3Uri }: Pick<ResultsProperties, 'DatastoreId' | 'OutputS3Uri'>, jobId: string,
  job?: JobDescription): string {
  if (jobId === UNKNOWN || jobId === ALREADY_IMPORTED) {
    return UNKNOWN;
  }
  const sent = withSlash(OutputS3Uri);
  const described = withSlash((job?.JobOutputDataConfig ?? job?.OutputDataConfig)?.S3Configuration?.S3Uri ?? sent);
  const isPrefix = described === sent || (job?.OutputDataConfig !== undefined && !described.includes(jobId));
  return isPrefix ? `${described}${DatastoreId}-${folder}-${jobId}/` : described;
}

/** Returns the S3 URI of a folder with a slash at its end. */
export function withSlash(uri: string): string {
  return uri.endsWith('/') ? uri : `${uri}/`;
}
