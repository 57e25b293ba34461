import { allow, policy } from '../foundation';
import { ACCOUNT, LocalStack, REGION } from '../local-stack';

const TOPIC = `arn:aws:sns:${REGION}:${ACCOUNT}:topic`;
const topic = (properties: object = {}) => ({ Type: 'AWS::SNS::Topic', Properties: { TopicName: 'topic', ...properties } });
const topicPolicy = (...statements: object[]) => ({
  Type: 'AWS::SNS::TopicPolicy', Properties: { Topics: [{ Ref: 'Topic' }], PolicyDocument: policy(...statements) },
});
const publishAs = (principal: object, more: object = {}) => ({ Effect: 'Allow', Principal: principal, Action: 'sns:Publish', Resource: TOPIC, ...more });
const service = (name: string) => ({ arn: `${name}.amazonaws.com`, principalArn: `${name}.amazonaws.com`, accountId: '' });

let local: LocalStack;

beforeEach(async () => {
  local = await LocalStack.start();
});
afterEach(() => local.stop());

const errorCode = (body: unknown) => (body as { ErrorResponse: { Error: { Code: string } } }).ErrorResponse.Error.Code;

describe('a topic', () => {
  test('accepts messages of its account by its default policy', async () => {
    expect(await local.deploy({ Topic: topic() })).toBe('CREATE_COMPLETE');
    expect(local.physicalId('Topic')).toBe(TOPIC);
    const nobody = await local.session('nobody');
    const { status, body } = await local.publish(TOPIC, { Subject: 'ended', Message: 'all of it' }, nobody);
    expect([status, body]).toEqual([200, {
      PublishResponse: { PublishResult: { MessageId: expect.stringMatching(/^[0-9a-f-]{36}$/) }, ResponseMetadata: { RequestId: expect.any(String) } },
    }]);
    expect(local.aws.sns.published(TOPIC)).toEqual([expect.objectContaining({ subject: 'ended', message: 'all of it', publisherArn: nobody.caller.arn })]);
  });

  test('accepts messages that the topic policy or an identity policy allows, and no others', async () => {
    await local.deploy({ Topic: topic(), Policy: topicPolicy(publishAs({ AWS: `arn:aws:iam::${ACCOUNT}:root` }, { Action: 'sns:Subscribe' })) });
    const permitted = await local.session('permitted', allow('sns:Publish', TOPIC));
    const nobody = await local.session('nobody');
    expect((await local.publish(TOPIC, {}, permitted)).status).toBe(200);
    const refused = await local.publish(TOPIC, {}, nobody);
    expect([refused.status, errorCode(refused.body)]).toEqual([403, 'AuthorizationError']);
    expect(JSON.stringify(refused.body)).toContain('is not authorized to perform: sns:Publish on resource: ' + TOPIC);

    await local.deploy({ Topic: topic(), Policy: topicPolicy(publishAs({ AWS: nobody.caller.principalArn })) });
    expect((await local.publish(TOPIC, {}, nobody)).status).toBe(200);
    await local.deploy({ Topic: topic() });
    expect((await local.publish(TOPIC, {}, await local.session('another'))).status).toBe(200);
  });

  test('Publish reports a missing topic only to callers that may publish', async () => {
    const refused = await local.publish(TOPIC, {}, await local.session('nobody'));
    expect([refused.status, errorCode(refused.body)]).toEqual([403, 'AuthorizationError']);
    const missing = await local.publish(TOPIC, {});
    expect([missing.status, errorCode(missing.body)]).toEqual([404, 'NotFound']);
  });

  test('accepts messages of services that its policy allows', async () => {
    const { sns } = local.aws;
    await local.deploy({ Topic: topic() });
    await expect(sns.publish({ caller: service('events') }, TOPIC, { message: 'x' })).rejects.toMatchObject({ name: 'AuthorizationError' });
    const alarm = { caller: service('cloudwatch'), context: { 'aws:SourceOwner': ACCOUNT } };
    await sns.publish(alarm, TOPIC, { message: 'from an alarm' });
    await local.deploy({ Topic: topic(), Policy: topicPolicy(publishAs({ Service: 'events.amazonaws.com' })) });
    await sns.publish({ caller: service('events') }, TOPIC, { message: 'from a rule' });
    await expect(sns.publish(alarm, TOPIC, { message: 'x' })).rejects.toMatchObject({ name: 'AuthorizationError' });
    expect(sns.published(TOPIC).map(({ message }) => message)).toEqual(['from an alarm', 'from a rule']);
  });
});

test.each([
  ['an empty message', { Message: '' }, 'Invalid parameter: Empty message'],
  ['a message of more than 256 KB', { Message: 'é'.repeat(128 * 1024) + 'x' }, 'Invalid parameter: Message too long'],
  ['a subject of more than 100 characters', { Subject: 'x'.repeat(101) }, 'Invalid parameter: Subject'],
  ['a subject with non-ASCII letters', { Subject: 'läuft' }, 'Invalid parameter: Subject'],
  ['a subject of two lines', { Subject: 'a\nb' }, 'Invalid parameter: Subject'],
  ['an empty subject', { Subject: '' }, 'Invalid parameter: Subject'],
])('%s is refused', async (_, message, reason) => {
  await local.deploy({ Topic: topic() });
  expect(await local.publish(TOPIC, message)).toMatchObject({ status: 400, body: { ErrorResponse: { Error: { Type: 'Sender', Code: 'InvalidParameter', Message: reason } } } });
});

test('the longest message and subject are accepted', async () => {
  await local.deploy({ Topic: topic() });
  expect((await local.publish(TOPIC, { Message: 'é'.repeat(128 * 1024), Subject: 'x'.repeat(100) })).status).toBe(200);
});

describe('an encrypted topic', () => {
  const key = (...statements: object[]) => ({ Type: 'AWS::KMS::Key', Properties: { KeyPolicy: policy(...statements) } });
  const account = { Effect: 'Allow', Principal: { AWS: `arn:aws:iam::${ACCOUNT}:root` }, Action: 'kms:*', Resource: '*' };
  const events = { Effect: 'Allow', Principal: { Service: 'events.amazonaws.com' }, Action: ['kms:GenerateDataKey*', 'kms:Decrypt'], Resource: '*' };
  const encrypted = { Topic: topic({ KmsMasterKeyId: { 'Fn::GetAtt': ['Key', 'Arn'] } }) };

  test('accepts messages of callers that may use its key through SNS', async () => {
    await local.deploy({ ...encrypted, Key: key(account) });
    const viaSns = { Condition: { StringEquals: { 'kms:ViaService': `sns.${REGION}.amazonaws.com` } } };
    const able = await local.session('able', { ...allow(['kms:GenerateDataKey*', 'kms:Decrypt'], '*'), ...viaSns });
    const half = await local.session('half', allow('kms:GenerateDataKey*', '*'));
    expect((await local.publish(TOPIC, {}, able)).status).toBe(200);
    const refused = await local.publish(TOPIC, {}, half);
    expect([refused.status, errorCode(refused.body)]).toEqual([400, 'KMSAccessDenied']);
    expect(JSON.stringify(refused.body)).toContain('kms:Decrypt');
    expect(local.aws.sns.published(TOPIC)).toHaveLength(1);
  });

  test('accepts messages of services that its key policy allows', async () => {
    const { sns } = local.aws;
    const Policy = topicPolicy(publishAs({ Service: 'events.amazonaws.com' }));
    await local.deploy({ ...encrypted, Policy, Key: key(account) });
    const publish = () => sns.publish({ caller: service('events') }, TOPIC, { message: 'x' });
    await expect(publish()).rejects.toMatchObject({ name: 'KMSAccessDenied' });
    await local.deploy({ ...encrypted, Policy, Key: key(account, events) });
    await publish();
  });

  test('refuses messages of services if its key is the AWS managed key', async () => {
    const Policy = topicPolicy(publishAs({ Service: 'events.amazonaws.com' }), publishAs({ AWS: '*' }));
    await local.deploy({ Topic: topic({ KmsMasterKeyId: 'alias/aws/sns' }), Policy });
    expect((await local.publish(TOPIC, {}, await local.session('nobody'))).status).toBe(200);
    await expect(local.aws.sns.publish({ caller: service('events') }, TOPIC, { message: 'x' })).rejects.toMatchObject({ name: 'KMSAccessDenied' });
  });
});

test('an email subscription is created, and a Lambda subscription is refused', async () => {
  const subscription = (Protocol: string) => ({ Type: 'AWS::SNS::Subscription', Properties: { TopicArn: { Ref: 'Topic' }, Protocol, Endpoint: 'on-call@example.com' } });
  expect(await local.deploy({ Topic: topic(), Mail: subscription('email') })).toBe('CREATE_COMPLETE');
  expect(local.physicalId('Mail')).toMatch(new RegExp(`^${TOPIC}:[0-9a-f-]{36}$`));
  expect(await local.deploy({ Topic: topic(), Mail: subscription('lambda') })).toBe('UPDATE_ROLLBACK_COMPLETE');
  expect(await local.failures()).toContain("a subscription with the protocol lambda isn't emulated, use email, email-json or sms");
});

test('topics and policies are deleted with their stack and during a roll-back', async () => {
  const all = { Topic: topic(), Policy: topicPolicy(publishAs({ AWS: '*' })) };
  await local.deploy(all);
  expect(await local.destroy()).toBe('DELETE_COMPLETE');
  expect(local.aws.sns.topics.find(TOPIC)).toBeUndefined();

  expect(await local.deploy({ ...all, Second: { Type: 'AWS::SNS::Topic', Properties: { TopicName: 'fifo.fifo', FifoTopic: true }, DependsOn: 'Policy' } })).toBe('ROLLBACK_COMPLETE');
  expect(await local.failures()).toContain("FIFO topic fifo.fifo isn't emulated, use a standard topic");
  expect(local.aws.sns.topics.find(TOPIC)).toBeUndefined();
});
