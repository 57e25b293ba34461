import { Stack } from 'aws-cdk-lib';
import { EventBus } from 'aws-cdk-lib/aws-events';
import * as kms from 'aws-cdk-lib/aws-kms';
import * as sns from 'aws-cdk-lib/aws-sns';
import { Completion, FhirImportProvider, FhirSource } from '../../../src';
import { Deployed } from '../../support/deployed';
import { FEATURE_FLAGS, importInto, newStack, onlyResource, resourcesOfType, type TemplateJson, templateOf } from '../../support/synth';

const RULE = 'AWS::Events::Rule';
const ALARM = 'AWS::CloudWatch::Alarm';
const JOB = 'Custom::FhirImportJob';
const TOPIC_ARN = 'arn:aws:sns:us-east-1:111122223333:ops';

const detached = Completion.detached();

interface PolicyStatementJson {
  readonly Action: unknown;
  readonly Principal: { readonly Service?: string | string[] };
}

/** Returns the services and their actions in a policy. */
function servicesOf({ Statement }: { Statement: PolicyStatementJson[] }): [service: string, actions: unknown][] {
  const pairs = Statement.flatMap(({ Principal: { Service = [] }, Action }) =>
    [Service].flat().map((service): [string, unknown] => [service, Action]));
  return pairs.sort(([a], [b]) => (a < b ? -1 : 1));
}

function actionsOfAlarm(template: TemplateJson): unknown[] {
  return onlyResource(template, ALARM).Properties.AlarmActions;
}

describe.each(FEATURE_FLAGS)('%s', (_, flags) => {
  test('a topic receives a message with counts for both events', () => {
    const stack = newStack(flags);
    importInto(stack, { notificationTopic: new sns.Topic(stack, 'Topic') });
    const template = templateOf(stack);
    const topic = onlyResource(template, 'AWS::SNS::Topic').logicalId;
    const { EventPattern, Targets: [{ Arn, InputTransformer }] } = onlyResource(template, RULE).Properties;

    expect(EventPattern['detail-type']).toEqual(['FHIR Import Succeeded', 'FHIR Import Failed']);
    expect(Arn).toEqual({ Ref: topic });
    expect(InputTransformer.InputTemplate).toBe('"<detail-type>: job <detail-jobId> of data store <detail-datastoreId> (<detail-constructPath>), '
      + 'status <detail-jobStatus>, resources scanned <detail-resourcesScanned>, imported <detail-resourcesImported>, failed <detail-resourcesFailed>"');
    expect(Object.values(InputTransformer.InputPathsMap).sort()).toEqual([
      '$.detail-type', '$.detail.constructPath', '$.detail.datastoreId', '$.detail.jobId', '$.detail.jobStatus',
      '$.detail.resourcesFailed', '$.detail.resourcesImported', '$.detail.resourcesScanned',
    ]);
  });

  test('the job comes after the rule, the topic and its policy', () => {
    const stack = newStack(flags);
    importInto(stack, { notificationTopic: new sns.Topic(stack, 'Topic') });
    const template = templateOf(stack);

    expect(onlyResource(template, JOB).DependsOn).toEqual(expect.arrayContaining(
      [RULE, 'AWS::SNS::Topic', 'AWS::SNS::TopicPolicy'].map((type) => onlyResource(template, type).logicalId)));
  });

  test('a topic lets EventBridge publish, and still the alarms of the account', () => {
    for (const completion of [Completion.waitFor(), detached]) {
      const stack = newStack(flags);
      importInto(stack, { completion, notificationTopic: new sns.Topic(stack, 'Topic') });
      const policy = onlyResource(templateOf(stack), 'AWS::SNS::TopicPolicy').Properties.PolicyDocument;

      expect(servicesOf(policy)).toEqual([['cloudwatch.amazonaws.com', 'sns:Publish'], ['events.amazonaws.com', 'sns:Publish']]);
    }
  });

  test('the key of an encrypted topic of the app allows both', () => {
    const stack = newStack(flags);
    importInto(stack, { completion: detached, notificationTopic: new sns.Topic(stack, 'Topic', { masterKey: new kms.Key(stack, 'TopicKey') }) });
    const { KeyPolicy } = onlyResource(templateOf(stack), 'AWS::KMS::Key', /TopicKey/).Properties;

    expect(servicesOf(KeyPolicy)).toEqual(
      ['cloudwatch.amazonaws.com', 'events.amazonaws.com'].map((service) => [service, ['kms:Decrypt', 'kms:GenerateDataKey*']]));
  });

  test('a topic that is not in the app does not change', () => {
    const stack = newStack(flags);
    importInto(stack, { completion: detached, notificationTopic: sns.Topic.fromTopicArn(stack, 'Topic', TOPIC_ARN) });
    const template = templateOf(stack);

    expect(resourcesOfType(template, 'AWS::SNS::TopicPolicy')).toEqual([]);
    expect(onlyResource(template, RULE).Properties.Targets[0].Arn).toBe(TOPIC_ARN);
    expect(actionsOfAlarm(template)).toEqual([TOPIC_ARN]);
  });

  test('two imports with one topic have two rules, and one alarm with one action', () => {
    const stack = newStack(flags);
    const notificationTopic = new sns.Topic(stack, 'Topic');
    const first = importInto(stack, { completion: detached, notificationTopic }, 'First');
    importInto(stack, { completion: detached, notificationTopic, source: FhirSource.storage('more/') }, 'Second').executeAfter(first);
    const template = templateOf(stack);

    expect(resourcesOfType(template, RULE).map(({ Properties }) => Properties.EventPattern.detail.constructPath)).toEqual([['Stack/First'], ['Stack/Second']]);
    expect(actionsOfAlarm(template)).toEqual([{ Ref: onlyResource(template, 'AWS::SNS::Topic').logicalId }]);
    expect(servicesOf(onlyResource(template, 'AWS::SNS::TopicPolicy').Properties.PolicyDocument)).toHaveLength(2);
  });

  test('the alarm notifies the topics of two detached imports, and not that of a waiting one', () => {
    const stack = newStack(flags);
    const topics = ['One', 'Two', 'Three'].map((id) => sns.Topic.fromTopicArn(stack, id, `${TOPIC_ARN}-${id}`));
    const [first, second, third] = [detached, detached, Completion.waitFor()].map((completion, index) =>
      importInto(stack, { completion, notificationTopic: topics[index], source: FhirSource.storage(`part-${index}/`) }, `Import${index}`));
    second.executeAfter(first);
    third.executeAfter(second);

    expect(actionsOfAlarm(templateOf(stack))).toEqual([`${TOPIC_ARN}-One`, `${TOPIC_ARN}-Two`]);
  });
});

test('the alarm throws for a sixth topic', () => {
  const stack = newStack();
  const notify = (index: number) => importInto(stack, {
    completion: detached, source: FhirSource.storage(`${index}/`), notificationTopic: new sns.Topic(stack, `Topic${index}`),
  }, `Import${index}`);
  [1, 2, 3, 4, 5].forEach(notify);

  expect(() => notify(6)).toThrow('the alarm of detached imports can notify 5 topics, and "Stack/Topic6" is one more; '
    + 'use one topic for several imports, or give some of them a FhirImportProvider of their own');
});

describe('a topic in another stack', () => {
  test('than import and provider receives messages from both', () => {
    const stack = newStack();
    const ops = new Stack(stack.node.root as Stack, 'Ops');
    importInto(stack, { completion: detached, notificationTopic: new sns.Topic(ops, 'Topic') });
    const template = templateOf(stack);
    const [{ Arn }] = onlyResource(template, RULE).Properties.Targets;

    expect(Arn).toEqual({ 'Fn::ImportValue': expect.stringMatching(/^Ops:/) });
    expect(actionsOfAlarm(template)).toEqual([Arn]);
    expect(stack.dependencies).toEqual([ops]);
    expect(ops.dependencies).toEqual([]);
  });

  test('than the provider makes no cycle, because the alarm skips it', () => {
    const stack = newStack();
    const shared = new Stack(stack.node.root as Stack, 'Shared');
    importInto(stack, { completion: detached, provider: new FhirImportProvider(shared, 'Provider'), notificationTopic: new sns.Topic(stack, 'Topic') });
    const template = templateOf(stack); // fails on cycles between stacks

    expect(onlyResource(template, RULE).Properties.Targets).toHaveLength(1);
    expect(onlyResource(templateOf(shared), ALARM).Properties).not.toHaveProperty('AlarmActions');
    expect(shared.dependencies).toEqual([]);
  });

  test('which is that of the provider, receives messages from both', () => {
    const stack = newStack();
    const shared = new Stack(stack.node.root as Stack, 'Shared');
    importInto(stack, { completion: detached, provider: new FhirImportProvider(shared, 'Provider'), notificationTopic: new sns.Topic(shared, 'Topic') });
    const template = templateOf(shared);

    expect(actionsOfAlarm(template)).toEqual([{ Ref: onlyResource(template, 'AWS::SNS::Topic').logicalId }]);
    expect(templateOf(stack)).toBeDefined();
    expect(shared.dependencies).toEqual([]);
  });

  test('receives messages from both if it is named by its ARN', () => {
    const stack = newStack();
    const shared = new Stack(stack.node.root as Stack, 'Shared');
    const notificationTopic = sns.Topic.fromTopicArn(stack, 'Topic', TOPIC_ARN);
    importInto(stack, { completion: detached, provider: new FhirImportProvider(shared, 'Provider'), notificationTopic });

    expect(actionsOfAlarm(templateOf(shared))).toEqual([TOPIC_ARN]);
  });
});

test('notifications use the bus of the import', () => {
  const stack = newStack();
  importInto(stack, { eventBus: new EventBus(stack, 'Bus'), notificationTopic: new sns.Topic(stack, 'Topic') });
  const { template } = new Deployed(templateOf(stack));

  expect(onlyResource(template, RULE).Properties.EventBusName).toMatch(/^bus/);
  expect(onlyResource(template, 'Custom::FhirImportOutcome').Properties.EventBusArn).toMatch(/:event-bus\/bus/);
});
