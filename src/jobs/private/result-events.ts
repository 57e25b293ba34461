import { Aws, Stack } from 'aws-cdk-lib';
import * as events from 'aws-cdk-lib/aws-events';
import type { Construct } from 'constructs';
import type { Kind } from './kind';
import { EVENT_SOURCE, type JobEventDetail, type JobKind, type MetricDimensions } from '../../contract';
import { jobEventPattern, STATUS_CHANGES } from '../../private/job-events';

/** Returns the event pattern that matches the events at the end of the jobs of one construct. */
export function resultPattern({ ConstructPath, DatastoreId }: MetricDimensions, detailTypes: string[]): events.EventPattern {
  return { source: [EVENT_SOURCE], detailType: detailTypes, detail: { constructPath: [ConstructPath], datastoreId: [DatastoreId] } };
}

/** Returns the event pattern that matches HealthLake's own events on jobs with this input or output. */
export function statusChangePattern({ name }: Kind, { DatastoreId }: MetricDimensions, ownDetail: Record<string, unknown>): events.EventPattern {
  const { detail, ...pattern } = jobEventPattern([DatastoreId], [name.toUpperCase() as JobKind], STATUS_CHANGES);
  return { ...pattern, detail: { ...detail, ...ownDetail } };
}

/** Returns the message that EventBridge publishes to the notification topic. The message has ids, status and counts only. */
export function notificationMessage({ counts }: Kind): events.RuleTargetInput {
  const at = (member: string) => events.EventField.fromPath(`$.detail.${member}`);
  const of = (member: keyof JobEventDetail) => at(member);
  return events.RuleTargetInput.fromText(
    `${events.EventField.detailType}: job ${of('jobId')} of data store ${of('datastoreId')} (${of('constructPath')}), status ${of('jobStatus')}, `
    + counts.map(([label, member]) => `${label} ${at(member)}`).join(', '),
  );
}

/** Returns the ARN of the event bus. The default is the default event bus of the account. */
export function busArn(scope: Construct, bus?: events.IEventBus): string {
  return bus?.eventBusArn ?? Stack.of(scope).formatArn({ service: 'events', resource: 'event-bus', resourceName: 'default', partition: Aws.PARTITION });
}
