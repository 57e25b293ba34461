import { Aws, Stack } from 'aws-cdk-lib';
import * as events from 'aws-cdk-lib/aws-events';
import * as iam from 'aws-cdk-lib/aws-iam';
import type * as sns from 'aws-cdk-lib/aws-sns';
import type { Construct } from 'constructs';
import { type EVENT_FAILED, EVENT_SOURCE, type EVENT_SUCCEEDED, type ImportEventDetail } from '../../contract';

/** The job statuses in the detail types of HealthLake's events. HealthLake sends no event for a cancelled job. */
const STATUS_CHANGES = ['Submitted', 'Queued', 'In Progress', 'Completed', 'Completed With Errors', 'Failed'];

/** The members of an event that identify its import. */
export type ImportOfEvent = Pick<ImportEventDetail, 'constructPath' | 'datastoreId'>;

/** The detail types of the event at the end of a job. */
export type ResultEvent = typeof EVENT_SUCCEEDED | typeof EVENT_FAILED;

/** Returns the event pattern that matches the events at the end of this import's jobs. */
export function resultPattern({ constructPath, datastoreId }: ImportOfEvent,
  detailTypes: ResultEvent[]): events.EventPattern {
  return { source: [EVENT_SOURCE], detailType: detailTypes, detail: { constructPath: [constructPath], datastoreId: [datastoreId] } };
}

/**
 * Returns the event pattern that matches HealthLake's own events on jobs that read this input.
 *
 * @see https://docs.aws.amazon.com/eventbridge/latest/ref/events-ref-healthlake.html
 */
export function statusChangePattern(datastoreId: string, inputS3Uri: string): events.EventPattern {
  return {
    source: ['aws.healthlake'],
    detailType: STATUS_CHANGES.map((status) => `Import Job ${status}`),
    detail: { datastoreId: [datastoreId], inputDataConfig: { s3Uri: [inputS3Uri] } },
  };
}

/** Returns the message that EventBridge publishes to the notification topic. The message has ids, status and counts only. */
export function notificationMessage(): events.RuleTargetInput {
  const of = (member: keyof ImportEventDetail) => events.EventField.fromPath(`$.detail.${member}`);
  return events.RuleTargetInput.fromText(
    `${events.EventField.detailType}: job ${of('jobId')} of data store ${of('datastoreId')} (${of('constructPath')}), status ${of('jobStatus')}, `
    + `resources scanned ${of('resourcesScanned')}, imported ${of('resourcesImported')}, failed ${of('resourcesFailed')}`,
  );
}

/**
 * Lets alarms of the account publish to the topic. The default policy of a topic allows this, but it is replaced by the policy that lets EventBridge publish.
 *
 * @see https://docs.aws.amazon.com/sns/latest/dg/sns-access-policy-use-cases.html
 */
export function allowAlarms(topic: sns.ITopic): void {
  const cloudwatch = new iam.ServicePrincipal('cloudwatch.amazonaws.com');
  topic.addToResourcePolicy(new iam.PolicyStatement({
    actions: ['sns:Publish'],
    principals: [cloudwatch],
    resources: [topic.topicArn],
    conditions: { StringEquals: { 'aws:SourceAccount': Stack.of(topic).account } },
  }));
  topic.masterKey?.grant(cloudwatch, 'kms:Decrypt', 'kms:GenerateDataKey*');
}

/** Returns the ARN of the event bus. The default is the default event bus of the account. */
export function busArn(scope: Construct, bus?: events.IEventBus): string {
  return bus?.eventBusArn ?? Stack.of(scope).formatArn({ service: 'events', resource: 'event-bus', resourceName: 'default', partition: Aws.PARTITION });
}
