import { Aws, Stack } from 'aws-cdk-lib';
import * as events from 'aws-cdk-lib/aws-events';
import * as iam from 'aws-cdk-lib/aws-iam';
import type * as sns from 'aws-cdk-lib/aws-sns';
import type { Construct } from 'constructs';
import { type EVENT_FAILED, EVENT_SOURCE, type EVENT_SUCCEEDED, type ImportEventDetail } from '../../contract';

/** What HealthLake calls the states of a job in its events. There is none for a job that was cancelled. */
const STATUS_CHANGES = ['Submitted', 'Queued', 'In Progress', 'Completed', 'Completed With Errors', 'Failed'];

/** Which import events are about, as they name it. */
export type ImportOfEvent = Pick<ImportEventDetail, 'constructPath' | 'datastoreId'>;

/** What the event says of a job. */
export type ResultEvent = typeof EVENT_SUCCEEDED | typeof EVENT_FAILED;

/** The events that tell how a job of this import ended. */
export function resultPattern({ constructPath, datastoreId }: ImportOfEvent,
  detailTypes: ResultEvent[]): events.EventPattern {
  return { source: [EVENT_SOURCE], detailType: detailTypes, detail: { constructPath: [constructPath], datastoreId: [datastoreId] } };
}

/**
 * HealthLake's own events on jobs that read this input.
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

/** A notification for people: counts only. */
export function notificationMessage(): events.RuleTargetInput {
  const of = (member: keyof ImportEventDetail) => events.EventField.fromPath(`$.detail.${member}`);
  return events.RuleTargetInput.fromText(
    `${events.EventField.detailType}: job ${of('jobId')} of data store ${of('datastoreId')} (${of('constructPath')}), status ${of('jobStatus')}, `
    + `resources scanned ${of('resourcesScanned')}, imported ${of('resourcesImported')}, failed ${of('resourcesFailed')}`,
  );
}

/**
 * Lets alarms of the account publish: SNS's own policy does, but the one that lets EventBridge takes its place.
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

/** The bus of the account, unless there is another. */
export function busArn(scope: Construct, bus?: events.IEventBus): string {
  return bus?.eventBusArn ?? Stack.of(scope).formatArn({ service: 'events', resource: 'event-bus', resourceName: 'default', partition: Aws.PARTITION });
}
