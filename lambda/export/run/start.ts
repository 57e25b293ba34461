import { decideRun, otherRunOf, type RunDecision } from './decision';
import { EXPORT_EVENTS, type ExportJobProperties, RUN_TIMEOUT_MINUTES, type RunAnswer, type RunRequest, UNKNOWN } from '../../../src/contract';
import { ask, describeError, isHopeless, SETTLING_MS } from '../../aws/errors';
import { operatorFor } from '../../aws/operator';
import { BUDGETS } from '../../budgets';
import type { JobDescription } from '../../jobs/healthlake-job';
import { outcomeOf, startMonitor } from '../../jobs/monitor/start';
import { unreadable } from '../../jobs/obstacles';
import type { JobChange, JobDecision } from '../../jobs/start/decision';
import { carryOut, decide } from '../../jobs/start/find-or-start';
import { entriesByStatus, isOfDataSet, type LedgerReader, listJobsSince } from '../../jobs/start/ledger';
import { memoryOf } from '../../jobs/waiter-memory';
import { ownNamesOf } from '../../service-text/own-names';
import { announce, putEvent } from '../../telemetry/announcement';
import { count } from '../../telemetry/embedded-metrics';
import { log } from '../../telemetry/log';
import { metricsOf, putMetrics } from '../../telemetry/metrics';
import { EXPORT } from '../kind';

/** A run of a schedule. */
interface Run {
  readonly reader: LedgerReader;
  readonly properties: RunProperties;
  readonly change: JobChange;
  /** The time from which jobs of other runs are listed, in milliseconds since the epoch. The monitor has given up on older jobs. */
  readonly listedSince: number;
}

/** The properties of an export, with the revision of the run. */
type RunProperties = RunRequest['Run'] & Pick<ExportJobProperties, 'ScheduledTime'> & Required<Pick<ExportJobProperties, 'Revision'>>;

/**
 * Finds or starts the job of a run, and starts the monitor of the job. The revision of a run consists of its scheduled time and the output location, so
 * a run that is delivered twice makes one export. The state machine repeats the call while the answer is `wait`.
 *
 * @throws if an event can't be sent. The state machine then retries.
 */
export async function startRun(request: RunRequest): Promise<RunAnswer> {
  const run = runOf(request);
  const decision = await findOrStart(run);
  log('export run', {
    construct: run.reader.construct,
    datastoreId: run.properties.DatastoreId,
    scheduledTime: run.properties.ScheduledTime,
    decision: decision.kind,
    ...('jobId' in decision && { jobId: decision.jobId }),
    ...('why' in decision && { why: decision.why }),
    ...('otherJobId' in decision && { otherJobId: decision.otherJobId, otherStatus: decision.otherStatus }),
  });
  return { Decision: await respond(run, decision) };
}

function runOf({ Run, ScheduledTime, StartedAt }: RunRequest): Run {
  const [scheduledAt, startedAt] = [ScheduledTime, StartedAt].map((time) => Date.parse(time));
  const hasTime = !Number.isNaN(scheduledAt);
  const properties: RunProperties = { ...Run, ScheduledTime: hasTime ? ScheduledTime : undefined, Revision: `${ScheduledTime}@${Run.OutputS3Uri}` };
  const fingerprint = EXPORT.fingerprintOf(properties);
  return {
    properties,
    reader: { kind: EXPORT, construct: Run.ConstructPath, operator: operatorFor(Run.OperatorRoleArn), properties, fingerprint },
    change: {
      noun: EXPORT.noun,
      fingerprint,
      requestedAt: scheduledAt,
      settledBy: startedAt + SETTLING_MS,
      deadline: startedAt + RUN_TIMEOUT_MINUTES * 60_000,
      // Without this check, all runs with an invalid time could have one revision, and only the first would be exported.
      unreadable: hasTime ? unreadable(EXPORT, properties)
        : `the scheduled time "${ScheduledTime}" is not a time in ISO 8601, so the run has no revision; start the execution with its scheduled time`,
      own: ownNamesOf(properties),
    },
    listedSince: scheduledAt - Number(Run.Watch.GiveUpAfterSeconds) * 1000,
  };
}

/** Finds the job of the run, or starts it unless the job of another run has not ended. */
async function findOrStart({ reader, properties, change, listedSince }: Run): Promise<RunDecision> {
  const { own = [], settledBy, deadline } = change;
  const memory = memoryOf({ WaiterId: properties.Revision });
  let jobs: readonly JobDescription[] = [];
  const decided = await decide(reader, change, {
    readLedger: async () => {
      jobs = await listJobsSince(reader, listedSince, AbortSignal.timeout(BUDGETS.handler.start.steps.listJobsMs));
      return entriesByStatus(reader, jobs);
    },
    readDirection: async () => Promise.resolve('forward'), // a run is no part of a deployment
  });
  const otherJob = otherRunOf(jobs, properties.OutputS3Uri, (job) => isOfDataSet(reader, job));
  const toRun = (job: JobDecision): RunDecision => decideRun(job, {
    otherJob, errorText: 'error' in job ? describeError(job.error, own) : '', settledBy, deadline, now: Date.now(),
  });
  const decision = toRun(decided);
  const final = decision.kind === 'start' ? toRun(await carryOut(reader, change, memory, decided)) : decision;
  return final.kind === 'monitor' ? monitor(reader, properties, change, final) : final;
}

/** Starts the monitor of the run's job. */
async function monitor({ operator }: LedgerReader, properties: RunProperties, change: JobChange, decision: RunDecision & { kind: 'monitor' }):
Promise<RunDecision> {
  const { Watch } = properties;
  const started = await ask(() => startMonitor(EXPORT, operator, outcomeOf(EXPORT, properties, decision.jobId, Watch), Date.now(), Watch));
  if (!('error' in started)) {
    return decision;
  }
  const why = `could not start the monitor of the export job ${decision.jobId}, which goes on at HealthLake: ${describeError(started.error, change.own)}`;
  const now = Date.now();
  return now >= change.deadline || isHopeless(started.error, change.settledBy, now) ? { kind: 'fail', why, jobId: decision.jobId } : { kind: 'wait', why };
}

/** Returns the answer to the state machine. If the run is skipped or has failed, sends its event and emits its metrics, because no monitor does. */
async function respond({ reader: { operator }, properties }: Run, decision: RunDecision): Promise<RunAnswer['Decision']> {
  const { ConstructPath: constructPath, DatastoreId: datastoreId, ScheduledTime: scheduledTime, EventBusArn } = properties;
  switch (decision.kind) {
    case 'monitor':
      return 'started';
    case 'skip':
      if (EventBusArn !== undefined) {
        const detail = { version: '1', constructPath, datastoreId, jobId: decision.otherJobId, jobStatus: decision.otherStatus, scheduledTime } as const;
        await putEvent(operator, EventBusArn, { detailType: EXPORT_EVENTS.skipped, detail });
      }
      putMetrics(properties, { Skipped: count(1) });
      return 'skipped';
    case 'fail': {
      const verdict = { kind: 'failed', why: decision.why } as const;
      await announce(EXPORT, operator, { ...properties, JobId: decision.jobId ?? UNKNOWN }, verdict);
      putMetrics(properties, metricsOf(EXPORT, verdict));
      return 'failed';
    }
    default:
      return 'wait';
  }
}
