import { CloudFormationClient, CreateStackCommand, DescribeStackEventsCommand } from '@aws-sdk/client-cloudformation';
import { CreateFHIRDatastoreCommand, HealthLakeClient, StartFHIRImportJobCommand } from '@aws-sdk/client-healthlake';
import type { ForcedOutcome } from '../../../local-healthlake/src/healthlake/options';
import { LocalAws } from '../../src/aws';
import type { Execution } from '../../src/stepfunctions/stepfunctions';

const SCALE = 100;
const SFN_RESOURCE = { 'Fn::Sub': 'arn:${AWS::Partition}:states:::lambda:invoke' };

let aws: LocalAws;
let datastoreId: string;
let nextJob: { readonly seconds: number; readonly outcome?: ForcedOutcome };
const clients: { destroy(): void }[] = [];

beforeAll(async () => {
  aws = await LocalAws.start({
    timeScale: SCALE,
    healthlake: {
      datastoreCreationMs: 0,
      overrideJob: () => ({ pace: { minimumDurationMs: nextJob.seconds * 1000 }, outcome: nextJob.outcome }),
    },
  });
  for (const bucket of ['input', 'output']) {
    aws.s3.createBucket(bucket);
  }
  aws.s3.bucket('input').put('data/patients.ndjson', {
    deleteMarker: false, body: Buffer.from('{"resourceType":"Patient","id":"p1"}\n'), etag: '"p"', lastModified: 0, headers: {}, encryption: { algorithm: 'AES256' },
  });
  await aws.iam.createRole('data-access', {
    trustPolicy: { Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action: 'sts:AssumeRole', Principal: { Service: 'healthlake.amazonaws.com' } }] },
    inlinePolicies: { p: { Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action: ['s3:*', 'kms:*'], Resource: '*' }] } },
    managedPolicyArns: [],
  });
  const { DatastoreId } = await healthLake().send(new CreateFHIRDatastoreCommand({ DatastoreTypeVersion: 'R4' }));
  datastoreId = DatastoreId!;
  await deploy('Polling', resources());
});

afterEach(() => aws.router.faults.clear());

afterAll(async () => {
  clients.forEach((client) => client.destroy());
  await aws.stop();
});

function clientConfig() {
  return { endpoint: aws.endpoint, region: aws.region, credentials: aws.credentials };
}

function healthLake(): HealthLakeClient {
  const client = new HealthLakeClient(clientConfig());
  clients.push(client);
  return client;
}

const LOG_DELIVERY = [
  'logs:CreateLogDelivery', 'logs:GetLogDelivery', 'logs:UpdateLogDelivery', 'logs:DeleteLogDelivery', 'logs:ListLogDeliveries',
  'logs:PutResourcePolicy', 'logs:DescribeResourcePolicies', 'logs:DescribeLogGroups',
];

const arnOf = (logicalId: string) => ({ 'Fn::GetAtt': [logicalId, 'Arn'] });

function role(principal: object, statements: object[], RoleName?: string): object {
  return {
    Type: 'AWS::IAM::Role',
    Properties: {
      RoleName,
      AssumeRolePolicyDocument: { Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action: 'sts:AssumeRole', Principal: principal }] },
      Policies: [{ PolicyName: 'p', PolicyDocument: { Version: '2012-10-17', Statement: statements } }],
    },
  };
}

const allow = (Action: string | string[], Resource: unknown) => ({ Effect: 'Allow', Action, Resource });

/** A state machine that looks at a job until it has ended, and has a function judge it; and a function that starts it. */
function resources(machineStatements: object[] = [allow(LOG_DELIVERY, '*')]): Record<string, object> {
  const code = (ZipFile: string, more: object = {}) => ({ Runtime: 'nodejs22.x', Handler: 'index.handler', Timeout: 300, Code: { ZipFile }, ...more });
  return {
    LogGroup: { Type: 'AWS::Logs::LogGroup', Properties: { LogGroupName: '/aws/vendedlogs/states/polling' } },
    MachineRole: role({ Service: 'states.amazonaws.com' }, [allow('lambda:InvokeFunction', arnOf('Judge')), ...machineStatements], 'machine-role'),
    OperatorRole: role({ AWS: arnOf('MachineRole') }, [allow('healthlake:DescribeFHIRImportJob', '*')], 'operator'),
    FunctionRole: role({ Service: 'lambda.amazonaws.com' }, [allow('logs:*', '*'), allow('states:StartExecution', { Ref: 'Machine' })], 'function-role'),
    JudgeRole: role({ Service: 'lambda.amazonaws.com' }, [allow('logs:*', '*')]),
    Judge: {
      Type: 'AWS::Lambda::Function',
      Properties: {
        FunctionName: 'judge',
        Role: arnOf('JudgeRole'),
        ...code(`exports.handler = async ({ job, failure, at, asked }) => ({ ok: job?.Status === 'COMPLETED', error: failure?.Error ?? 'NotCompleted', at, asked,
          reason: failure ? failure.Cause : 'the job is ' + job.Status });`),
      },
    },
    Starter: {
      Type: 'AWS::Lambda::Function',
      Properties: {
        FunctionName: 'starter',
        Role: arnOf('FunctionRole'),
        ...code(`const { SFNClient, StartExecutionCommand } = require('@aws-sdk/client-sfn');
          exports.handler = async ({ stateMachineArn, name, input }) => {
            try {
              return await new SFNClient({}).send(new StartExecutionCommand({ stateMachineArn, name, input: JSON.stringify(input) }));
            } catch (error) {
              return { error: error.name };
            }
          };`),
      },
    },
    Machine: {
      Type: 'AWS::StepFunctions::StateMachine',
      Properties: {
        StateMachineName: 'polling',
        StateMachineType: 'STANDARD',
        RoleArn: arnOf('MachineRole'),
        LoggingConfiguration: {
          Level: 'ALL', IncludeExecutionData: false, Destinations: [{ CloudWatchLogsLogGroup: { LogGroupArn: arnOf('LogGroup') } }],
        },
        TracingConfiguration: { Enabled: true },
        Tags: [{ Key: 'team', Value: 'data' }],
        Definition: definition(),
      },
    },
  };
}

function definition(): object {
  return {
    StartAt: 'Wait',
    States: {
      Wait: { Type: 'Wait', SecondsPath: '$.Poll.Seconds', Next: 'Describe' },
      Describe: {
        Type: 'Task',
        Resource: { 'Fn::Sub': 'arn:${AWS::Partition}:states:::aws-sdk:healthlake:describeFHIRImportJob' },
        Parameters: { 'DatastoreId.$': '$.DatastoreId', 'JobId.$': '$.JobId' },
        Credentials: { 'RoleArn.$': '$.OperatorRoleArn' },
        ResultSelector: { 'Status.$': '$.ImportJobProperties.JobStatus', 'SubmitTime.$': '$.ImportJobProperties.SubmitTime' },
        ResultPath: '$.Job',
        Retry: [{
          ErrorEquals: ['HealthLake.ThrottlingException', 'HealthLake.InternalServerException', 'HealthLake.SdkClientException'],
          IntervalSeconds: 2,
          MaxAttempts: 3,
          BackoffRate: 2,
          MaxDelaySeconds: 10,
          JitterStrategy: 'FULL',
        }],
        Catch: [{ ErrorEquals: ['States.ALL'], ResultPath: '$.Failure', Next: 'JudgeFailure' }],
        Next: 'Ended',
      },
      Ended: {
        Type: 'Choice',
        Choices: [
          { Or: ['COMPLETED', 'COMPLETED_WITH_ERRORS', 'FAILED'].map((StringEquals) => ({ Variable: '$.Job.Status', StringEquals })), Next: 'Judge' },
          { Variable: '$$.State.EnteredTime', TimestampGreaterThanEqualsPath: '$.GiveUpAt', Next: 'Judge' },
        ],
        Default: 'Slower',
      },
      Slower: { Type: 'Pass', Parameters: { 'Seconds.$': 'States.MathAdd($.Poll.Seconds, 3)' }, ResultPath: '$.Poll', Next: 'Wait' },
      Judge: judge({ 'job.$': '$.Job', 'at.$': '$$.State.EnteredTime', 'asked.$': "States.Format('every {} s', $.Poll.Seconds)" }),
      JudgeFailure: judge({ 'failure.$': '$.Failure' }),
      Good: {
        Type: 'Choice',
        Choices: [{ Variable: '$.Verdict.ok', BooleanEquals: true, Next: 'Done' }],
        Default: 'Bad',
      },
      Done: { Type: 'Succeed' },
      Bad: { Type: 'Fail', ErrorPath: '$.Verdict.error', CausePath: '$.Verdict.reason' },
    },
  };
}

function judge(Payload: object): object {
  return {
    Type: 'Task',
    Resource: SFN_RESOURCE,
    Parameters: { FunctionName: arnOf('Judge'), Payload },
    ResultSelector: { 'ok.$': '$.Payload.ok', 'error.$': '$.Payload.error', 'reason.$': '$.Payload.reason', 'payload.$': '$.Payload' },
    ResultPath: '$.Verdict',
    Retry: [{ ErrorEquals: ['Lambda.ServiceException'], IntervalSeconds: 1, MaxAttempts: 2 }],
    Next: 'Good',
  };
}

async function deploy(StackName: string, Resources: object): Promise<string> {
  const cloudFormation = new CloudFormationClient(clientConfig());
  clients.push(cloudFormation);
  await cloudFormation.send(new CreateStackCommand({ StackName, TemplateBody: JSON.stringify({ Resources }), Capabilities: ['CAPABILITY_NAMED_IAM'] }));
  const { status } = await aws.cloudformation.settled(StackName);
  const { StackEvents = [] } = await cloudFormation.send(new DescribeStackEventsCommand({ StackName }));
  return `${status} ${StackEvents.map(({ ResourceStatusReason }) => ResourceStatusReason ?? '').join(' ')}`;
}

const machineArn = () => `arn:aws:states:${aws.region}:${aws.accountId}:stateMachine:polling`;
const roleArn = (name: string) => `arn:aws:iam::${aws.accountId}:role/${name}`;

async function job(seconds: number, outcome?: ForcedOutcome): Promise<string> {
  nextJob = { seconds, outcome };
  const { JobId } = await healthLake().send(new StartFHIRImportJobCommand({
    DatastoreId: datastoreId,
    InputDataConfig: { S3Uri: 's3://input/data/' },
    JobOutputDataConfig: { S3Configuration: { S3Uri: 's3://output/data/', KmsKeyId: aws.kms.keys.create(aws.kms.defaultKeyPolicy).arn } },
    DataAccessRoleArn: roleArn('data-access'),
  }));
  return JobId!;
}

async function input(jobId: string, more: object = {}): Promise<object> {
  return {
    DatastoreId: datastoreId,
    JobId: jobId,
    OperatorRoleArn: roleArn('operator'),
    Poll: { Seconds: 2 },
    GiveUpAt: new Date(aws.clock.now() + 3_600_000).toISOString(),
    ...more,
  };
}

let names = 0;

/** Has the function start the execution; what it answers. */
async function start(executionInput: object, name = `run-${names += 1}`): Promise<any> {
  const arn = `arn:aws:lambda:${aws.region}:${aws.accountId}:function:starter`;
  return (await aws.lambda.invoke(aws.iam.admin, arn, { stateMachineArn: machineArn(), name, input: executionInput })).payload;
}

async function run(executionInput: object): Promise<Execution> {
  const { executionArn } = await start(executionInput);
  const execution = aws.states.executions().find(({ setup }) => setup.arn === executionArn)!;
  await execution.ended;
  return execution;
}

const of = (execution: Execution, type: string) => execution.history.events.filter((event) => event.type === type);

const describes = () => aws.router.requests.of('healthlake', 'DescribeFHIRImportJob');

test('a job is looked at less and less often, as the operator role, until it has ended', async () => {
  aws.router.requests.clear();
  aws.healthlake.healthLake.stallQueue();
  aws.router.faults.hook = (_service, operation) => {
    if (operation === 'DescribeFHIRImportJob' && describes().length === 2) {
      aws.healthlake.healthLake.resumeQueue();
    }
    return undefined;
  };
  const jobId = await job(1);
  const execution = await run(await input(jobId));

  const waits = of(execution, 'WaitStateEntered').map(({ stateEnteredEventDetails }) => JSON.parse((stateEnteredEventDetails as { input: string }).input).Poll.Seconds);
  expect(waits.length).toBeGreaterThanOrEqual(3);
  expect(waits).toEqual(waits.map((_, look) => 2 + 3 * look));
  expect(describes()).toHaveLength(waits.length);
  expect(new Set(describes().map(({ callerArn }) => callerArn))).toEqual(new Set([`arn:aws:sts::${aws.accountId}:assumed-role/operator/StepFunctions`]));
  // Wait, Describe and Ended of each look, Slower between two looks, Judge, Good and Done.
  expect(execution.transitions).toBe(4 * waits.length - 1 + 3);

  expect(of(execution, 'TaskScheduled')[0].taskScheduledEventDetails).toEqual({
    resourceType: 'aws-sdk:healthlake',
    resource: 'describeFHIRImportJob',
    region: aws.region,
    parameters: JSON.stringify({ DatastoreId: datastoreId, JobId: jobId }),
    taskCredentials: { roleArn: roleArn('operator') },
  });
  const { output } = of(execution, 'TaskSucceeded')[0].taskSucceededEventDetails as { output: string };
  const properties = JSON.parse(output).ImportJobProperties;
  expect(properties).toMatchObject({ JobId: jobId, DatastoreId: datastoreId, InputDataConfig: { S3Uri: 's3://input/data/' } });
  expect(new Date(properties.SubmitTime).toISOString()).toBe(properties.SubmitTime);
});

test('error and cause of a failure come from its input', async () => {
  expect(await run(await input(await job(1, { status: 'FAILED', message: 'no data' })))).toMatchObject({
    status: 'FAILED', error: 'NotCompleted', cause: 'the job is FAILED',
  });
});

test('a completed job ends well, and the judge gets context and intrinsic functions', async () => {
  const execution = await run(await input(await job(1)));
  expect(execution.status).toBe('SUCCEEDED');
  const { Verdict: { payload } } = JSON.parse(execution.output!);
  expect(payload.asked).toMatch(/^every \d+ s$/);
  expect(Date.parse(payload.at)).toBeGreaterThan(execution.startedAt);
});

test('at the deadline the state machine gives up, whatever the job does', async () => {
  aws.healthlake.healthLake.stallQueue();
  const execution = await run(await input(await job(1), { GiveUpAt: new Date(aws.clock.now() + 10_000).toISOString() }));
  aws.healthlake.healthLake.resumeQueue();
  expect(execution.cause).toMatch(/^the job is (SUBMITTED|QUEUED|IN_PROGRESS)$/);
});

test('faults of the router reach the call and are retried by their names', async () => {
  aws.router.faults.inject({ service: 'healthlake', operation: 'DescribeFHIRImportJob', kind: 'throttle' });
  aws.router.faults.inject({ service: 'healthlake', operation: 'DescribeFHIRImportJob', kind: 'reset-before' });
  const execution = await run(await input(await job(1)));
  expect(execution.status).toBe('SUCCEEDED');
  const failed = of(execution, 'TaskFailed').map(({ taskFailedEventDetails }) => taskFailedEventDetails as { error: string; cause: string });
  expect(failed.map(({ error }) => error)).toEqual(['HealthLake.ThrottlingException', 'HealthLake.SdkClientException']);
  expect(failed[0].cause).toMatch(/^Rate exceeded \(Service: HealthLake, Status Code: 400, Request ID: /);
});

test('a hook sees whose session calls', async () => {
  const callers: unknown[] = [];
  aws.router.faults.hook = (_service, operation, { callerArn }) => {
    if (operation !== 'DescribeFHIRImportJob') {
      return undefined;
    }
    callers.push(callerArn);
    return { kind: 'error', error: { name: 'InternalFailure', message: 'broken', status: 500 } };
  };
  expect(await run(await input('0'.repeat(32)))).toMatchObject({
    status: 'FAILED', error: 'HealthLake.HealthLakeException', cause: expect.stringMatching(/^broken \(Service: HealthLake, Status Code: 500/),
  });
  expect(callers).toEqual([`arn:aws:sts::${aws.accountId}:assumed-role/operator/StepFunctions`]);
});

test('what HealthLake refuses has the name of its exception', async () => {
  expect(await run(await input('0'.repeat(32)))).toMatchObject({ error: 'HealthLake.ResourceNotFoundException' });
  await aws.iam.createRole('powerless', {
    trustPolicy: { Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action: 'sts:AssumeRole', Principal: { AWS: roleArn('machine-role') } }] },
    inlinePolicies: {},
    managedPolicyArns: [],
  });
  expect(await run(await input('0'.repeat(32), { OperatorRoleArn: roleArn('powerless') }))).toMatchObject({
    error: 'HealthLake.AccessDeniedException', cause: expect.stringContaining('assumed-role/powerless/StepFunctions is not authorized to perform: healthlake:DescribeFHIRImportJob'),
  });
});

test('the role of a task must trust the role of the state machine, whose ARN is the external id', async () => {
  const trusting = (Condition: { StringEquals: Record<string, string> }) => ({
    trustPolicy: { Version: '2012-10-17' as const, Statement: [{ Effect: 'Allow' as const, Action: 'sts:AssumeRole', Principal: { AWS: roleArn('machine-role') }, Condition }] },
    inlinePolicies: { p: { Version: '2012-10-17' as const, Statement: [{ Effect: 'Allow' as const, Action: 'healthlake:*', Resource: '*' }] } },
    managedPolicyArns: [],
  });
  await aws.iam.createRole('for-polling', trusting({ StringEquals: { 'sts:ExternalId': machineArn() } }));
  await aws.iam.createRole('for-others', trusting({ StringEquals: { 'sts:ExternalId': `${machineArn()}-other` } }));
  expect(await run(await input(await job(1), { OperatorRoleArn: roleArn('for-polling') }))).toMatchObject({ status: 'SUCCEEDED' });
  for (const name of ['for-others', 'data-access', 'nobody']) {
    expect(await run(await input('0'.repeat(32), { OperatorRoleArn: roleArn(name) }))).toMatchObject({
      error: 'States.TaskFailed', cause: `The role ${roleArn('machine-role')} is not authorized to assume the task state's role, ${roleArn(name)}.`,
    });
  }
});

test('a name is started once: the same input finds what runs, anything else is refused', async () => {
  const running = await input('0'.repeat(32), { Poll: { Seconds: 3000 } });
  const first = await start(running, 'once');
  expect(first.executionArn).toMatch(/:execution:polling:once$/);
  expect((await start(running, 'once')).executionArn).toBe(first.executionArn);
  expect(await start({ ...running, more: 1 }, 'once')).toEqual({ error: 'ExecutionAlreadyExists' });
  const execution = aws.states.executions().find(({ setup }) => setup.arn === first.executionArn)!;
  await execution.stop();
  expect(await start(running, 'once')).toEqual({ error: 'ExecutionAlreadyExists' });
});

test('a function without states:StartExecution is refused', async () => {
  const { settings: { latest: { inlinePolicies } } } = aws.iam.roles.get('function-role');
  await aws.iam.changeRole('function-role', () => ({ inlinePolicies: {} }));
  expect(await start({})).toEqual({ error: 'AccessDeniedException' });
  await aws.iam.changeRole('function-role', () => ({ inlinePolicies }));
});

test('the history goes to the log group without the data', async () => {
  const jobId = await job(1);
  const execution = await run(await input(jobId));
  const lines = aws.logs.events('/aws/vendedlogs/states/polling').map(({ message }) => JSON.parse(message)).filter((line) => line.execution_arn === execution.setup.arn);
  expect(lines.map(({ type }) => type)).toEqual(execution.history.events.map(({ type }) => type));
  expect(lines[0]).toEqual({
    id: '1',
    type: 'ExecutionStarted',
    details: { roleArn: roleArn('machine-role') },
    previous_event_id: '0',
    event_timestamp: expect.stringMatching(/^\d{13}$/),
    execution_arn: execution.setup.arn,
    redrive_count: '0',
  });
  expect(JSON.stringify(lines)).not.toContain(jobId);
});

test('a role that may not deliver logs is refused with its stack', async () => {
  const { LogGroup, MachineRole, Machine, Judge, JudgeRole } = resources(LOG_DELIVERY.slice(1).map((action) => allow(action, '*'))) as Record<string, any>;
  LogGroup.Properties.LogGroupName = 'second';
  MachineRole.Properties.RoleName = 'second-machine';
  Machine.Properties.StateMachineName = 'second';
  Judge.Properties.FunctionName = 'second-judge';
  expect(await deploy('Second', { LogGroup, MachineRole, Machine, Judge, JudgeRole }))
    .toMatch(/^ROLLBACK_COMPLETE .*The state machine IAM Role is not authorized to access the Log Destination/);
});
