import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { App, Duration, Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { Function } from 'aws-cdk-lib/aws-lambda';
import { WaiterStateMachine } from 'aws-cdk-lib/custom-resources';
import { allow, Foundation } from './foundation';
import { RESPONSE_HOST } from '../src/lambda/lambda';

// aws-cdk-lib doesn't export the path of the framework's runtime.
const RUNTIME = join(dirname(require.resolve('aws-cdk-lib/package.json')), 'custom-resources', 'lib', 'provider-framework', 'runtime');
const FRAMEWORK = Object.fromEntries(
  readdirSync(RUNTIME).filter((file) => file.endsWith('.js')).map((file) => [file, readFileSync(join(RUNTIME, file), 'utf8')]));

const SCALE = 120;
const INTERVAL_SECONDS = 10;
const MAX_ATTEMPTS = 4;

/** Each letter of `Polls` is the result of one isComplete call: n (not yet), y (yes) or e (error). */
const USER_HANDLER = `
  let calls = 0;
  exports.onEvent = async event => {
    console.log('onEvent', event.RequestType);
    if (event.ResourceProperties.Polls === '') throw new Error('refused at once');
    return { PhysicalResourceId: 'thing-1', Data: { From: 'onEvent' }, Deadline: 42 };
  };
  exports.isComplete = async event => {
    console.log('isComplete', event.PhysicalResourceId, event.Deadline, Date.now());
    const answer = event.ResourceProperties.Polls[calls++];
    if (answer === 'e') throw new RangeError('isComplete broke');
    return answer === 'y' ? { IsComplete: true, Data: { More: 'isComplete' } } : { IsComplete: false };
  };`;

let aws: Foundation;
let onEventArn: string;
let waiterArn: string;
let responses: { query: string; body: any }[]; // type `any`, because response bodies have different shapes

beforeEach(async () => {
  aws = await Foundation.start({ timeScale: SCALE });
  responses = [];
  aws.router.registerUnsigned('/response', {
    handle: async ({ query, body }) => {
      responses.push({ query: query.toString(), body: JSON.parse(body.toString()) });
      return { status: 200 };
    },
  });
  await deployProvider();
});
afterEach(() => aws.close());

async function deployProvider(): Promise<void> {
  const user = { 'index.js': USER_HANDLER };
  const userOnEvent = await aws.function('user-onEvent', user, { Handler: 'index.onEvent' });
  const userIsComplete = await aws.function('user-isComplete', user, { Handler: 'index.isComplete' });
  const invokeUser = [userOnEvent, userIsComplete].flatMap((arn) => [allow('lambda:InvokeFunction', [arn, `${arn}:*`]), allow('lambda:GetFunction', arn)]);
  const framework = (entrypoint: string, variables: object, statements: object[]) => aws.function(`framework-${entrypoint}`, FRAMEWORK, {
    Handler: `framework.${entrypoint}`,
    Timeout: 900,
    Role: aws.functionRole(`framework-${entrypoint}-role`, statements),
    Environment: { Variables: { USER_ON_EVENT_FUNCTION_ARN: userOnEvent, USER_IS_COMPLETE_FUNCTION_ARN: userIsComplete, ...variables } },
  });
  const isComplete = await framework('isComplete', {}, invokeUser);
  const onTimeout = await framework('onTimeout', {}, invokeUser);
  waiterArn = await deployWaiter(isComplete, onTimeout);
  onEventArn = await framework('onEvent', { WAITER_STATE_MACHINE_ARN: waiterArn }, [...invokeUser, allow('states:StartExecution', waiterArn)]);
}

/** Creates the state machine that the framework synthesizes. */
async function deployWaiter(isComplete: string, onTimeout: string): Promise<string> {
  const stack = new Stack(new App(), 'Stack', { env: { account: aws.environment.accountId, region: aws.environment.region } });
  new WaiterStateMachine(stack, 'Waiter', {
    isCompleteHandler: Function.fromFunctionArn(stack, 'IsComplete', isComplete),
    timeoutHandler: Function.fromFunctionArn(stack, 'OnTimeout', onTimeout),
    interval: Duration.seconds(INTERVAL_SECONDS),
    maxAttempts: MAX_ATTEMPTS,
    backoffRate: 1,
    disableLogging: true,
  });
  const [{ Properties }] = Object.values(Template.fromStack(stack).findResources('AWS::StepFunctions::StateMachine'));
  const RoleArn = aws.role('waiter', 'states.amazonaws.com', [allow('lambda:InvokeFunction', [isComplete, `${isComplete}:*`, onTimeout, `${onTimeout}:*`])]);
  return (await aws.createResource('AWS::StepFunctions::StateMachine', { ...Properties, RoleArn })).physicalId;
}

// Returns the response body, whose type is `any` because its shape varies.
async function create(Polls: string): Promise<any> {
  await aws.lambda.invoke(aws.iam.admin, onEventArn, {
    RequestType: 'Create',
    ResponseURL: `https://${RESPONSE_HOST}/response/stack?X-Amz-Signature=abc`,
    StackId: 'stack-id',
    RequestId: 'request-1',
    LogicalResourceId: 'Thing',
    ResourceType: 'Custom::Thing',
    ResourceProperties: { ServiceToken: onEventArn, Polls },
  });
  await Promise.all(aws.states.executions().map((execution) => execution.ended));
  expect(responses).toHaveLength(1);
  expect(responses[0].query).toBe('X-Amz-Signature=abc');
  return responses[0].body;
}

const polls = () => aws.logs.events('/aws/lambda/user-isComplete').map(({ message }) => message.split('\t').pop()?.split(' ') ?? [])
  .filter(([word]) => word === 'isComplete');

test('the creation completes at the third call of isComplete', async () => {
  expect(await create('nny')).toEqual({
    Status: 'SUCCESS',
    Reason: 'SUCCESS',
    StackId: 'stack-id',
    RequestId: 'request-1',
    PhysicalResourceId: 'thing-1',
    LogicalResourceId: 'Thing',
    Data: { From: 'onEvent', More: 'isComplete' },
  });
  expect(polls().map((words) => words.slice(0, 3))).toEqual(Array(3).fill(['isComplete', 'thing-1', '42']));
  const times = polls().map((words) => Number(words[3]));
  expect(times[1] - times[0]).toBeGreaterThanOrEqual(INTERVAL_SECONDS * 1000 - SCALE);
  expect(times[2] - times[1]).toBeGreaterThanOrEqual(INTERVAL_SECONDS * 1000 - SCALE);
  expect(aws.states.executions().map(({ status }) => status)).toEqual(['SUCCEEDED']);
});

test('the creation fails at once when isComplete throws', async () => {
  const response = await create('ne');
  expect(response).toMatchObject({ Status: 'FAILED', PhysicalResourceId: 'thing-1' });
  expect(response.Reason).toMatch(/^isComplete broke\n\nLogs: \/aws\/lambda\/user-isComplete\n\n +at exports\.isComplete/);
  expect(polls()).toHaveLength(2);
});

test('the creation fails with the physical id CREATE_FAILED when onEvent throws', async () => {
  expect(await create('')).toMatchObject({
    Status: 'FAILED', PhysicalResourceId: 'AWSCDK::CustomResourceProviderFramework::CREATE_FAILED', Reason: expect.stringMatching(/^refused at once\n/),
  });
  expect(aws.states.executions()).toEqual([]);
});

test('the creation times out after the maximum number of attempts', async () => {
  expect(await create('nnnnnnnnn')).toMatchObject({ Status: 'FAILED', Reason: 'Operation timed out', PhysicalResourceId: 'thing-1' });
  expect(polls()).toHaveLength(MAX_ATTEMPTS + 1);
});

test('the creation completes even if the process of a framework function is killed', async () => {
  aws.lambda.beforeInvoke = ({ functionName, count }) => functionName === 'framework-isComplete' && count === 1 ? { killAfterMs: 0 } : undefined;
  expect(await create('yy')).toMatchObject({ Status: 'SUCCESS' });
  const events = aws.states.executions()[0].history.events.map(({ type }) => type);
  expect(events.filter((type) => type === 'LambdaFunctionFailed')).toHaveLength(1);
});
