import { PutEventsCommand } from '@aws-sdk/client-eventbridge';
import { log } from './log';
import { secondsBetween } from './seconds';
import { ALREADY_IMPORTED, EVENT_FAILED, EVENT_SOURCE, EVENT_SUCCEEDED, type ImportEventDetail, type ImportOutcomeProperties, UNKNOWN } from '../../src/contract';
import { describeError } from '../aws/errors';
import { ask } from '../aws/fact';
import type { Operator } from '../aws/operator';
import { countsOf } from '../import/outcome/counts';
import type { OutcomeDecision } from '../import/outcome/decision';
import { type NamedImport, ownNamesOf } from '../service-text/own-names';

/** All attempts to put an event together, in milliseconds. */
const CALL_BUDGET = 15_000;

/** An event that tells how a job ended. */
export interface Announcement {
  readonly detailType: typeof EVENT_SUCCEEDED | typeof EVENT_FAILED;
  readonly detail: ImportEventDetail;
}

/** The members of an event that identify the import. */
type Announced = Pick<ImportOutcomeProperties, 'ConstructPath' | 'DatastoreId' | 'JobId'>;

/** What there is to announce: of a job that was judged now, counts only. Undefined for all else. */
export function announcementOf({ ConstructPath, DatastoreId, JobId }: Announced, { kind, seen }: OutcomeDecision): Announcement | undefined {
  if ((kind !== 'succeed' && kind !== 'fail' && kind !== 'already imported') || ConstructPath === undefined) {
    return undefined;
  }
  const counts = countsOf(seen?.job.JobProgressReport, seen?.report);
  return {
    detailType: kind === 'fail' ? EVENT_FAILED : EVENT_SUCCEEDED,
    detail: {
      version: '1',
      constructPath: ConstructPath,
      datastoreId: DatastoreId,
      jobId: JobId,
      jobStatus: kind === 'already imported' ? ALREADY_IMPORTED : seen?.job.JobStatus ?? UNKNOWN,
      resourcesScanned: counts.scanned,
      resourcesImported: counts.imported,
      resourcesFailed: counts.failed,
      durationInSeconds: secondsBetween(seen?.job.SubmitTime, seen?.job.EndTime),
    },
  };
}

/**
 * Puts the event, if there is one and somebody wants it.
 *
 * @throws if it could not be put
 */
export async function announce({ events }: Operator, properties: Announced & Pick<ImportOutcomeProperties, 'EventBusArn'>,
  decision: OutcomeDecision): Promise<void> {
  const announcement = announcementOf(properties, decision);
  if (!announcement || properties.EventBusArn === undefined) {
    return;
  }
  const { detailType, detail } = announcement;
  const entry = { EventBusName: properties.EventBusArn, Source: EVENT_SOURCE, DetailType: detailType, Detail: JSON.stringify(detail) };
  const { Entries: [answer] = [] } = await events.send(new PutEventsCommand({ Entries: [entry] }), { abortSignal: AbortSignal.timeout(CALL_BUDGET) });
  if (answer?.ErrorCode !== undefined) {
    throw Object.assign(new Error(answer.ErrorMessage ?? 'the event was not taken'), { name: answer.ErrorCode });
  }
}

/** Puts the event during a deployment. The stack itself tells how the job ended, so an event that can't be put is only warned of. */
export async function announceOrWarn(operator: Operator, construct: string,
  properties: Announced & NamedImport & Pick<ImportOutcomeProperties, 'EventBusArn'>, decision: OutcomeDecision): Promise<void> {
  const put = await ask(() => announce(operator, properties, decision));
  if ('error' in put) {
    log('warning: the event could not be put', { construct, why: describeError(put.error, ownNamesOf(properties)) });
  }
}
