import { Stack } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as sns from 'aws-cdk-lib/aws-sns';
import type { IConstruct } from 'constructs';
import { validateArn } from './arn';
import { resourceOfType } from '../cfn-resource';
import { validateEnvironment } from './environment';

/** Throws if the ARN is not the ARN of an SNS topic, or if EventBridge or CloudWatch is known to be unable to publish to the topic. */
export function validateTopic(scope: IConstruct, topic: sns.ITopic): void {
  const { path } = topic.node;
  validateArn(scope, 'notificationTopic', topic.topicArn, 'an SNS topic');
  if (topic.fifo) {
    throw new Error(`notificationTopic "${path}" is a FIFO topic, and EventBridge publishes only to standard topics; give a standard topic`);
  }
  const { masterKey } = topic;
  if (masterKey) {
    validateEnvironment(topic, 'the topic', { what: 'the masterKey of notificationTopic', construct: masterKey, env: masterKey.env }, ['region']);
  }
  const keys = [masterKey?.keyArn, resourceOfType(topic, sns.CfnTopic)?.kmsMasterKeyId];
  if (JSON.stringify(Stack.of(topic).resolve(keys)).includes('alias/aws/')) {
    throw new Error(`notificationTopic "${path}" is encrypted with a key that AWS manages, which EventBridge and CloudWatch may not use; `
      + 'give the topic a customer managed key as its masterKey');
  }
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
