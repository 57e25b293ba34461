import { Aws, Stack } from 'aws-cdk-lib';
import * as events from 'aws-cdk-lib/aws-events';
import type { Construct } from 'constructs';
import { type IMPORT_EVENTS, EVENT_SOURCE, type ImportEventDetail } from '../../contract';
import { jobEventPattern, STATUS_CHANGES } from '../../private/job-events';

/** The members of an event that identify its import. */
export type ImportOfEvent = Pick<ImportEventDetail, 'constructPath' | 'datastoreId'>;

/** The detail types of the event at the end of a job. */
export type ResultEvent = typeof IMPORT_EVENTS[keyof typeof IMPORT_EVENTS];

/** Returns the event pattern that matches the events at the end of this import's jobs. */
export function resultPattern({ constructPath, datastoreId }: ImportOfEvent,
  detailTypes: ResultEvent[]): events.EventPattern {
  return { source: [EVENT_SOURCE], detailType: detailTypes, detail: { constructPath: [constructPath], datastoreId: [datastoreId] } };
}

/** Returns the event pattern that matches HealthLake's own events on jobs that read this input. */
export function statusChangePattern(datastoreId: string, inputS3Uri: string): events.EventPattern {
  const { detail, ...pattern } = jobEventPattern([datastoreId], ['IMPORT'], STATUS_CHANGES);
  return { ...pattern, detail: { ...detail, inputDataConfig: { s3Uri: [inputS3Uri] } } };
}

/** Returns the message that EventBridge publishes to the notification topic. The message has ids, status and counts only. */
export function notificationMessage(): events.RuleTargetInput {
  const of = (member: keyof ImportEventDetail) => events.EventField.fromPath(`$.detail.${member}`);
  return events.RuleTargetInput.fromText(
    `${events.EventField.detailType}: job ${of('jobId')} of data store ${of('datastoreId')} (${of('constructPath')}), status ${of('jobStatus')}, `
    + `resources scanned ${of('resourcesScanned')}, imported ${of('resourcesImported')}, failed ${of('resourcesFailed')}`,
  );
}

/** Returns the ARN of the event bus. The default is the default event bus of the account. */
export function busArn(scope: Construct, bus?: events.IEventBus): string {
  return bus?.eventBusArn ?? Stack.of(scope).formatArn({ service: 'events', resource: 'event-bus', resourceName: 'default', partition: Aws.PARTITION });
}
