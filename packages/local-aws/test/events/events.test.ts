import { HealthLakeClient, StartFHIRImportJobCommand } from '@aws-sdk/client-healthlake';
import { allow, eventually, policy, trust } from '../foundation';
import { ACCOUNT, LocalStack, loggingFunction, REGION } from '../local-stack';

const DEFAULT_BUS = `arn:aws:events:${REGION}:${ACCOUNT}:event-bus/default`;
const TOPIC = `arn:aws:sns:${REGION}:${ACCOUNT}:topic`;
const ENTRY = { Source: 'app.imports', DetailType: 'Import Ended', Detail: JSON.stringify({ status: 'FAILED', count: 3 }), Resources: ['arn:one'] };

let local: LocalStack;

beforeEach(async () => {
  local = await LocalStack.start();
});
afterEach(() => local.stop());

const rule = (targets: object[], properties: object = {}) =>
  ({ Type: 'AWS::Events::Rule', Properties: { Name: 'rule', EventPattern: { source: ['app.imports'] }, Targets: targets, ...properties } });
const topicWith = (principal: object) => ({
  Topic: { Type: 'AWS::SNS::Topic', Properties: { TopicName: 'topic' } },
  TopicPolicy: {
    Type: 'AWS::SNS::TopicPolicy',
    Properties: { Topics: [TOPIC], PolicyDocument: policy({ Effect: 'Allow', Principal: principal, Action: 'sns:Publish', Resource: TOPIC }) },
    DependsOn: 'Topic',
  },
});
const forEvents = topicWith({ Service: 'events.amazonaws.com' });

/** Deploys a rule with this target and sends the entries with PutEvents. Returns the messages that the topic received. */
const textsAt = async (target: object, ...entries: object[]) => {
  await local.deploy({ ...forEvents, Rule: rule([{ Id: 'topic', Arn: TOPIC, ...target }]) });
  await local.putEvents(entries);
  await local.aws.events.settled();
  return local.aws.sns.published(TOPIC).map(({ message }) => message);
};

describe('PutEvents', () => {
  test('puts events on the default bus', async () => {
    const { status, body } = await local.putEvents([ENTRY, { ...ENTRY, Time: 1_700_000_000 }]);
    expect([status, body]).toEqual([200, { FailedEntryCount: 0, Entries: [{ EventId: expect.any(String) }, { EventId: expect.any(String) }] }]);
    expect(local.aws.events.entries).toEqual([{ bus: 'default', event: expect.anything() }, {
      bus: 'default',
      event: {
        'version': '0',
        'id': (body.Entries[1] as { EventId: string }).EventId,
        'detail-type': 'Import Ended',
        'source': 'app.imports',
        'account': ACCOUNT,
        'time': '2023-11-14T22:13:20Z',
        'region': REGION,
        'resources': ['arn:one'],
        'detail': { status: 'FAILED', count: 3 },
      },
    }]);
  });

  test.each([
    ['without a source', { Source: undefined }, 'InvalidArgument'],
    ['without a detail type', { DetailType: '' }, 'InvalidArgument'],
    ['with the source of a service', { Source: 'aws.healthlake' }, 'NotAuthorizedForSource'],
    ['with a detail that is no JSON', { Detail: '{' }, 'MalformedDetail'],
    ['with a detail that is no object', { Detail: '[]' }, 'MalformedDetail'],
  ])('rejects an entry %s and accepts the other entries', async (_, wrong, code) => {
    const { status, body } = await local.putEvents([{ ...ENTRY, ...wrong }, ENTRY]);
    expect(status).toBe(200);
    expect(body).toEqual({ FailedEntryCount: 1, Entries: [{ ErrorCode: code, ErrorMessage: expect.any(String) }, { EventId: expect.any(String) }] });
    expect(local.aws.events.entries).toHaveLength(1);
  });

  test('accepts at most 10 entries with 256 KB in total', async () => {
    const sized = (bytes: number) => {
      const detail = (text: string) => JSON.stringify({ text });
      return { Source: 's', DetailType: 't', Detail: detail('x'.repeat(bytes - detail('').length - 2)) };
    };
    expect((await local.putEvents([sized(128 * 1024), sized(128 * 1024)])).body.FailedEntryCount).toBe(0);
    for (const entries of [[], Array(11).fill(ENTRY), [sized(256 * 1024 + 1)], [sized(128 * 1024), sized(128 * 1024 + 1)]]) {
      expect(await local.putEvents(entries)).toMatchObject({ status: 400, body: { __type: 'ValidationException' } });
    }
    expect(local.aws.events.entries).toHaveLength(2);
  });

  test('checks permissions for the source, the detail type and the bus of each event', async () => {
    const condition = { StringEquals: { 'events:source': 'app.imports', 'events:detail-type': ['Import Ended', 'Import Started'] } };
    const limited = await local.session('limited', { ...allow('events:PutEvents', DEFAULT_BUS), Condition: condition });
    expect((await local.putEvents([ENTRY], limited)).status).toBe(200);
    for (const other of [{ Source: 'app.exports' }, { DetailType: 'Import Failed' }, { EventBusName: 'other' }]) {
      expect(await local.putEvents([ENTRY, { ...ENTRY, ...other }], limited)).toMatchObject({
        status: 400, body: { __type: 'AccessDeniedException', message: expect.stringContaining('is not authorized to perform: events:PutEvents') },
      });
    }
    expect(local.aws.events.entries).toHaveLength(1);
  });

  test('evaluates ForAllValues conditions on events:source', async () => {
    const condition = { 'ForAllValues:StringEquals': { 'events:source': 'app.imports' }, 'Null': { 'events:source': 'false' } };
    const limited = await local.session('limited', { ...allow('events:PutEvents', DEFAULT_BUS), Condition: condition });
    expect((await local.putEvents([ENTRY], limited)).status).toBe(200);
    expect((await local.putEvents([{ ...ENTRY, Source: 'app.exports' }], limited)).status).toBe(400);
  });

  test('accepts and drops events for a missing bus', async () => {
    expect((await local.putEvents([{ ...ENTRY, EventBusName: 'nowhere' }])).body.FailedEntryCount).toBe(0);
    expect(local.aws.events.entries).toMatchObject([{ bus: 'nowhere' }]);
  });
});

describe('a rule', () => {
  test('delivers matching events to its topic', async () => {
    const [text, ...more] = await textsAt({}, { ...ENTRY, Source: 'app.exports' }, ENTRY);
    expect(more).toEqual([]);
    expect(JSON.parse(text)).toEqual(local.aws.events.entries[1].event);
    expect(local.aws.events.delivered).toEqual([{
      ruleArn: `arn:aws:events:${REGION}:${ACCOUNT}:rule/rule`, targetId: 'topic', targetArn: TOPIC, event: local.aws.events.entries[1].event, input: text,
    }]);
  });

  test('delivers nothing while it is disabled', async () => {
    await local.deploy({ ...forEvents, Rule: rule([{ Id: 'topic', Arn: TOPIC }], { State: 'DISABLED' }) });
    await local.putEvents([ENTRY]);
    await local.deploy({ ...forEvents, Rule: rule([{ Id: 'topic', Arn: TOPIC }]) });
    await local.putEvents([ENTRY]);
    await local.aws.events.settled();
    expect(local.aws.events.delivered).toHaveLength(1);
  });

  test.each<[string, object, string]>([
    ['a fixed input', { Input: '{"fixed":true}' }, '{"fixed":true}'],
    ['a part of the event', { InputPath: '$.detail' }, '{"status":"FAILED","count":3}'],
    ['an object with values from the event', { InputTransformer: { InputPathsMap: { s: '$.detail.status', n: '$.detail.count' }, InputTemplate: '{"status":<s>,"text":"<n> of <s>"}' } },
      '{"status":"FAILED","text":"3 of FAILED"}'],
    ['a text with values from the event', { InputTransformer: { InputPathsMap: { s: '$.detail.status' }, InputTemplate: '"it has <s>, says <aws.events.rule-name>"' } },
      '"it has FAILED, says rule"'],
    ['an object with a list from the event', { InputTransformer: { InputPathsMap: { r: '$.resources', x: '$.detail.absent' }, InputTemplate: '{"all":<r>,"none":<x>}' } },
      '{"all":["arn:one"],"none":null}'],
  ])('sends %s to its target', async (_, target, text) => {
    expect(await textsAt(target, ENTRY)).toEqual([text]);
  });

  test('invokes a function only if a permission of the function names the rule', async () => {
    const listener = { 'Fn::GetAtt': ['Listener', 'Arn'] };
    const permission = (name: string) => ({
      Type: 'AWS::Lambda::Permission',
      Properties: {
        FunctionName: listener, Action: 'lambda:InvokeFunction', Principal: 'events.amazonaws.com', SourceArn: `arn:aws:events:${REGION}:${ACCOUNT}:rule/${name}`,
      },
    });
    const resources = { ...loggingFunction('Listener'), Rule: rule([{ Id: 'function', Arn: listener }]) };
    await local.deploy({ ...resources, Permission: permission('another') });
    await local.putEvents([ENTRY]);
    await local.aws.events.settled();
    expect(local.aws.events.undelivered).toMatchObject([
      { targetId: 'function', reason: expect.stringContaining('events.amazonaws.com is not authorized to perform: lambda:InvokeFunction') },
    ]);

    await local.deploy({ ...resources, Permission: permission('rule') });
    await local.putEvents([ENTRY]);
    await eventually(() => local.aws.logs.events('Listener').length === 1);
    expect(JSON.parse(local.aws.logs.events('Listener')[0].message)).toEqual(local.aws.events.entries[1].event);
    expect(local.aws.events.undelivered).toHaveLength(1);
  });

  test('does not deliver events to a topic whose policy denies publishing', async () => {
    await local.deploy({ ...topicWith({ AWS: `arn:aws:iam::${ACCOUNT}:root` }), Rule: rule([{ Id: 'topic', Arn: TOPIC }]) });
    await local.putEvents([ENTRY]);
    await local.aws.events.settled();
    expect(local.aws.events.delivered).toEqual([]);
    expect(local.aws.events.undelivered).toMatchObject([
      { targetId: 'topic', reason: expect.stringContaining('User: events.amazonaws.com is not authorized to perform: sns:Publish') },
    ]);
  });

  test.each<[string, object, string]>([
    ['a schedule', { ScheduleExpression: 'rate(5 minutes)', EventPattern: undefined }, "schedule rate(5 minutes) of rule rule isn't emulated"],
    ['a wrong pattern', { EventPattern: { source: 'text' } }, 'Event pattern is not valid'],
    ['six targets', { Targets: Array.from({ length: 6 }, (__, n) => ({ Id: String(n), Arn: TOPIC })) }, 'rule rule has 6 targets, give at most 5'],
    ['the same target twice', { Targets: [{ Id: 'a', Arn: TOPIC }, { Id: 'a', Arn: TOPIC }] }, 'two targets with one Id'],
    ['a bus other than the default bus', { EventBusName: 'imports' }, "event bus imports of rule rule isn't emulated"],
    ['a queue as target', { Targets: [{ Id: 'a', Arn: `arn:aws:sqs:${REGION}:${ACCOUNT}:q` }] }, "q isn't emulated, give a Lambda function or an SNS topic"],
    ['a path with a filter', { Targets: [{ Id: 'a', Arn: TOPIC, InputTransformer: { InputPathsMap: { x: '$..id' }, InputTemplate: '<x>' } }] },
      "JSON path $..id of target a isn't emulated"],
  ])('cannot have %s', async (_, properties, reason) => {
    expect(await local.deploy({ Rule: rule([], properties) })).toBe('ROLLBACK_COMPLETE');
    expect(await local.failures()).toContainEqual(expect.stringContaining(reason));
  });
});

test('HealthLake puts events about import jobs on the default bus', async () => {
  const anything = policy(allow(['s3:*', 'kms:*'], '*'));
  expect(await local.deploy({
    ...forEvents,
    Rule: rule([{ Id: 'topic', Arn: TOPIC, InputTransformer: { InputPathsMap: { t: '$.detail-type' }, InputTemplate: '<t>' } }], {
      EventPattern: { 'source': ['aws.healthlake'], 'detail-type': ['Import Job In Progress', 'Import Job Failed'] },
    }),
    Store: { Type: 'AWS::HealthLake::FHIRDatastore', Properties: { DatastoreTypeVersion: 'R4' } },
    Bucket: { Type: 'AWS::S3::Bucket', Properties: { BucketName: 'data' } },
    Key: { Type: 'AWS::KMS::Key', Properties: {} },
    Role: { Type: 'AWS::IAM::Role', Properties: { RoleName: 'data-access', AssumeRolePolicyDocument: policy(trust({ Service: 'healthlake.amazonaws.com' })), Policies: [{ PolicyName: 'all', PolicyDocument: anything }] } },
  })).toBe('CREATE_COMPLETE');
  const client = new HealthLakeClient({ endpoint: local.aws.endpoint, region: REGION, credentials: local.aws.credentials });
  const { JobId } = await client.send(new StartFHIRImportJobCommand({
    DatastoreId: local.physicalId('Store'),
    InputDataConfig: { S3Uri: 's3://data/in/' },
    JobOutputDataConfig: { S3Configuration: { S3Uri: 's3://data/out/', KmsKeyId: local.physicalId('Key') } },
    DataAccessRoleArn: `arn:aws:iam::${ACCOUNT}:role/data-access`,
  }));
  client.destroy();
  await eventually(() => local.aws.sns.published(TOPIC).length === 2);
  expect(local.aws.sns.published(TOPIC).map(({ message }) => message)).toEqual(['"Import Job In Progress"', '"Import Job Failed"']);
  expect(local.aws.events.entries.map(({ bus, event }) => [bus, event['detail-type'], event.detail.jobId])).toEqual(
    ['Submitted', 'In Progress', 'Failed'].map((status) => ['default', `Import Job ${status}`, JobId]));
});

test('a rule is deleted with its stack', async () => {
  await local.deploy({ ...forEvents, Rule: rule([{ Id: 'topic', Arn: TOPIC }]) });
  expect(await local.destroy()).toBe('DELETE_COMPLETE');
  await local.putEvents([ENTRY]);
  await local.aws.events.settled();
  expect([...local.aws.events.delivered, ...local.aws.events.undelivered]).toEqual([]);
});
