import { Stack } from 'aws-cdk-lib';
import { EventBus } from 'aws-cdk-lib/aws-events';
import * as sns from 'aws-cdk-lib/aws-sns';
import { Completion, FhirJobProvider, FhirSource } from '../../../src';
import { Deployed } from '../../support/deployed';
import { FEATURE_FLAGS, importInto, newStack, onlyResource, resourcesOfType, type TemplateJson, templateOf, templateWith } from '../../support/synth';

const RULE = 'AWS::Events::Rule';
const ALARM = 'AWS::CloudWatch::Alarm';
const JOB = 'Custom::FhirImportJob';
const TOPIC_ARN = 'arn:aws:sns:us-east-1:111122223333:ops';

const detached = Completion.detached();

interface PolicyStatementJson {
  readonly Action: unknown;
  readonly Principal: { readonly Service?: string | string[] };
}

/** Returns each service principal of a policy with its actions, sorted by service. */
function servicesOf({ Statement }: { Statement: PolicyStatementJson[] }): [service: string, actions: unknown][] {
  const pairs = Statement.flatMap(({ Principal: { Service = [] }, Action }) =>
    [Service].flat().map((service): [string, unknown] => [service, Action]));
  return pairs.sort(([a], [b]) => (a < b ? -1 : 1));
}

function actionsOfAlarm(template: TemplateJson): unknown[] {
  return onlyResource(template, ALARM).Properties.AlarmActions;
}

describe.each(FEATURE_FLAGS)('an app %s', (_, flags) => {
  test('a topic receives a message with resource counts when an import succeeds or fails', () => {
    const template = templateWith((stack) => ({ notificationTopic: new sns.Topic(stack, 'Topic') }), flags);
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

  test('the job depends on the rule, the topic and the topic policy', () => {
    const template = templateWith((stack) => ({ notificationTopic: new sns.Topic(stack, 'Topic') }), flags);

    expect(onlyResource(template, JOB).DependsOn).toEqual(expect.arrayContaining(
      [RULE, 'AWS::SNS::Topic', 'AWS::SNS::TopicPolicy'].map((type) => onlyResource(template, type).logicalId)));
  });

  test('the policy of a topic lets EventBridge and CloudWatch publish', () => {
    for (const completion of [Completion.waitFor(), detached]) {
      const template = templateWith((stack) => ({ completion, notificationTopic: new sns.Topic(stack, 'Topic') }), flags);
      const policy = onlyResource(template, 'AWS::SNS::TopicPolicy').Properties.PolicyDocument;

      expect(servicesOf(policy)).toEqual([['cloudwatch.amazonaws.com', 'sns:Publish'], ['events.amazonaws.com', 'sns:Publish']]);
    }
  });

  test('an imported topic gets no policy', () => {
    const template = templateWith((stack) => ({ completion: detached, notificationTopic: sns.Topic.fromTopicArn(stack, 'Topic', TOPIC_ARN) }), flags);

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

  test('the alarm notifies the topics of two detached imports, and not the topic of a waiting import', () => {
    const stack = newStack(flags);
    const topics = ['One', 'Two', 'Three'].map((id) => sns.Topic.fromTopicArn(stack, id, `${TOPIC_ARN}-${id}`));
    const [first, second, third] = [detached, detached, Completion.waitFor()].map((completion, index) =>
      importInto(stack, { completion, notificationTopic: topics[index], source: FhirSource.storage(`part-${index}/`) }, `Import${index}`));
    second.executeAfter(first);
    third.executeAfter(second);

    expect(actionsOfAlarm(templateOf(stack))).toEqual([`${TOPIC_ARN}-One`, `${TOPIC_ARN}-Two`]);
  });
});

test('the alarm of the monitor throws for a sixth topic', () => {
  const stack = newStack();
  const notify = (index: number) => importInto(stack, {
    completion: detached, source: FhirSource.storage(`${index}/`), notificationTopic: new sns.Topic(stack, `Topic${index}`),
  }, `Import${index}`);
  [1, 2, 3, 4, 5].forEach(notify);

  expect(() => notify(6)).toThrow('the alarm of detached imports can notify 5 topics, and "Stack/Topic6" is one more; '
    + 'use one topic for several imports, or give some of them a FhirJobProvider of their own');
});

describe('a topic in an app with several stacks', () => {
  test('receives messages from the rule and the alarm if the topic is in a separate stack', () => {
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

  test('receives no messages from the alarm if only the provider is in another stack, because two stacks would depend on each other', () => {
    const stack = newStack();
    const shared = new Stack(stack.node.root as Stack, 'Shared');
    importInto(stack, { completion: detached, provider: new FhirJobProvider(shared, 'Provider'), notificationTopic: new sns.Topic(stack, 'Topic') });
    const template = templateOf(stack); // throws if two stacks depend on each other

    expect(onlyResource(template, RULE).Properties.Targets).toHaveLength(1);
    expect(onlyResource(templateOf(shared), ALARM).Properties).not.toHaveProperty('AlarmActions');
    expect(shared.dependencies).toEqual([]);
  });

  test('receives messages from the rule and the alarm if the topic is in the stack of the provider', () => {
    const stack = newStack();
    const shared = new Stack(stack.node.root as Stack, 'Shared');
    importInto(stack, { completion: detached, provider: new FhirJobProvider(shared, 'Provider'), notificationTopic: new sns.Topic(shared, 'Topic') });
    const template = templateOf(shared);

    expect(actionsOfAlarm(template)).toEqual([{ Ref: onlyResource(template, 'AWS::SNS::Topic').logicalId }]);
    expect(templateOf(stack)).toBeDefined();
    expect(shared.dependencies).toEqual([]);
  });

  test('receives messages from the rule and the alarm if the topic is imported by its ARN', () => {
    const stack = newStack();
    const shared = new Stack(stack.node.root as Stack, 'Shared');
    const notificationTopic = sns.Topic.fromTopicArn(stack, 'Topic', TOPIC_ARN);
    importInto(stack, { completion: detached, provider: new FhirJobProvider(shared, 'Provider'), notificationTopic });

    expect(actionsOfAlarm(templateOf(shared))).toEqual([TOPIC_ARN]);
  });
});

test('the notification rule uses the event bus of the import', () => {
  const { template } = new Deployed(templateWith((stack) => ({ eventBus: new EventBus(stack, 'Bus'), notificationTopic: new sns.Topic(stack, 'Topic') })));

  expect(onlyResource(template, RULE).Properties.EventBusName).toMatch(/^bus/);
  expect(onlyResource(template, 'Custom::FhirImportOutcome').Properties.EventBusArn).toMatch(/:event-bus\/bus/);
});
