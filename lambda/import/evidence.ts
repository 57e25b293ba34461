import { hasEnded, type JobDescription, windowOf } from './healthlake-job';
import { describeJob, type PollingBudget } from './polling';
import { askForReport } from './report-call';
import { findRestorePoint } from './restore-point';
import { type Evidence, evidenceOf } from './verdict';
import { ALREADY_IMPORTED, type ContractReport, type ImportOutcomeProperties, UNKNOWN } from '../../src/contract';
import { ask, type Fact } from '../aws/errors';
import type { Operator } from '../aws/operator';
import { BUDGETS } from '../budgets';
import { type NamedImport, ownNamesOf } from '../service-text/own-names';

/** The properties of an import that locate its results. */
interface ResultsProperties extends NamedImport {
  readonly DatastoreId: string;
  readonly OutputS3Uri: string;
  readonly InputS3Uri?: string;
  readonly Report?: ContractReport;
}

/** Polls a job: describes it and, if it has ended, requests the report on its results. */
export function pollJob(properties: ImportOutcomeProperties, operator: Operator, budget: PollingBudget): Promise<Fact<Evidence>> {
  return ask(async () => {
    const job = await describeJob(operator, properties, budget.polls);
    return hasEnded(job.JobStatus)
      ? readResults(job, properties, operator, budget.results)
      : evidenceOf(job);
  });
}

/** Returns the evidence on a job that has ended. The results of the job are read only if they are in the output location of this import. */
export async function readResults(job: JobDescription, properties: ResultsProperties, operator: Operator,
  abortSignal: AbortSignal): Promise<Evidence> {
  const { DatastoreId, OutputS3Uri, InputS3Uri = '', Report } = properties;
  const JobId = job.JobId!;
  const OutputLocation = outputLocationOf(properties, JobId, job);
  const isOwn = OutputLocation.startsWith(OutputS3Uri);
  const restorePoint = await findRestorePoint(job, operator, ownNamesOf(properties), abortSignal);
  if (!Report || !isOwn) {
    return { ...evidenceOf(job, undefined, isOwn), restorePoint };
  }
  const call = {
    FunctionArn: Report.FunctionArn,
    ReportRoleArn: Report.RoleArn,
    DatastoreId,
    JobId,
    OutputLocation,
    InputS3Uri,
    Window: windowOf(job, restorePoint),
  };
  const limit = AbortSignal.any([AbortSignal.timeout(BUDGETS.handler.poll.report.totalMs), abortSignal]);
  return { ...evidenceOf(job, await askForReport(operator.lambda, call, limit)), restorePoint };
}

/**
 * Returns the folder of a job's results, as HealthLake describes it. If HealthLake returns only the output prefix of the start request, or if the job
 * no longer exists, returns the folder that the developer guide documents.
 */
export function outputLocationOf({ DatastoreId, OutputS3Uri }: ResultsProperties, jobId: string, job?: JobDescription): string {
  if (jobId === UNKNOWN || jobId === ALREADY_IMPORTED) {
    return UNKNOWN;
  }
  const sent = withSlash(OutputS3Uri);
  const described = withSlash(job?.JobOutputDataConfig?.S3Configuration?.S3Uri ?? sent);
  return described === sent ? `${sent}${DatastoreId}-FHIR_IMPORT-${jobId}/` : described;
}

function withSlash(uri: string): string {
  return uri.endsWith('/') ? uri : `${uri}/`;
}
