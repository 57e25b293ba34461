import { eventually, policy, trust } from '../foundation';
import { ACCOUNT, LocalStack, loggingFunction, REGION } from '../local-stack';

const TOPIC = `arn:aws:sns:${REGION}:${ACCOUNT}:topic`;
const NAMESPACE = 'App/Imports';
const DIMENSIONS = { Store: 'a', Path: 'S/Import' };
const Topic = { Type: 'AWS::SNS::Topic', Properties: { TopicName: 'topic' } };

let local: LocalStack;

beforeEach(async () => {
  local = await LocalStack.start();
});
afterEach(() => local.stop());

const alarm = (properties: object = {}) => ({
  Type: 'AWS::CloudWatch::Alarm',
  Properties: {
    AlarmName: 'failures',
    Namespace: NAMESPACE,
    MetricName: 'Failures',
    Dimensions: Object.entries(DIMENSIONS).map(([Name, Value]) => ({ Name, Value })),
    Period: 60,
    Statistic: 'Sum',
    Threshold: 1,
    ComparisonOperator: 'GreaterThanOrEqualToThreshold',
    EvaluationPeriods: 1,
    TreatMissingData: 'notBreaching',
    AlarmActions: [TOPIC],
    OKActions: [TOPIC],
    ...properties,
  },
});

const line = (values: object, more: object = {}, Timestamp = local.aws.clock.now()) => JSON.stringify({
  _aws: {
    Timestamp,
    CloudWatchMetrics: [{ Namespace: NAMESPACE, Dimensions: [['Store', 'Path']], Metrics: Object.keys(values).map((Name) => ({ Name, Unit: 'Count' })), ...more }],
  },
  ...DIMENSIONS,
  ...values,
});
const write = (text: string) => local.aws.logs.write('group', 'stream', text);
const published = () => local.aws.sns.published(TOPIC).map(({ message }) => JSON.parse(message));

describe('embedded metrics', () => {
  const sum = (name: string, dimensions: Record<string, string> = DIMENSIONS) => local.aws.cloudwatch.sum(NAMESPACE, name, dimensions);

  test('are read from log lines with their dimensions', () => {
    write(line({ Failures: 2, Resources: 10 }));
    write(`${line({ Failures: 3 })}\n`);
    expect([sum('Failures'), sum('Resources')]).toEqual([5, 10]);
    expect([sum('Failures', { Store: 'a' }), sum('Failures', { ...DIMENSIONS, Path: 'other' }), sum('Other')]).toEqual([0, 0, 0]);
  });

  test('can have several values, several sets of dimensions, or no dimensions', () => {
    write(line({ Failures: [1, 2] }, { Dimensions: [['Store'], []] }));
    expect([sum('Failures', { Store: 'a' }), sum('Failures', {})]).toEqual([3, 3]);
  });

  test.each([
    ['invalid JSON', () => '{"_aws": oops'],
    ['a JSON object around the metrics', () => JSON.stringify({ level: 'INFO', message: line({ Failures: 1 }) })],
    ['text before the metrics', () => `INFO ${line({ Failures: 1 })}`],
    ['a dimension without a value', () => line({ Failures: 1 }, { Dimensions: [['Store', 'Absent']] })],
    ['a value that is no number', () => line({ Failures: 'many' })],
  ])('are not read from a line with %s', (_, text) => {
    write(text());
    expect([sum('Failures'), sum('Failures', {}), sum('Failures', { Store: 'a' })]).toEqual([0, 0, 0]);
  });

  test('are read from the output of a function', async () => {
    await local.deploy(loggingFunction('Printer'));
    await local.aws.lambda.invoke(local.aws.iam.admin, local.physicalId('Printer'), JSON.parse(line({ Failures: 4 })));
    await eventually(() => sum('Failures') === 4); // the output of a process can arrive after its answer
  });
});

describe('an alarm', () => {
  test('changes its state and publishes to its topic', async () => {
    await local.deploy({ Topic, Alarm: alarm() });
    await eventually(() => local.aws.cloudwatch.alarm('failures').state === 'OK');
    write(line({ Failures: 1 }));
    expect(local.aws.cloudwatch.alarm(`arn:aws:cloudwatch:${REGION}:${ACCOUNT}:alarm:failures`).state).toBe('ALARM');
    await eventually(() => local.aws.cloudwatch.alarm('failures').state === 'OK');
    await local.aws.cloudwatch.settled();
    expect(local.aws.cloudwatch.alarm('failures').states).toEqual(['INSUFFICIENT_DATA', 'OK', 'ALARM', 'OK']);
    expect(local.aws.sns.published(TOPIC).map(({ subject }) => subject)).toEqual(['OK', 'ALARM', 'OK'].map((state) => `${state}: "failures" in ${REGION}`));
    expect(published()[1]).toMatchObject({ AlarmName: 'failures', OldStateValue: 'OK', NewStateValue: 'ALARM', AWSAccountId: ACCOUNT });
    expect(local.aws.cloudwatch.failedActions).toEqual([]);
  });

  test('publishes nothing if its actions are disabled', async () => {
    await local.deploy({ Topic, Alarm: alarm({ ActionsEnabled: false }) });
    write(line({ Failures: 1 }));
    await local.aws.cloudwatch.settled();
    expect([local.aws.cloudwatch.alarm('failures').states.includes('ALARM'), published()]).toEqual([true, []]);
  });

  test('cannot publish to a topic whose policy denies publishing', async () => {
    const Policy = {
      Type: 'AWS::SNS::TopicPolicy',
      Properties: { Topics: [{ Ref: 'Topic' }], PolicyDocument: policy({ Effect: 'Allow', Principal: { Service: 'events.amazonaws.com' }, Action: 'sns:Publish', Resource: TOPIC }) },
    };
    await local.deploy({ Topic, Policy, Alarm: alarm({ OKActions: [] }) });
    write(line({ Failures: 1 }));
    await local.aws.cloudwatch.settled();
    expect(local.aws.cloudwatch.failedActions).toMatchObject([{ action: TOPIC, reason: expect.stringContaining('cloudwatch.amazonaws.com is not authorized to perform: sns:Publish') }]);
  });

  test('can publish to a topic whose policy allows alarms of the account', async () => {
    const statement = {
      Effect: 'Allow',
      Principal: { Service: 'cloudwatch.amazonaws.com' },
      Action: 'sns:Publish',
      Resource: TOPIC,
      Condition: { StringEquals: { 'aws:SourceAccount': ACCOUNT }, ArnLike: { 'aws:SourceArn': `arn:aws:cloudwatch:${REGION}:${ACCOUNT}:alarm:*` } },
    };
    const Policy = { Type: 'AWS::SNS::TopicPolicy', Properties: { Topics: [{ Ref: 'Topic' }], PolicyDocument: policy(statement) } };
    await local.deploy({ Topic, Policy, Alarm: alarm({ OKActions: [] }) });
    write(line({ Failures: 1 }));
    await local.aws.cloudwatch.settled();
    expect([published().length, local.aws.cloudwatch.failedActions]).toEqual([1, []]);
  });

  test('is updated in place and deleted with its stack', async () => {
    await local.deploy({ Topic, Alarm: alarm() });
    await local.deploy({ Topic, Alarm: alarm({ Threshold: 100 }) });
    const now = local.aws.clock.now();
    write(line({ Failures: 99 }, {}, now));
    expect(local.aws.cloudwatch.alarm('failures').states).not.toContain('ALARM');
    write(line({ Failures: 1 }, {}, now));
    expect(local.aws.cloudwatch.alarm('failures').state).toBe('ALARM');
    expect(await local.destroy()).toBe('DELETE_COMPLETE');
    expect(() => local.aws.cloudwatch.alarm('failures')).toThrow('there is no alarm failures');
  });

  test('rolls back the stack if its statistic is not emulated', async () => {
    expect(await local.deploy({ Topic, Good: alarm({ AlarmName: 'good' }), Alarm: { ...alarm({ Statistic: 'p99' }), DependsOn: 'Good' } })).toBe('ROLLBACK_COMPLETE');
    expect(await local.failures()).toContainEqual(expect.stringContaining("statistic p99 of Failures isn't emulated"));
    expect(() => local.aws.cloudwatch.alarm('good')).toThrow('there is no alarm');
  });
});

test('Step Functions metrics count each execution at its start and at its end', async () => {
  const machine = (Type: string) => ({
    Type: 'AWS::StepFunctions::StateMachine',
    Properties: { RoleArn: { 'Fn::GetAtt': ['Role', 'Arn'] }, DefinitionString: JSON.stringify({ StartAt: 'Wait', States: { Wait: { Type: 'Wait', Seconds: 600, Next: 'End' }, End: { Type } } }) },
  });
  await local.deploy({ Role: { Type: 'AWS::IAM::Role', Properties: { AssumeRolePolicyDocument: policy(trust({ Service: 'states.amazonaws.com' })) } }, Good: machine('Succeed'), Bad: machine('Fail') });
  const counts = (logicalId: string) => ['Started', 'Succeeded', 'Failed', 'Aborted'].map((end) =>
    local.aws.cloudwatch.sum('AWS/States', `Executions${end}`, { StateMachineArn: local.physicalId(logicalId) }));
  const start = (logicalId: string) => local.aws.states.startExecution(local.aws.iam.admin, { stateMachineArn: local.physicalId(logicalId) });

  const executions = [await start('Good'), await start('Good'), await start('Bad')];
  expect([counts('Good'), counts('Bad')]).toEqual([[2, 0, 0, 0], [1, 0, 0, 0]]);
  await executions[1].stop();
  await Promise.all(executions.map(({ ended }) => ended));
  expect([counts('Good'), counts('Bad')]).toEqual([[2, 1, 0, 1], [1, 0, 1, 0]]);
});
