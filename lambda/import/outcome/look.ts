import { countsOf } from './counts';
import type { OutcomeDecision } from './decision';
import { metricsOf } from './metrics';
import type { ImportOutcomeProperties } from '../../../src/contract';
import { ask, type Fact } from '../../aws/fact';
import type { Operator } from '../../aws/operator';
import { log } from '../../telemetry/log';
import { putMetrics } from '../../telemetry/metrics';
import { logLook } from '../../telemetry/progress';
import { evidenceOf } from '../evidence';
import { dependsOnResults, type Evidence, hasEnded, notByResults } from '../verdict';
import { describeJob, type InvocationBudget } from '../watch';

/** The report of a job that has ended, in milliseconds. */
const REPORT_BUDGET = 195_000;

/** Who has looked at a job, and until when it waits for it. */
export interface Looker {
  readonly construct: string;
  readonly properties: ImportOutcomeProperties;
  readonly Deadline: number;
}

/** Looks at the job, and if it has ended at its results. */
export function lookAt(properties: ImportOutcomeProperties, operator: Operator, budget: InvocationBudget): Promise<Fact<Evidence>> {
  return ask(async () => {
    const job = await describeJob(operator, properties, budget.looks);
    return hasEnded(job.JobStatus)
      ? evidenceOf(job, properties, operator, AbortSignal.any([AbortSignal.timeout(REPORT_BUDGET), budget.results]))
      : { job, isOwn: true };
  });
}

/** Writes the line and the metrics of a look. */
export function tell({ construct, properties, Deadline }: Looker, decision: OutcomeDecision): void {
  const { kind, seen } = decision;
  if (kind === 'already imported') {
    log('no job was started: the data set is already in the data store', { construct, datastoreId: properties.DatastoreId, decision: kind });
    return putMetrics(properties, metricsOf(decision, {}));
  }
  const job = seen?.job;
  const counts = countsOf(job?.JobProgressReport, seen?.report);
  logLook({ ...properties, LogicalResourceId: construct }, job, counts, {
    secondsLeft: Math.round((Deadline - Date.now()) / 1000),
    judgedByJobBecause: seen && dependsOnResults(job?.JobStatus, properties.ErrorTolerance) ? notByResults(seen) : undefined,
    decision: kind,
  });
  putMetrics(properties, metricsOf(decision, counts));
}
