import { Stack } from 'aws-cdk-lib';
import * as events from 'aws-cdk-lib/aws-events';
import * as kms from 'aws-cdk-lib/aws-kms';
import * as sns from 'aws-cdk-lib/aws-sns';
import { Completion, type FhirImportProps } from '../../../../../src';
import { ACCOUNT, importInto, newStack, REGION, templateOf } from '../../../../support/synth';

const ENV = { region: REGION, account: ACCOUNT };
const KEY_ID = '5f0e7a60-7c1d-11f0-8a3b-0a1b2c3d4e5f';
const TOPIC_ARN = `arn:aws:sns:${REGION}:${ACCOUNT}:ops`;

type PropsOf = (stack: Stack) => Partial<FhirImportProps>;

const topicByArn = (topicArn: string, keyArn?: string): PropsOf => (stack) => ({ notificationTopic: sns.Topic.fromTopicAttributes(stack, 'Topic', { topicArn, keyArn }) });
const topicWith = (props: (stack: Stack) => sns.TopicProps): PropsOf => (stack) => ({ notificationTopic: new sns.Topic(stack, 'Topic', props(stack)) });
const busByArn = (arn: string) => (stack: Stack) => ({ eventBus: events.EventBus.fromEventBusArn(stack, 'Bus', arn) });

const AWS_MANAGED = 'notificationTopic "Stack/Topic" is encrypted with a key that AWS manages, which EventBridge and CloudWatch may not use; '
  + 'give the topic a customer managed key as its masterKey';
const FIFO = 'notificationTopic "Stack/Topic" is a FIFO topic, and EventBridge publishes only to standard topics; give a standard topic';

test.each<[string, PropsOf, string]>([
  ['a topic with the key that AWS manages', topicWith((stack) => ({ masterKey: kms.Alias.fromAliasName(stack, 'Alias', 'alias/aws/sns') })), AWS_MANAGED],
  ['an imported topic with the key that AWS manages', topicByArn(TOPIC_ARN, `arn:aws:kms:${REGION}:${ACCOUNT}:alias/aws/sns`), AWS_MANAGED],
  ['a topic whose resource has the key that AWS manages', (stack) => {
    const topic = new sns.Topic(stack, 'Topic');
    (topic.node.defaultChild as sns.CfnTopic).kmsMasterKeyId = 'alias/aws/sns';
    return { notificationTopic: topic };
  }, AWS_MANAGED],
  ['a FIFO topic', topicWith(() => ({ fifo: true })), FIFO],
  ['an imported FIFO topic', topicByArn(`${TOPIC_ARN}.fifo`), FIFO],
  ['a queue as topic', topicByArn(TOPIC_ARN.replace('sns', 'sqs')), `notificationTopic must have the ARN of an SNS topic, got "arn:aws:sqs:${REGION}:${ACCOUNT}:ops"; correct`],
  ['a topic of another Region, if the import is detached', (stack) => {
    const topic = new sns.Topic(new Stack(stack.node.root, 'West', { env: { ...ENV, region: 'us-west-2' } }), 'Topic', { topicName: 'ops' });
    return { completion: Completion.detached(), notificationTopic: topic };
  }, 'notificationTopic "West/Topic" is in the region us-west-2 and the alarm of detached imports in us-east-1; use one in the region us-east-1'],
  ['a topic whose key is in another Region', topicByArn(TOPIC_ARN, `arn:aws:kms:us-west-2:${ACCOUNT}:key/${KEY_ID}`),
    'the masterKey of notificationTopic "Stack/Topic/Key" is in the region us-west-2 and the topic in us-east-1; use one in the region us-east-1'],
  ['an event bus of another Region', busByArn(`arn:aws:events:eu-west-1:${ACCOUNT}:event-bus/default`),
    'eventBus "Stack/Bus" is in the region eu-west-1 and the import in us-east-1; the import can send events only within its Region, so give a bus of that Region'],
  ['an event bus without a name', (stack) => ({ eventBus: events.EventBus.fromEventBusName(stack, 'Bus', '') }),
    'eventBus "Stack/Bus" must have a name of 1 to 256 letters, digits and /.-_, got ""; correct the name, or leave eventBus out'],
  ['a rule as event bus', busByArn(`arn:aws:events:${REGION}:${ACCOUNT}:rule/x`), 'eventBus must have the ARN of an event bus, got "arn:aws:events:'],
])('an import throws for %s', (_, propsOf, message) => {
  const stack = newStack({}, ENV);

  expect(() => importInto(stack, propsOf(stack))).toThrow(message);
});

test.each<[string, PropsOf]>([
  ['a topic with a customer managed key', topicWith((stack) => ({ masterKey: new kms.Key(stack, 'Key') }))],
  ['a topic with the alias of a customer managed key', topicWith((stack) => ({ masterKey: kms.Alias.fromAliasName(stack, 'Alias', 'alias/fhir') }))],
  ['an imported topic', topicByArn(TOPIC_ARN)],
  ['a topic with its key in another Region', (stack) => {
    const west = new Stack(stack.node.root, 'West', { env: { ...ENV, region: 'us-west-2' } });
    const masterKey = kms.Key.fromKeyArn(west, 'Key', `arn:aws:kms:us-west-2:${ACCOUNT}:key/${KEY_ID}`);
    return { notificationTopic: new sns.Topic(west, 'Topic', { topicName: 'ops', masterKey }) };
  }],
  ['the default event bus by its name', (stack) => ({ eventBus: events.EventBus.fromEventBusName(stack, 'Bus', 'default') })],
  ['an event bus', busByArn(`arn:aws:events:${REGION}:${ACCOUNT}:event-bus/clinic`)],
])('an import accepts %s', (_, propsOf) => {
  const stack = newStack({}, ENV);

  expect(() => importInto(stack, propsOf(stack))).not.toThrow();
});

describe('an event bus of another account', () => {
  const propsOf = busByArn(`arn:aws:events:${REGION}:444455556666:event-bus/default`);

  test('is accepted for an import without rules, which can send events to it', () => {
    const stack = newStack({}, ENV);
    importInto(stack, propsOf(stack));

    expect(templateOf(stack)).toBeDefined();
  });

  test('is rejected for an import with a rule, because the rule would be in the wrong account', () => {
    const stack = newStack({}, ENV);

    expect(() => importInto(stack, propsOf(stack)).onFailed('Failed')).toThrow(
      'eventBus "Stack/Bus" is in the account 444455556666 and the import in 111122223333; '
      + 'a rule or notification of the import would receive no event, so create the rule in the account of the bus, or leave eventBus out');
  });
});

test.each<[string, events.EventPattern]>([
  ['source', { source: ['aws.s3'] }],
  ['detailType', { detailType: ['FHIR Import Failed'] }],
  ['constructPath', { detail: { constructPath: ['Stack/Other'] } }],
  ['datastoreId', { detail: { datastoreId: ['*'] } }],
])('a rule throws for %s in its eventPattern, because it would match other events too', (field, eventPattern) => {
  expect(() => importInto(newStack()).onSucceeded('Done', { eventPattern })).toThrow(
    `the eventPattern of the rule "Done" must not have ${field}, because the rule would also match other events; leave out these fields, which identify the import`);
});

test('a rule throws for a crossStackScope, which would have no effect', () => {
  const stack = newStack();

  expect(() => importInto(stack).onSucceeded('Done', { crossStackScope: new Stack(stack.node.root, 'Other') })).toThrow(
    'the rule "Done" can\'t have the crossStackScope "Other", because the job waits for the rule; leave crossStackScope out, or create the rule in the other stack yourself');
});
