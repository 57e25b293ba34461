import { LOG_DELIVERY_ACTIONS } from '../../src/stepfunctions/logging';
import type { Execution } from '../../src/stepfunctions/stepfunctions';
import { ACCOUNT, allow, Foundation, REGION } from '../foundation';

const GROUP = 'executions';

let aws: Foundation;

beforeEach(async () => {
  aws = await Foundation.start({ timeScale: 100 });
  aws.logs.createGroup(GROUP);
});
afterEach(() => aws.close());

const FAILING = { Shape: { Type: 'Pass', Next: 'Broken' }, Broken: { Type: 'Fail', Error: 'Sad', Cause: 'reasons' } };

function properties(states: Record<string, object>, LoggingConfiguration?: object): Record<string, unknown> {
  return {
    StateMachineName: 'logged',
    DefinitionString: JSON.stringify({ StartAt: Object.keys(states)[0], States: states }),
    RoleArn: aws.iam.roles.find('logged-role')?.arn ?? aws.role('logged-role', 'states.amazonaws.com', [allow([...LOG_DELIVERY_ACTIONS], '*')]),
    LoggingConfiguration,
  };
}

function logging(Level: string, IncludeExecutionData?: boolean): object {
  const LogGroupArn = `arn:aws:logs:${REGION}:${ACCOUNT}:log-group:${GROUP}:*`;
  return { Level, IncludeExecutionData, Destinations: [{ CloudWatchLogsLogGroup: { LogGroupArn } }] };
}

async function create(states: Record<string, object>, configuration?: object): Promise<string> {
  return (await aws.createResource('AWS::StepFunctions::StateMachine', properties(states, configuration))).physicalId;
}

async function run(stateMachineArn: string, input: object = {}): Promise<Execution> {
  const execution = await aws.states.startExecution(aws.iam.admin, { stateMachineArn, input: JSON.stringify(input) });
  await execution.ended;
  return execution;
}

const lines = () => aws.logs.events(GROUP).map(({ message }) => JSON.parse(message));

test.each<[string, string[]]>([
  ['ALL', ['ExecutionStarted', 'PassStateEntered', 'PassStateExited', 'FailStateEntered', 'ExecutionFailed']],
  ['ERROR', ['FailStateEntered', 'ExecutionFailed']],
  ['FATAL', ['ExecutionFailed']],
  ['OFF', []],
])('the log level %s logs the events %j', async (level, types) => {
  await run(await create(FAILING, logging(level)), { why: 'reasons' });
  expect(lines().map(({ type }) => type)).toEqual(types);
});

test('the log contains execution data if the logging configuration includes execution data', async () => {
  const { setup } = await run(await create(FAILING, logging('ALL', true)), { why: 'reasons' });
  expect(lines()[1]).toMatchObject({ id: '2', previous_event_id: '1', type: 'PassStateEntered', details: { name: 'Shape', input: '{"why":"reasons"}' } });
  expect(lines()[4]).toMatchObject({ details: { error: 'Sad', cause: 'reasons' }, execution_arn: setup.arn });
  expect(aws.logs.events(GROUP)[0].stream).toMatch(/^states\/logged\/\d{4}-\d\d-\d\d-\d\d-\d\d\/[0-9a-f]{8}$/);
});

test('the log contains only the error and the cause if the logging configuration excludes execution data', async () => {
  await run(await create(FAILING, logging('ALL')), { why: 'reasons' });
  expect(lines().map(({ details }) => details)).toEqual([
    { roleArn: expect.any(String) }, { name: 'Shape' }, { name: 'Shape' }, { name: 'Broken' }, { error: 'Sad', cause: 'reasons' },
  ]);
});

test('an update of the state machine can turn logging on; a deleted log group is not created again', async () => {
  const arn = await create(FAILING);
  await run(arn, { why: '' });
  expect(lines()).toEqual([]);
  await aws.updateResource('AWS::StepFunctions::StateMachine', arn, properties(FAILING), properties(FAILING, logging('FATAL')));
  await run(arn, { why: '' });
  expect(lines()).toHaveLength(1);
  aws.logs.deleteGroup(GROUP);
  await run(arn, { why: '' });
  expect(aws.logs.hasGroup(GROUP)).toBe(false);
});

test('a state machine with an invalid logging configuration is refused', async () => {
  const destination = logging('ALL');
  await expect(create(FAILING, { Level: 'ALL' })).rejects.toThrow('Must specify exactly one Log Destination.');
  await expect(create(FAILING, { ...destination, Level: 'SOME' })).rejects.toThrow('SOME');
  aws.logs.deleteGroup(GROUP);
  await expect(create(FAILING, destination)).rejects.toThrow('Log Destination not found.');
});

test.each([...LOG_DELIVERY_ACTIONS])('a state machine with logging is refused if its role lacks %s', async (missing) => {
  aws.role('logged-role', 'states.amazonaws.com', [allow(LOG_DELIVERY_ACTIONS.filter((action) => action !== missing), '*')]);
  await expect(create(FAILING, logging('ERROR'))).rejects.toMatchObject({
    name: 'AccessDeniedException', message: 'The state machine IAM Role is not authorized to access the Log Destination',
  });
  await expect(create(FAILING, logging('OFF'))).resolves.toContain(':stateMachine:logged');
});
