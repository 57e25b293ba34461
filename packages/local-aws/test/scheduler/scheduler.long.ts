import { allow, eventually, policy, trust } from '../foundation';
import { ACCOUNT, LocalStack, loggingFunction, REGION } from '../local-stack';

const GROUP = `arn:aws:scheduler:${REGION}:${ACCOUNT}:schedule-group/default`;
const TRUST = trust({ Service: 'scheduler.amazonaws.com' }, { StringEquals: { 'aws:SourceArn': GROUP, 'aws:SourceAccount': ACCOUNT } });
const MINUTE = 60_000;

let local: LocalStack;

beforeEach(async () => {
  local = await LocalStack.start({ timeScale: 200 });
});
afterEach(() => local.stop());

interface Options {
  readonly role?: object;
  readonly properties?: object;
  readonly target?: object;
}

/** Returns the template resources of a schedule that invokes a function each minute. */
const resources = ({ role, properties, target }: Options = {}) => ({
  ...loggingFunction('Ticked'),
  Role: {
    Type: 'AWS::IAM::Role',
    Properties: {
      AssumeRolePolicyDocument: policy(TRUST),
      Policies: [{ PolicyName: 'invoke', PolicyDocument: policy(allow('lambda:InvokeFunction', '*')) }],
      ...role,
    },
  },
  Schedule: {
    Type: 'AWS::Scheduler::Schedule',
    Properties: {
      Name: 'minutely',
      ScheduleExpression: 'cron(* * * * ? *)',
      ScheduleExpressionTimezone: 'Etc/UTC',
      FlexibleTimeWindow: { Mode: 'OFF' },
      Target: {
        Arn: { 'Fn::GetAtt': ['Ticked', 'Arn'] },
        RoleArn: { 'Fn::GetAtt': ['Role', 'Arn'] },
        Input: '{"time":"<aws.scheduler.scheduled-time>","stores":["a"]}',
        RetryPolicy: { MaximumRetryAttempts: 0, MaximumEventAgeInSeconds: 60 },
        ...target,
      },
      ...properties,
    },
  },
});
const ticks = () => local.aws.scheduler.delivered.map(({ scheduledAt }) => scheduledAt);
const inputs = (): string[] => local.aws.logs.groupNames().includes('Ticked')
  ? local.aws.logs.events('Ticked').map(({ message }) => message.trim()).filter((message) => message.startsWith('{"time')) : [];

test('a schedule invokes its function with the scheduled time, until the stack is deleted', async () => {
  await local.deploy(resources());
  await eventually(() => inputs().length >= 2);
  const [first] = ticks();
  expect(first % MINUTE).toBe(0);
  expect(inputs()).toContain(JSON.stringify({ time: new Date(first).toISOString().replace('.000Z', 'Z'), stores: ['a'] }));
  expect(ticks().slice(0, 2)).toEqual([first, first + MINUTE]);
  expect(await local.destroy()).toBe('DELETE_COMPLETE');
  const count = ticks().length;
  await local.aws.clock.sleep(3 * MINUTE);
  expect(ticks()).toHaveLength(count);
});

test('a schedule with a rate invokes its function at once', async () => {
  await local.deploy(resources({ properties: { ScheduleExpression: 'rate(1 hour)' } }));
  await eventually(() => ticks().length > 0);
});

test('a schedule that is disabled by an update invokes nothing', async () => {
  await local.deploy(resources());
  await local.deploy(resources({ properties: { State: 'DISABLED' } }));
  const count = ticks().length;
  await local.aws.clock.sleep(3 * MINUTE);
  expect(ticks()).toHaveLength(count);
});

test('a tick can be lost, late or delivered twice', async () => {
  const seen: number[] = [];
  local.aws.scheduler.beforeTick = ({ scheduledAt }) => {
    seen.push(scheduledAt);
    return (['lost', { lateByMs: 1.5 * MINUTE }, 'twice'] as const)[seen.length - 1];
  };
  await local.deploy(resources());
  await eventually(() => ticks().length >= 4);
  const [, late, twice, next] = seen;
  expect(ticks().slice(0, 4)).toEqual([twice, twice, late, next]);
});

describe('a schedule of a state machine', () => {
  const machine = (...statements: object[]) => ({
    ...resources({ role: { Policies: [{ PolicyName: 'start', PolicyDocument: policy(...statements) }] }, target: { Arn: { Ref: 'Machine' } } }),
    MachineRole: { Type: 'AWS::IAM::Role', Properties: { AssumeRolePolicyDocument: policy(trust({ Service: 'states.amazonaws.com' })) } },
    Machine: {
      Type: 'AWS::StepFunctions::StateMachine',
      Properties: { RoleArn: { 'Fn::GetAtt': ['MachineRole', 'Arn'] }, Definition: { StartAt: 'Done', States: { Done: { Type: 'Succeed' } } } },
    },
  });

  test('starts an execution with the scheduled time at each tick, and two at a tick that is delivered twice', async () => {
    const seen: number[] = [];
    local.aws.scheduler.beforeTick = ({ scheduledAt }) => (['lost', 'twice'] as const)[seen.push(scheduledAt) - 1];
    await local.deploy(machine({ Effect: 'Allow', Action: 'states:StartExecution', Resource: { Ref: 'Machine' } }));
    await eventually(() => local.aws.states.executions().length >= 3);
    const times = local.aws.states.executions().map(({ setup: { stateMachineArn, input } }) => {
      expect(stateMachineArn).toBe(local.physicalId('Machine'));
      const { time, stores } = JSON.parse(input);
      expect(stores).toEqual(['a']);
      return Date.parse(time);
    });
    expect(times.slice(0, 3)).toEqual([seen[1], seen[1], seen[2]]);
    expect(ticks().slice(0, 3)).toEqual(times.slice(0, 3));
  });

  test('starts no execution if its role may not', async () => {
    await local.deploy(machine(allow('lambda:InvokeFunction', '*')));
    await eventually(() => local.aws.scheduler.failed.length > 0);
    expect(local.aws.scheduler.failed[0].reason).toMatch(/assumed-role\/S-Role-.* is not authorized to perform: states:StartExecution/);
    expect(local.aws.states.executions()).toEqual([]);
  });
});

test('a schedule has one tick for all times that the clock skips', async () => {
  await local.deploy(resources());
  await eventually(() => ticks().length > 0);
  const before = ticks();
  local.aws.clock.skip(60 * MINUTE);
  await eventually(() => ticks().length > before.length);
  expect(ticks()[before.length] - before.at(-1)!).toBeGreaterThanOrEqual(59 * MINUTE);
});

test('a tick fails if the role of its schedule may not invoke the function', async () => {
  await local.deploy(resources({ role: { Policies: [] } }));
  await eventually(() => local.aws.scheduler.failed.length > 0);
  expect(local.aws.scheduler.failed[0].reason).toMatch(/assumed-role\/S-Role-.* is not authorized to perform: lambda:InvokeFunction/);
  expect(ticks()).toEqual([]);
});

test.each<[string, Options, string | RegExp]>([
  ['a role that does not trust EventBridge Scheduler', { role: { AssumeRolePolicyDocument: policy(trust({ Service: 'events.amazonaws.com' })) } },
    'The execution role you provide must allow AWS EventBridge Scheduler to assume the role.'],
  ['a flexible time window', { properties: { FlexibleTimeWindow: { Mode: 'FLEXIBLE' } } }, /flexible time window FLEXIBLE .* isn't emulated/],
  ['another time zone', { properties: { ScheduleExpressionTimezone: 'Europe/Berlin' } }, /time zone Europe\/Berlin .* isn't emulated/],
  ['another target', { target: { Arn: 'arn:aws:sqs:us-east-1:111122223333:queue' } }, /target arn:aws:sqs:\S+ .* isn't emulated/],
  ['an input that is no JSON', { target: { Input: 'text' } }, /a target without JSON as Input .* isn't emulated/],
  ['too many retries', { target: { RetryPolicy: { MaximumRetryAttempts: 186 } } }, 'MaximumRetryAttempts 186 of a retry policy is invalid, give 0 to 185'],
])('a schedule with %s is rejected', async (_, options, reason) => {
  expect(await local.deploy(resources(options))).toBe('ROLLBACK_COMPLETE');
  expect(await local.failures()).toContainEqual(typeof reason === 'string' ? reason : expect.stringMatching(reason));
});
