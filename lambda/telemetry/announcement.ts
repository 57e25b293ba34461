import { PutEventsCommand } from '@aws-sdk/client-eventbridge';
import { log } from './log';
import { ALREADY_IMPORTED, IMPORT_EVENTS, EVENT_SOURCE, type ImportEventDetail, type ImportOutcomeProperties, UNKNOWN } from '../../src/contract';
import { ask, describeError } from '../aws/errors';
import type { Operator } from '../aws/operator';
import { BUDGETS } from '../budgets';
import { durationOf, windowOf } from '../import/healthlake-job';
import type { OutcomeDecision } from '../import/outcome/decision';
import { type NamedImport, ownNamesOf } from '../service-text/own-names';

/** The EventBridge event that an import sends when it has ended. */
export interface Announcement {
  readonly detailType: typeof IMPORT_EVENTS[keyof typeof IMPORT_EVENTS];
  readonly detail: ImportEventDetail;
}

/** The properties of an import that its EventBridge event needs. */
type Announced = Pick<ImportOutcomeProperties, 'ConstructPath' | 'DatastoreId' | 'JobId' | 'EventBusArn'>;

/**
 * Returns the EventBridge event for a decision. Returns undefined if the decision doesn't end the import or only repeats an earlier decision, or if the import
 * has no construct path (contract version 1).
 */
export function announcementOf({ ConstructPath, DatastoreId, JobId }: Announced, { kind, evidence }: OutcomeDecision): Announcement | undefined {
  if ((kind !== 'succeeded' && kind !== 'failed' && kind !== 'already imported') || ConstructPath === undefined) {
    return undefined;
  }
  const { job, counts, restorePoint } = evidence ?? {};
  return {
    detailType: kind === 'failed' ? IMPORT_EVENTS.failed : IMPORT_EVENTS.succeeded,
    detail: {
      version: '1',
      constructPath: ConstructPath,
      datastoreId: DatastoreId,
      jobId: JobId,
      jobStatus: kind === 'already imported' ? ALREADY_IMPORTED : job?.JobStatus ?? UNKNOWN,
      resourcesScanned: counts?.scanned,
      resourcesImported: counts?.imported,
      resourcesFailed: counts?.failed,
      durationInSeconds: durationOf(job),
      ...windowOf(job, restorePoint),
    },
  };
}

/**
 * Sends the EventBridge event for a decision. Does nothing if the decision has no event or the import has no event bus.
 *
 * @throws if EventBridge doesn't accept the event
 */
export async function announce({ events }: Operator, properties: Announced, decision: OutcomeDecision): Promise<void> {
  const announcement = announcementOf(properties, decision);
  if (!announcement || properties.EventBusArn === undefined) {
    return;
  }
  const { detailType, detail } = announcement;
  const entry = { EventBusName: properties.EventBusArn, Source: EVENT_SOURCE, DetailType: detailType, Detail: JSON.stringify(detail) };
  const abortSignal = AbortSignal.timeout(BUDGETS.handler.call.putEventsMs);
  const { Entries: [answer] = [] } = await events.send(new PutEventsCommand({ Entries: [entry] }), { abortSignal });
  if (answer?.ErrorCode !== undefined) {
    throw Object.assign(new Error(answer.ErrorMessage ?? 'the event was not accepted'), { name: answer.ErrorCode });
  }
}

/** Sends the EventBridge event during a deployment. If the call fails, logs only a warning, because the stack shows how the job ended. */
export async function announceOrWarn(operator: Operator, construct: string, properties: Announced & NamedImport,
  decision: OutcomeDecision): Promise<void> {
  const put = await ask(() => announce(operator, properties, decision));
  if ('error' in put) {
    log('warning: the event could not be put', { construct, why: describeError(put.error, ownNamesOf(properties)) });
  }
}
