import { PutEventsCommand } from '@aws-sdk/client-eventbridge';
import { log, namedCounts } from './log';
import { ALREADY_IMPORTED, EVENT_SOURCE, type JobEventDetail, type JobOutcomeProperties, UNKNOWN } from '../../src/contract';
import { ask, describeError } from '../aws/errors';
import type { Operator } from '../aws/operator';
import { BUDGETS } from '../budgets';
import { durationOf, windowOf } from '../jobs/healthlake-job';
import type { JobKind } from '../jobs/kind';
import type { OutcomeDecision } from '../jobs/outcome/decision';
import { type NamedJob, ownNamesOf } from '../service-text/own-names';

/** The EventBridge event at the end of a job, or of a run that started none. The detail also has the counts of the kind of job. */
export interface Announcement {
  readonly detailType: string;
  readonly detail: JobEventDetail & Readonly<Record<string, string | number | undefined>>;
}

/** The properties of a job that its EventBridge event needs. */
type Announced = Pick<JobOutcomeProperties, 'ConstructPath' | 'DatastoreId' | 'JobId' | 'EventBusArn'> & { readonly ScheduledTime?: string };

/**
 * Returns the EventBridge event for a decision. Returns undefined if the decision doesn't end the job or only repeats an earlier decision, or if the job
 * has no construct path (contract version 1).
 */
export function announcementOf({ events, results }: JobKind, properties: Announced, { kind, evidence }: OutcomeDecision): Announcement | undefined {
  const { ConstructPath, DatastoreId, JobId, ScheduledTime } = properties;
  if ((kind !== 'succeeded' && kind !== 'failed' && kind !== 'already imported') || ConstructPath === undefined) {
    return undefined;
  }
  const { job, counts, restorePoint } = evidence ?? {};
  return {
    detailType: kind === 'failed' ? events.failed : events.succeeded,
    detail: {
      version: '1',
      constructPath: ConstructPath,
      datastoreId: DatastoreId,
      jobId: JobId,
      jobStatus: kind === 'already imported' ? ALREADY_IMPORTED : job?.JobStatus ?? UNKNOWN,
      ...namedCounts(results, counts),
      durationInSeconds: durationOf(job),
      scheduledTime: ScheduledTime,
      ...windowOf(job, restorePoint),
    },
  };
}

/**
 * Sends the EventBridge event for a decision. Does nothing if the decision has no event or the job has no event bus.
 *
 * @throws if EventBridge doesn't accept the event
 */
export async function announce(kind: JobKind, operator: Operator, properties: Announced, decision: OutcomeDecision): Promise<void> {
  const announcement = announcementOf(kind, properties, decision);
  if (announcement && properties.EventBusArn !== undefined) {
    await putEvent(operator, properties.EventBusArn, announcement);
  }
}

/**
 * Sends an event.
 *
 * @throws if EventBridge doesn't accept the event
 */
export async function putEvent({ events }: Operator, eventBusArn: string, { detailType, detail }: Announcement): Promise<void> {
  const entry = { EventBusName: eventBusArn, Source: EVENT_SOURCE, DetailType: detailType, Detail: JSON.stringify(detail) };
  const abortSignal = AbortSignal.timeout(BUDGETS.handler.call.putEventsMs);
  const { Entries: [answer] = [] } = await events.send(new PutEventsCommand({ Entries: [entry] }), { abortSignal });
  if (answer?.ErrorCode !== undefined) {
    throw Object.assign(new Error(answer.ErrorMessage ?? 'the event was not accepted'), { name: answer.ErrorCode });
  }
}

/** Sends the EventBridge event during a deployment. If the call fails, logs only a warning, because the stack shows how the job ended. */
export async function announceOrWarn(kind: JobKind, operator: Operator, construct: string, properties: Announced & NamedJob,
  decision: OutcomeDecision): Promise<void> {
  const put = await ask(() => announce(kind, operator, properties, decision));
  if ('error' in put) {
    log('warning: the event could not be put', { construct, why: describeError(put.error, ownNamesOf(properties)) });
  }
}
