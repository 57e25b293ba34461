import {
  CloudFormationClient, CreateChangeSetCommand, DeleteChangeSetCommand, DeleteStackCommand, DescribeChangeSetCommand, DescribeStackEventsCommand,
  DescribeStacksCommand, ExecuteChangeSetCommand, GetTemplateCommand, UpdateTerminationProtectionCommand, type CreateChangeSetCommandInput,
} from '@aws-sdk/client-cloudformation';
import { PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { LocalAws } from '../../src/aws';
import { bootstrapBucketName, bootstrapRoleArn } from '../../src/iam/bootstrap';

const PARAMETER = { Type: 'AWS::SSM::Parameter', Properties: { Type: 'String', Value: 'v' } };

let aws: LocalAws;
let client: CloudFormationClient;

beforeAll(async () => {
  aws = await LocalAws.start();
  client = clientAs(aws.credentials);
});

afterAll(async () => {
  client.destroy();
  await aws.stop();
});

function clientAs(credentials: { accessKeyId: string; secretAccessKey: string; sessionToken?: string }): CloudFormationClient {
  return new CloudFormationClient({ endpoint: aws.endpoint, region: aws.region, credentials, maxAttempts: 1 });
}

/** Returns a client whose role has one permission. */
async function clientWith(roleName: string, action: string, resource: string): Promise<CloudFormationClient> {
  const { arn } = await aws.iam.createRole(roleName, {
    trustPolicy: { Version: '2012-10-17', Statement: { Effect: 'Allow', Action: 'sts:AssumeRole', Principal: { AWS: aws.accountId } } },
    inlinePolicies: { p: { Version: '2012-10-17', Statement: { Effect: 'Allow', Action: action, Resource: resource } } },
    managedPolicyArns: [],
  });
  return clientAs((await aws.iam.assumeRole(aws.iam.admin, arn)).credentials);
}

async function createChangeSet(
  name: string, resources: object, more: Partial<CreateChangeSetCommandInput> = {}, template: object = {},
): Promise<void> {
  await client.send(new CreateChangeSetCommand({
    StackName: name, ChangeSetName: 'c', ChangeSetType: 'CREATE', TemplateBody: JSON.stringify({ Resources: resources, ...template }), ...more,
  }));
}

async function deploy(name: string, resources: object, more: Partial<CreateChangeSetCommandInput> = {}, template: object = {}): Promise<string> {
  await createChangeSet(name, resources, more, template);
  await client.send(new ExecuteChangeSetCommand({ StackName: name, ChangeSetName: 'c' }));
  return (await aws.cloudformation.settled(name)).status;
}

test('the CloudFormation API creates, describes and executes a change set', async () => {
  await createChangeSet('Review', { P: PARAMETER }, { Tags: [{ Key: 'k', Value: 'v' }] });
  const { Stacks } = await client.send(new DescribeStacksCommand({ StackName: 'Review' }));
  expect(Stacks).toMatchObject([{ StackStatus: 'REVIEW_IN_PROGRESS', StackId: expect.stringMatching(/^arn:aws:cloudformation:us-east-1:123456789012:stack\/Review\/[0-9a-f-]{36}$/) }]);
  expect(await client.send(new DescribeChangeSetCommand({ StackName: 'Review', ChangeSetName: 'c' }))).toMatchObject({
    Status: 'CREATE_COMPLETE',
    ExecutionStatus: 'AVAILABLE',
    Changes: [{ Type: 'Resource', ResourceChange: { Action: 'Add', LogicalResourceId: 'P', ResourceType: 'AWS::SSM::Parameter' } }],
  });
  await client.send(new ExecuteChangeSetCommand({ StackName: 'Review', ChangeSetName: 'c' }));
  expect((await aws.cloudformation.settled('Review')).status).toBe('CREATE_COMPLETE');
  await expect(client.send(new DescribeChangeSetCommand({ StackName: 'Review', ChangeSetName: 'c' }))).rejects.toMatchObject({ name: 'ChangeSetNotFoundException' });

  const changed = {
    P: { ...PARAMETER, Properties: { ...PARAMETER.Properties, Value: 'w' } },
    Q: { ...PARAMETER, Properties: { Type: 'String', Value: { Ref: 'P' } } },
    R: { ...PARAMETER, Properties: { Type: 'String', Value: { 'Fn::Select': [2, { 'Fn::Split': ['-', { 'Fn::Sub': 'new ${Q.Value}' }] }] } } },
  };
  await createChangeSet('Review', changed, { ChangeSetType: 'UPDATE' });
  const { Changes } = await client.send(new DescribeChangeSetCommand({ StackName: 'Review', ChangeSetName: 'c', IncludePropertyValues: true }));
  expect(Changes).toMatchObject([
    {
      ResourceChange: {
        Action: 'Modify',
        LogicalResourceId: 'P',
        Scope: ['Properties'],
        Details: [{ Target: { Attribute: 'Properties', Name: 'Value', Path: '/Properties/Value', BeforeValue: 'v', AfterValue: 'w' } }],
      },
    },
    { ResourceChange: { Action: 'Add', LogicalResourceId: 'Q' } },
    { ResourceChange: { Action: 'Add', LogicalResourceId: 'R', AfterContext: expect.stringContaining('"Value":"{{changeSet:KNOWN_AFTER_APPLY}}"') } },
  ]);
});

test('a change set without changes fails with the message of AWS and can be deleted', async () => {
  await deploy('Same', { P: PARAMETER }, { Tags: [{ Key: 'k', Value: '1' }] }, { Outputs: { O: { Value: 'x' } } });
  const again = async (tag: string, output: string): Promise<string | undefined> => {
    await createChangeSet('Same', { P: PARAMETER }, { ChangeSetType: 'UPDATE', Tags: [{ Key: 'k', Value: tag }] }, { Outputs: { O: { Value: output } } });
    const { Status, StatusReason } = await client.send(new DescribeChangeSetCommand({ StackName: 'Same', ChangeSetName: 'c' }));
    await client.send(new DeleteChangeSetCommand({ StackName: 'Same', ChangeSetName: 'c' }));
    return Status === 'FAILED' ? StatusReason : Status;
  };
  expect(await again('1', 'x')).toBe("The submitted information didn't contain changes. Submit different information to create a change set.");
  expect(await again('2', 'x')).toBe('CREATE_COMPLETE');
  expect(await again('1', 'y')).toBe('CREATE_COMPLETE');
  await expect(client.send(new ExecuteChangeSetCommand({ StackName: 'Same', ChangeSetName: 'c' }))).rejects.toMatchObject({ name: 'ChangeSetNotFoundException' });
});

test('the CloudFormation API reads a template from the bootstrap bucket and returns the template unchanged', async () => {
  const s3 = new S3Client({ endpoint: aws.endpoint, region: aws.region, credentials: aws.credentials, forcePathStyle: true });
  const bucket = bootstrapBucketName({ partition: 'aws', accountId: aws.accountId, region: aws.region });
  const body = JSON.stringify({ Resources: { P: PARAMETER } });
  await s3.send(new PutObjectCommand({ Bucket: bucket, Key: 'a/t.json', Body: body }));
  s3.destroy();
  for (const [name, url] of [['Virtual', `https://${bucket}.s3.us-east-1.amazonaws.com/a/t.json`], ['Path', `${aws.endpoint}/${bucket}/a/t.json`]]) {
    expect(await deploy(name, {}, { TemplateBody: undefined, TemplateURL: url })).toBe('CREATE_COMPLETE');
    expect((await client.send(new GetTemplateCommand({ StackName: name }))).TemplateBody).toBe(body);
  }
  await expect(createChangeSet('Nowhere', {}, { TemplateBody: undefined, TemplateURL: 'https://example.com/t.json' })).rejects.toThrow(/must reference a valid S3 object/);
});

test('the value of a parameter comes from the request, the previous deployment, its default or the parameter store', async () => {
  aws.ssm.put('/my/parameter', 'stored');
  const template = {
    Parameters: {
      Given: { Type: 'String' },
      Default: { Type: 'String', Default: 'd' },
      Stored: { Type: 'AWS::SSM::Parameter::Value<String>', Default: '/my/parameter' },
      Secret: { Type: 'String', NoEcho: true, Default: 's' },
      List: { Type: 'CommaDelimitedList', Default: 'a, b' },
    },
    Outputs: {
      O: { Value: { 'Fn::Sub': ['${Given} ${Default} ${Stored} ${L}', { L: { 'Fn::Join': ['+', { Ref: 'List' }] } }] } },
      S: { Value: { Ref: 'Secret' } },
    },
  };
  await expect(createChangeSet('Params', { P: PARAMETER }, {}, template)).rejects.toThrow('Parameters: [Given] must have values');
  await expect(createChangeSet('Params', { P: PARAMETER }, { Parameters: [{ ParameterKey: 'X', ParameterValue: '' }] })).rejects.toThrow('Parameters: [X] do not exist in the template');
  await deploy('Params', { P: PARAMETER }, { Parameters: [{ ParameterKey: 'Given', ParameterValue: 'g' }] }, template);
  const { Stacks } = await client.send(new DescribeStacksCommand({ StackName: 'Params' }));
  expect(Stacks![0].Outputs).toMatchObject([{ OutputValue: 'g d stored a+b' }, { OutputValue: '****' }]);
  expect(Stacks![0].Parameters).toContainEqual({ ParameterKey: 'Secret', ParameterValue: '****' });
  expect(Stacks![0].Parameters).toContainEqual({ ParameterKey: 'Stored', ParameterValue: '/my/parameter', ResolvedValue: 'stored' });
  aws.ssm.put('/my/parameter', 'changed');
  await deploy('Params', { P: { ...PARAMETER, DeletionPolicy: 'Retain' } }, { ChangeSetType: 'UPDATE', Parameters: [{ ParameterKey: 'Given', UsePreviousValue: true }] }, template);
  expect((await client.send(new DescribeStacksCommand({ StackName: 'Params' }))).Stacks![0].Outputs).toMatchObject([{ OutputValue: 'g d changed a+b' }, {}]);
});

test('the CloudFormation API returns stack events in pages, newest first, with unique times', async () => {
  await deploy('Many', Object.fromEntries(Array.from({ length: 40 }, (_, index) => [`P${index}`, PARAMETER])));
  const first = await client.send(new DescribeStackEventsCommand({ StackName: 'Many' }));
  const second = await client.send(new DescribeStackEventsCommand({ StackName: 'Many', NextToken: first.NextToken }));
  const events = [...first.StackEvents!, ...second.StackEvents!];
  expect([first.StackEvents!.length, events.length, second.NextToken]).toEqual([100, 123, undefined]);
  expect(events[0]).toMatchObject({ ResourceStatus: 'CREATE_COMPLETE', ResourceType: 'AWS::CloudFormation::Stack', LogicalResourceId: 'Many' });
  expect(events.at(-1)).toMatchObject({ ResourceStatus: 'REVIEW_IN_PROGRESS' });
  events.slice(1).forEach((event, index) => expect(event.Timestamp!.getTime()).toBeLessThan(events[index].Timestamp!.getTime()));
  await expect(client.send(new DescribeStackEventsCommand({ StackName: 'Nowhere' }))).rejects.toThrow('Stack [Nowhere] does not exist');
});

test('the CloudFormation API describes one stack by name or by id, or all stacks', async () => {
  await deploy('Described', { P: PARAMETER });
  const { Stacks: [stack] = [] } = await client.send(new DescribeStacksCommand({ StackName: 'Described' }));
  expect((await client.send(new DescribeStacksCommand({ StackName: stack.StackId }))).Stacks).toEqual([stack]);
  expect((await client.send(new DescribeStacksCommand({}))).Stacks).toContainEqual(stack);
  await expect(client.send(new DescribeStacksCommand({ StackName: 'Nowhere' })))
    .rejects.toMatchObject({ name: 'ValidationError', message: 'Stack with id Nowhere does not exist' });
});

test('a stack with termination protection cannot be deleted', async () => {
  await deploy('Protected', { P: PARAMETER });
  await client.send(new UpdateTerminationProtectionCommand({ StackName: 'Protected', EnableTerminationProtection: true }));
  await expect(client.send(new DeleteStackCommand({ StackName: 'Protected' }))).rejects.toThrow('Stack [Protected] cannot be deleted while TerminationProtection is enabled');
});

test('a caller needs permission for the ARN of the stack', async () => {
  await deploy('Own', { P: PARAMETER });
  await deploy('Other', { P: PARAMETER });
  const own = aws.cloudformation.stacks.get('Own').id;
  const scoped = await clientWith('own-stack', 'cloudformation:DescribeStacks', own);
  expect((await scoped.send(new DescribeStacksCommand({ StackName: own }))).Stacks).toHaveLength(1);
  for (const [command, resource] of [
    [new DescribeStacksCommand({ StackName: aws.cloudformation.stacks.get('Other').id }), /Other/],
    [new DescribeStacksCommand({ StackName: 'Nowhere' }), /stack\/Nowhere\//],
    [new DescribeStacksCommand({}), /DescribeStacks/],
    [new DeleteStackCommand({ StackName: own }), /DeleteStack/],
  ] as const) {
    await expect(scoped.send(command as DescribeStacksCommand)).rejects.toMatchObject({ name: 'AccessDenied', message: expect.stringMatching(resource) });
  }
  scoped.destroy();
});

test('CloudFormation creates resources with the execution role, for which the caller needs iam:PassRole', async () => {
  const RoleARN = bootstrapRoleArn({ partition: 'aws', accountId: aws.accountId, region: aws.region }, 'cfn-exec');
  expect(await deploy('WithRole', { P: PARAMETER }, { RoleARN })).toBe('CREATE_COMPLETE');
  const unallowed = await clientWith('no-pass-role', 'cloudformation:*', '*');
  await expect(unallowed.send(new DeleteStackCommand({ StackName: 'WithRole', RoleARN }))).rejects.toThrow(/iam:PassRole/);
  unallowed.destroy();

  const { arn } = await aws.iam.createRole('weak-executor', {
    trustPolicy: { Version: '2012-10-17', Statement: { Effect: 'Allow', Action: 'sts:AssumeRole', Principal: { Service: 'cloudformation.amazonaws.com' } } },
    inlinePolicies: {},
    managedPolicyArns: [],
  });
  expect(await deploy('WithWeakRole', { P: PARAMETER }, { RoleARN: arn })).toBe('ROLLBACK_COMPLETE');
  expect((await client.send(new DescribeStackEventsCommand({ StackName: 'WithWeakRole' }))).StackEvents!.find((event) => event.ResourceStatus === 'CREATE_FAILED')!.ResourceStatusReason)
    .toMatch(/weak-executor.*is not authorized to perform: ssm:PutParameter/);
});

test('the CloudFormation API refuses change sets of type IMPORT', async () => {
  await expect(createChangeSet('Imported', { P: PARAMETER }, { ChangeSetType: 'IMPORT' })).rejects.toThrow(/change set type IMPORT isn't emulated/);
});
