import { HealthLakeClient, StartFHIRImportJobCommand } from '@aws-sdk/client-healthlake';
import { eventually } from '../compute-harness';
import { allow, policy } from '../foundation';
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

/** What the topic got of these entries by a rule with this target. */
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
  ])('takes the others than one %s', async (_, wrong, code) => {
    const { status, body } = await local.putEvents([{ ...ENTRY, ...wrong }, ENTRY]);
    expect(status).toBe(200);
    expect(body).toEqual({ FailedEntryCount: 1, Entries: [{ ErrorCode: code, ErrorMessage: expect.any(String) }, { EventId: expect.any(String) }] });
    expect(local.aws.events.entries).toHaveLength(1);
  });

  test('takes at most 10 entries of together 256 KB', async () => {
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

  test('is for who may put events of that source and detail type on that bus', async () => {
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

  test('is for who may put events of that source, also if the policy compares sets', async () => {
    const condition = { 'ForAllValues:StringEquals': { 'events:source': 'app.imports' }, 'Null': { 'events:source': 'false' } };
    const limited = await local.session('limited', { ...allow('events:PutEvents', DEFAULT_BUS), Condition: condition });
    expect((await local.putEvents([ENTRY], limited)).status).toBe(200);
    expect((await local.putEvents([{ ...ENTRY, Source: 'app.exports' }], limited)).status).toBe(400);
  });

  test('is for direct calls of who must not forward', async () => {
    const direct = await local.session('direct', { ...allow('events:PutEvents', DEFAULT_BUS), Condition: { Bool: { 'events:eventBusInvocation': 'false' } } });
    const forwarding = await local.session('forwarding', { ...allow('events:PutEvents', DEFAULT_BUS), Condition: { Bool: { 'events:eventBusInvocation': 'true' } } });
    expect((await local.putEvents([ENTRY], direct)).status).toBe(200);
    expect((await local.putEvents([ENTRY], forwarding)).status).toBe(400);
  });

  test('loses events for a bus that is not there', async () => {
    expect((await local.putEvents([{ ...ENTRY, EventBusName: 'nowhere' }])).body.FailedEntryCount).toBe(0);
    expect(local.aws.events.entries).toMatchObject([{ bus: 'nowhere' }]);
  });
});

describe('a bus of its own', () => {
  const BUS = { Type: 'AWS::Events::EventBus', Properties: { Name: 'imports' } };
  const ARN = `arn:aws:events:${REGION}:${ACCOUNT}:event-bus/imports`;

  test('has rules of its own', async () => {
    await local.deploy({ ...forEvents, Bus: BUS, Rule: rule([{ Id: 'topic', Arn: TOPIC }], { EventBusName: { Ref: 'Bus' } }) });
    expect(local.physicalId('Bus')).toBe('imports');
    expect(local.physicalId('Rule')).toBe('imports|rule');
    await local.putEvents([ENTRY, { ...ENTRY, EventBusName: 'imports' }, { ...ENTRY, EventBusName: ARN }]);
    await local.aws.events.settled();
    expect(local.aws.events.entries.map(({ bus }) => bus)).toEqual(['default', 'imports', 'imports']);
    expect(local.aws.events.delivered).toMatchObject(Array(2).fill({ ruleArn: `arn:aws:events:${REGION}:${ACCOUNT}:rule/imports/rule`, targetId: 'topic' }));
  });

  test('lets in whom its policy names', async () => {
    const guest = await local.session('guest');
    const put = async () => (await local.putEvents([{ ...ENTRY, EventBusName: 'imports' }], guest)).status;
    const statement = { Effect: 'Allow', Principal: { AWS: guest.caller.principalArn }, Action: 'events:PutEvents', Resource: ARN };
    const busPolicy = { Type: 'AWS::Events::EventBusPolicy', Properties: { EventBusName: { Ref: 'Bus' }, StatementId: 'guest', Statement: statement } };
    await local.deploy({ Bus: BUS });
    expect(await put()).toBe(400);
    await local.deploy({ Bus: BUS, Policy: busPolicy });
    expect(await put()).toBe(200);
    await local.deploy({ Bus: BUS });
    expect(await put()).toBe(400);
  });

  test('can not be the default one', async () => {
    expect(await local.deploy({ Bus: { Type: 'AWS::Events::EventBus', Properties: { Name: 'default' } } })).toBe('ROLLBACK_COMPLETE');
    expect(await local.failures()).toContainEqual(expect.stringContaining('event bus name default is not valid'));
  });
});

describe('a rule', () => {
  test('brings the events that match to its topic', async () => {
    const [text, ...more] = await textsAt({}, { ...ENTRY, Source: 'app.exports' }, ENTRY);
    expect(more).toEqual([]);
    expect(JSON.parse(text)).toEqual(local.aws.events.entries[1].event);
    expect(local.aws.events.delivered).toEqual([{
      ruleArn: `arn:aws:events:${REGION}:${ACCOUNT}:rule/rule`, targetId: 'topic', targetArn: TOPIC, event: local.aws.events.entries[1].event, input: text,
    }]);
  });

  test('that is disabled brings nothing', async () => {
    await local.deploy({ ...forEvents, Rule: rule([{ Id: 'topic', Arn: TOPIC }], { State: 'DISABLED' }) });
    await local.putEvents([ENTRY]);
    await local.deploy({ ...forEvents, Rule: rule([{ Id: 'topic', Arn: TOPIC }]) });
    await local.putEvents([ENTRY]);
    await local.aws.events.settled();
    expect(local.aws.events.delivered).toHaveLength(1);
  });

  test.each<[string, object, string]>([
    ['fixed input', { Input: '{"fixed":true}' }, '{"fixed":true}'],
    ['a part of the event', { InputPath: '$.detail' }, '{"status":"FAILED","count":3}'],
    ['an object with values', { InputTransformer: { InputPathsMap: { s: '$.detail.status', n: '$.detail.count' }, InputTemplate: '{"status":<s>,"text":"<n> of <s>"}' } },
      '{"status":"FAILED","text":"3 of FAILED"}'],
    ['a text with values', { InputTransformer: { InputPathsMap: { s: '$.detail.status' }, InputTemplate: '"it has <s>, says <aws.events.rule-name>"' } }, '"it has FAILED, says rule"'],
    ['a list', { InputTransformer: { InputPathsMap: { r: '$.resources', x: '$.detail.absent' }, InputTemplate: '{"all":<r>,"none":<x>}' } }, '{"all":["arn:one"],"none":null}'],
  ])('sends %s', async (_, target, text) => {
    expect(await textsAt(target, ENTRY)).toEqual([text]);
  });

  test('runs a function that lets it in', async () => {
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
    expect(local.aws.events.undelivered).toMatchObject([{ targetId: 'function', reason: expect.stringContaining('events.amazonaws.com is not authorized to perform: lambda:InvokeFunction') }]);

    await local.deploy({ ...resources, Permission: permission('rule') });
    await local.putEvents([ENTRY]);
    await eventually(() => local.aws.logs.events('Listener').length === 1);
    expect(JSON.parse(local.aws.logs.events('Listener')[0].message)).toEqual(local.aws.events.entries[1].event);
    expect(local.aws.events.undelivered).toHaveLength(1);
  });

  test('writes into a log group', async () => {
    const group = { Type: 'AWS::Logs::LogGroup', Properties: { LogGroupName: '/aws/events/imports' } };
    const Arn = `arn:aws:logs:${REGION}:${ACCOUNT}:log-group:/aws/events/imports`;
    await local.deploy({ Group: group, Rule: rule([{ Id: 'log', Arn }, { Id: 'gone', Arn: `${Arn}/gone` }]) });
    await local.putEvents([ENTRY]);
    await local.aws.events.settled();
    expect(local.aws.logs.events('/aws/events/imports').map(({ message }) => JSON.parse(message))).toEqual([local.aws.events.entries[0].event]);
    expect(local.aws.events.undelivered).toMatchObject([{ targetId: 'gone', reason: 'log group /aws/events/imports/gone does not exist' }]);
  });

  test('does not get past a topic whose policy does not let it in, nor to a target that is not played', async () => {
    await local.deploy({ ...topicWith({ AWS: `arn:aws:iam::${ACCOUNT}:root` }), Rule: rule([{ Id: 'topic', Arn: TOPIC }, { Id: 'queue', Arn: `arn:aws:sqs:${REGION}:${ACCOUNT}:q` }]) });
    await local.putEvents([ENTRY]);
    await local.aws.events.settled();
    expect(local.aws.events.delivered).toEqual([]);
    expect(local.aws.events.undelivered.map(({ targetId, reason }) => `${targetId}: ${reason}`).sort()).toEqual([
      `queue: the local AWS delivers no events to arn:aws:sqs:${REGION}:${ACCOUNT}:q, give a function, a topic or a log group`,
      expect.stringContaining('topic: User: events.amazonaws.com is not authorized to perform: sns:Publish'),
    ]);
  });

  test.each<[string, object, string]>([
    ['a schedule', { ScheduleExpression: 'rate(5 minutes)', EventPattern: undefined }, "schedule rate(5 minutes) of rule rule isn't played here"],
    ['a wrong pattern', { EventPattern: { source: 'text' } }, 'Event pattern is not valid'],
    ['six targets', { Targets: Array.from({ length: 6 }, (_, n) => ({ Id: String(n), Arn: TOPIC })) }, 'rule rule has 6 targets, give at most 5'],
    ['the same target twice', { Targets: [{ Id: 'a', Arn: TOPIC }, { Id: 'a', Arn: TOPIC }] }, 'two targets with one Id'],
    ['an unknown bus', { EventBusName: 'nowhere' }, 'Event bus nowhere does not exist.'],
  ])('with %s is refused', async (_, properties, reason) => {
    expect(await local.deploy({ Rule: rule([], properties) })).toBe('ROLLBACK_COMPLETE');
    expect(await local.failures()).toContainEqual(expect.stringContaining(reason));
  });
});

test('the import jobs of HealthLake are told about on the default bus', async () => {
  const anything = policy(allow(['s3:*', 'kms:*'], '*'));
  const trust = policy({ Effect: 'Allow', Action: 'sts:AssumeRole', Principal: { Service: 'healthlake.amazonaws.com' } });
  expect(await local.deploy({
    ...forEvents,
    Rule: rule([{ Id: 'topic', Arn: TOPIC, InputPath: '$.detail-type' }], { EventPattern: { 'source': ['aws.healthlake'], 'detail-type': [{ 'anything-but': { suffix: 'Submitted' } }] } }),
    Store: { Type: 'AWS::HealthLake::FHIRDatastore', Properties: { DatastoreTypeVersion: 'R4' } },
    Bucket: { Type: 'AWS::S3::Bucket', Properties: { BucketName: 'data' } },
    Key: { Type: 'AWS::KMS::Key', Properties: {} },
    Role: { Type: 'AWS::IAM::Role', Properties: { RoleName: 'data-access', AssumeRolePolicyDocument: trust, Policies: [{ PolicyName: 'all', PolicyDocument: anything }] } },
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

test('a stack takes everything away with it', async () => {
  const Bus = { Type: 'AWS::Events::EventBus', Properties: { Name: 'imports' } };
  await local.deploy({ ...forEvents, Bus, Rule: rule([{ Id: 'topic', Arn: TOPIC }]), Other: rule([{ Id: 'topic', Arn: TOPIC }], { EventBusName: { Ref: 'Bus' } }) });
  expect(await local.destroy()).toBe('DELETE_COMPLETE');
  await local.putEvents([ENTRY, { ...ENTRY, EventBusName: 'imports' }]);
  await local.aws.events.settled();
  expect([...local.aws.events.delivered, ...local.aws.events.undelivered]).toEqual([]);
});
