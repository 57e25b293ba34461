import { CreateFHIRDatastoreCommand, HealthLakeClient, StartFHIRExportJobCommand, StartFHIRImportJobCommand } from '@aws-sdk/client-healthlake';
import type { Execution } from '../../src/stepfunctions/stepfunctions';
import { allow, policy, putObject, roleArn, trust } from '../foundation';
import { ACCOUNT, LocalStack, REGION } from '../local-stack';

const MACHINE = `arn:aws:states:${REGION}:${ACCOUNT}:stateMachine:polling`;
const SESSION = `arn:aws:sts::${ACCOUNT}:assumed-role/operator/StepFunctions`;
const NO_JOB = '0'.repeat(32);

const role = (RoleName: string, principal: object, statements: object[]) => ({
  Type: 'AWS::IAM::Role',
  Properties: { RoleName, AssumeRolePolicyDocument: policy(trust(principal)), Policies: [{ PolicyName: 'p', PolicyDocument: policy(...statements) }] },
});

/** Polls an import or export job every two seconds until it is completed. */
const definition = (kind: 'Import' | 'Export') => ({
  StartAt: 'Wait',
  States: {
    Wait: { Type: 'Wait', Seconds: 2, Next: 'Describe' },
    Describe: {
      Type: 'Task',
      Resource: `arn:aws:states:::aws-sdk:healthlake:describeFHIR${kind}Job`,
      Parameters: { 'DatastoreId.$': '$.DatastoreId', 'JobId.$': '$.JobId' },
      Credentials: { 'RoleArn.$': '$.RoleArn' },
      ResultPath: '$.Job',
      Retry: [{ ErrorEquals: ['HealthLake.ThrottlingException', 'HealthLake.SdkClientException'], IntervalSeconds: 1 }],
      Next: 'IsCompleted',
    },
    IsCompleted: {
      Type: 'Choice',
      Choices: [{ Variable: `$.Job.${kind}JobProperties.JobStatus`, StringEquals: 'COMPLETED', Next: 'Done' }],
      Default: 'Wait',
    },
    Done: { Type: 'Succeed' },
  },
});

const machine = (StateMachineName: string, kind: 'Import' | 'Export') => ({
  Type: 'AWS::StepFunctions::StateMachine',
  Properties: { StateMachineName, RoleArn: { 'Fn::GetAtt': ['MachineRole', 'Arn'] }, Definition: definition(kind) },
});

let local: LocalStack;
let healthLake: HealthLakeClient;
let datastoreId: string;

beforeAll(async () => {
  local = await LocalStack.start({ timeScale: 100, healthlake: { datastoreCreationMs: 0, pace: { minimumDurationMs: 1000 } } });
  const { aws } = local;
  putObject(aws, 'input', 'data/patients.ndjson', Buffer.from('{"resourceType":"Patient","id":"p1"}\n'));
  aws.s3.createBucket('output');
  expect(await local.deploy({
    DataAccessRole: role('data-access', { Service: 'healthlake.amazonaws.com' }, [allow(['s3:*', 'kms:*'], '*')]),
    MachineRole: role('machine-role', { Service: 'states.amazonaws.com' }, [allow('sts:AssumeRole', '*')]),
    OperatorRole: role('operator', { AWS: { 'Fn::GetAtt': ['MachineRole', 'Arn'] } }, [allow('healthlake:DescribeFHIRImportJob', '*')]),
    Machine: machine('polling', 'Import'),
    ExportMachine: machine('polling-exports', 'Export'),
  })).toBe('CREATE_COMPLETE');
  healthLake = new HealthLakeClient({ endpoint: aws.endpoint, region: aws.region, credentials: aws.credentials });
  datastoreId = (await healthLake.send(new CreateFHIRDatastoreCommand({ DatastoreTypeVersion: 'R4' }))).DatastoreId!;
});

afterEach(() => local.aws.router.faults.clear());

afterAll(async () => {
  healthLake.destroy();
  await local.stop();
});

async function startJob(kind: 'Import' | 'Export' = 'Import'): Promise<string> {
  const { kms } = local.aws;
  const output = { S3Configuration: { S3Uri: 's3://output/data/', KmsKeyId: kms.keys.create(kms.defaultKeyPolicy).arn } };
  const request = { DatastoreId: datastoreId, DataAccessRoleArn: roleArn('data-access') };
  const { JobId } = await (kind === 'Export'
    ? healthLake.send(new StartFHIRExportJobCommand({ ...request, OutputDataConfig: output }))
    : healthLake.send(new StartFHIRImportJobCommand({ ...request, InputDataConfig: { S3Uri: 's3://input/data/' }, JobOutputDataConfig: output })));
  return JobId!;
}

async function run(jobId: string, operator = 'operator', stateMachineArn = MACHINE): Promise<Execution> {
  const input = JSON.stringify({ DatastoreId: datastoreId, JobId: jobId, RoleArn: roleArn(operator) });
  const execution = await local.aws.states.startExecution(local.aws.iam.admin, { stateMachineArn, input });
  await execution.ended;
  return execution;
}

const eventsOf = (execution: Execution, type: string) => execution.history.events.filter((event) => event.type === type);

test('the task polls a job in a session of the operator role', async () => {
  const describes = () => local.aws.router.requests.of('healthlake', 'DescribeFHIRImportJob');
  local.aws.healthlake.healthLake.stallQueue();
  local.aws.router.faults.hook = (_service, operation) => {
    if (operation === 'DescribeFHIRImportJob' && describes().length === 2) {
      local.aws.healthlake.healthLake.resumeQueue();
    }
    return undefined;
  };
  const jobId = await startJob();
  const execution = await run(jobId);
  expect(execution.status).toBe('SUCCEEDED');
  expect(describes().length).toBeGreaterThanOrEqual(3);
  expect(new Set(describes().map(({ callerArn }) => callerArn))).toEqual(new Set([SESSION]));
  // Each poll makes three transitions: Wait, Describe and IsCompleted. The state Done makes one transition.
  expect(execution.transitions).toBe(3 * describes().length + 1);

  expect(eventsOf(execution, 'TaskScheduled')[0].taskScheduledEventDetails).toEqual({
    resourceType: 'aws-sdk:healthlake',
    resource: 'describeFHIRImportJob',
    region: REGION,
    parameters: JSON.stringify({ DatastoreId: datastoreId, JobId: jobId }),
    taskCredentials: { roleArn: roleArn('operator') },
  });
  const { output } = eventsOf(execution, 'TaskSucceeded')[0].taskSucceededEventDetails as { output: string };
  const properties = JSON.parse(output).ImportJobProperties;
  expect(properties).toMatchObject({ JobId: jobId, DatastoreId: datastoreId, InputDataConfig: { S3Uri: 's3://input/data/' } });
  expect(new Date(properties.SubmitTime).toISOString()).toBe(properties.SubmitTime);
});

test('the task polls an export job in a session of a role that may describe exports only', async () => {
  const arn = `${MACHINE}-exports`;
  await local.aws.iam.createRole('exporter', {
    trustPolicy: policy(trust({ AWS: roleArn('machine-role') }, { StringEquals: { 'sts:ExternalId': arn } })),
    inlinePolicies: { p: policy(allow('healthlake:DescribeFHIRExportJob', '*')) },
    managedPolicyArns: [],
  });
  local.aws.router.faults.inject({ service: 'healthlake', operation: 'DescribeFHIRExportJob', kind: 'throttle' });
  const execution = await run(await startJob('Export'), 'exporter', arn);
  expect(execution.status).toBe('SUCCEEDED');
  expect(eventsOf(execution, 'TaskFailed')[0].taskFailedEventDetails).toMatchObject({
    resource: 'describeFHIRExportJob', error: 'HealthLake.ThrottlingException',
  });
  const { output } = eventsOf(execution, 'TaskSucceeded').at(-1)!.taskSucceededEventDetails as { output: string };
  expect(JSON.parse(output).ExportJobProperties).toMatchObject({ JobStatus: 'COMPLETED', OutputDataConfig: { S3Configuration: {} } });
  expect(await run(NO_JOB, 'operator', arn)).toMatchObject({
    error: 'HealthLake.AccessDeniedException', cause: expect.stringContaining('is not authorized to perform: healthlake:DescribeFHIRExportJob'),
  });
});

test('the task retries throttling and connection errors by their names', async () => {
  local.aws.router.faults.inject({ service: 'healthlake', operation: 'DescribeFHIRImportJob', kind: 'throttle' });
  local.aws.router.faults.inject({ service: 'healthlake', operation: 'DescribeFHIRImportJob', kind: 'reset-before' });
  const execution = await run(await startJob());
  expect(execution.status).toBe('SUCCEEDED');
  const failed = eventsOf(execution, 'TaskFailed').map(({ taskFailedEventDetails }) => taskFailedEventDetails as { error: string; cause: string });
  expect(failed.map(({ error }) => error)).toEqual(['HealthLake.ThrottlingException', 'HealthLake.SdkClientException']);
  expect(failed[0].cause).toMatch(/^Rate exceeded \(Service: HealthLake, Status Code: 400, Request ID: /);
});

test('the task fails with HealthLakeException for an error that the service model does not declare', async () => {
  local.aws.router.faults.inject({
    service: 'healthlake', operation: 'DescribeFHIRImportJob', kind: 'error', error: { name: 'InternalFailure', message: 'broken', status: 500 },
  });
  expect(await run(NO_JOB)).toMatchObject({
    status: 'FAILED', error: 'HealthLake.HealthLakeException', cause: expect.stringMatching(/^broken \(Service: HealthLake, Status Code: 500/),
  });
});

test('the task fails with the name of the exception that HealthLake returns', async () => {
  expect(await run(NO_JOB)).toMatchObject({ error: 'HealthLake.ResourceNotFoundException' });
  await local.aws.iam.createRole('powerless', {
    trustPolicy: policy(trust({ AWS: roleArn('machine-role') })), inlinePolicies: {}, managedPolicyArns: [],
  });
  expect(await run(NO_JOB, 'powerless')).toMatchObject({
    error: 'HealthLake.AccessDeniedException',
    cause: expect.stringContaining('assumed-role/powerless/StepFunctions is not authorized to perform: healthlake:DescribeFHIRImportJob'),
  });
});

test('the task can assume only a role that trusts the state machine\'s role with the state machine\'s ARN as external id', async () => {
  for (const [name, externalId] of [['for-polling', MACHINE], ['for-others', `${MACHINE}-other`]]) {
    await local.aws.iam.createRole(name, {
      trustPolicy: policy(trust({ AWS: roleArn('machine-role') }, { StringEquals: { 'sts:ExternalId': externalId } })),
      inlinePolicies: { p: policy(allow('healthlake:*', '*')) },
      managedPolicyArns: [],
    });
  }
  expect(await run(await startJob(), 'for-polling')).toMatchObject({ status: 'SUCCEEDED' });
  for (const name of ['for-others', 'data-access', 'nobody']) {
    expect(await run(NO_JOB, name)).toMatchObject({
      error: 'States.TaskFailed', cause: `The role ${roleArn('machine-role')} is not authorized to assume the task state's role, ${roleArn(name)}.`,
    });
  }
});
