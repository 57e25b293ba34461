import { App, Duration, Stack } from 'aws-cdk-lib';
import { Alarm, MathExpression, Metric, TreatMissingData } from 'aws-cdk-lib/aws-cloudwatch';
import { SnsAction } from 'aws-cdk-lib/aws-cloudwatch-actions';
import { EventBus, EventField, Rule, RuleTargetInput } from 'aws-cdk-lib/aws-events';
import { LambdaFunction, SnsTopic } from 'aws-cdk-lib/aws-events-targets';
import { ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Key } from 'aws-cdk-lib/aws-kms';
import { Code, Function, Runtime } from 'aws-cdk-lib/aws-lambda';
import { Topic } from 'aws-cdk-lib/aws-sns';
import { LambdaSubscription } from 'aws-cdk-lib/aws-sns-subscriptions';
import { eventually } from './compute-harness';
import { LocalStack } from './local-stack';

let local: LocalStack;

beforeEach(async () => {
  local = await LocalStack.start();
});
afterEach(() => local.stop());

/** Deploys what the CDK makes of a stack. */
async function deploy(build: (stack: Stack) => void): Promise<void> {
  const app = new App({ analyticsReporting: false });
  const stack = new Stack(app, 'S');
  build(stack);
  const { Resources } = app.synth().getStackByName('S').template;
  expect([await local.deploy(Resources), await local.failures()]).toEqual(['CREATE_COMPLETE', []]);
}

const print = (stack: Stack, id: string) => new Function(stack, id, {
  runtime: Runtime.NODEJS_22_X,
  handler: 'index.handler',
  timeout: Duration.minutes(15),
  code: Code.fromInline('exports.handler = async event => { process.stdout.write(JSON.stringify(event) + "\\n"); };'),
});
const printed = (fn: string) => local.aws.logs.events(`/aws/lambda/${fn}`).map(({ message }) => JSON.parse(message));

test('an event goes by a bus, a rule and an encrypted topic to a subscriber', async () => {
  let names: Record<string, string> = {};
  await deploy((stack) => {
    const key = new Key(stack, 'Key');
    const topic = new Topic(stack, 'Topic', { masterKey: key, enforceSSL: true });
    const [heard, direct] = [print(stack, 'Heard'), print(stack, 'Direct')];
    key.grantEncryptDecrypt(new ServicePrincipal('events.amazonaws.com'));
    topic.addSubscription(new LambdaSubscription(heard));
    const eventBus = new EventBus(stack, 'Bus', { eventBusName: 'imports' });
    const message = RuleTargetInput.fromText(`job ${EventField.fromPath('$.detail.jobId')} has ended`);
    new Rule(stack, 'Rule', {
      eventBus,
      eventPattern: { source: ['app.imports'], detail: { failed: [{ numeric: ['>', 0] }] } },
      targets: [new SnsTopic(topic, { message }), new LambdaFunction(direct)],
    });
    names = Object.fromEntries(Object.entries({ heard, direct, topic }).map(([name, construct]) =>
      [name, stack.getLogicalId(construct.node.defaultChild as Parameters<Stack['getLogicalId']>[0])]));
  });
  const entry = (failed: number) => ({ Source: 'app.imports', DetailType: 'Import Ended', Detail: JSON.stringify({ jobId: 'abc', failed }), EventBusName: 'imports' });
  await local.putEvents([entry(0), entry(1)]);
  await local.aws.events.settled();
  expect(local.aws.events.undelivered).toEqual([]);
  await eventually(() => printed(local.physicalId(names.heard)).length + printed(local.physicalId(names.direct)).length === 2);
  expect(printed(local.physicalId(names.heard))).toMatchObject([{ Records: [{ Sns: { Message: '"job abc has ended"' } }] }]);
  expect(printed(local.physicalId(names.direct))).toMatchObject([{ 'detail-type': 'Import Ended', 'detail': { failed: 1 } }]);
});

test('an alarm on a sum of metrics publishes', async () => {
  let topicId = '';
  await deploy((stack) => {
    const topic = new Topic(stack, 'Topic');
    topicId = stack.getLogicalId(topic.node.defaultChild as Parameters<Stack['getLogicalId']>[0]);
    const metric = (metricName: string) => new Metric({ namespace: 'App', metricName, statistic: 'Sum', dimensionsMap: { Store: 'a' } });
    const expression = new MathExpression({ expression: 'FILL(a, 0) + FILL(b, 0)', usingMetrics: { a: metric('Failures'), b: metric('Refusals') } });
    const alarm = new Alarm(stack, 'Alarm', {
      metric: expression, threshold: 1, evaluationPeriods: 1, alarmName: 'sum', treatMissingData: TreatMissingData.NOT_BREACHING,
    });
    alarm.addAlarmAction(new SnsAction(topic));
  });
  local.aws.cloudwatch.put({ namespace: 'App', name: 'Refusals', dimensions: { Store: 'a' }, value: 1, time: local.aws.clock.now() });
  expect(local.aws.cloudwatch.alarm('sum').states).toContain('ALARM');
  await local.aws.cloudwatch.settled();
  expect(local.aws.sns.published(local.physicalId(topicId))).toMatchObject([{ publisherArn: 'cloudwatch.amazonaws.com' }]);
});
