import { ACCOUNT, allow, Foundation, REGION } from '../foundation';
import { callJson } from '../signed-request';

let aws: Foundation;

beforeEach(async () => {
  aws = await Foundation.start({ timeScale: 10 });
});
afterEach(() => aws.close());

const TYPE = 'AWS::Logs::LogGroup';
const GROUP = `arn:aws:logs:${REGION}:${ACCOUNT}:log-group:group`;

test('a log group keeps its log events when it is updated, and is replaced when its name changes', async () => {
  const { physicalId, attributes } = await aws.createResource(TYPE, { RetentionInDays: '30' });
  expect(physicalId).toMatch(/^Stack-Resource-/);
  expect(attributes).toEqual({ Arn: `arn:aws:logs:${REGION}:${ACCOUNT}:log-group:${physicalId}:*` });

  aws.logs.write(physicalId, 'stream', 'kept');
  await aws.updateResource(TYPE, physicalId, { RetentionInDays: '30' }, {});
  expect(aws.logs.events(physicalId)).toHaveLength(1);

  await expect(aws.updateResource(TYPE, physicalId, {}, { LogGroupName: 'named' })).resolves.toMatchObject({ physicalId: 'named' });
  await expect(aws.createResource(TYPE, { LogGroupName: 'named' })).rejects.toMatchObject({ name: 'ResourceAlreadyExistsException' });
  await aws.deleteResource(TYPE, physicalId);
  expect(aws.logs.groupNames()).toEqual(['named']);
});

describe('FilterLogEvents', () => {
  let roles = 0;
  const filter = async (input: object, statements?: object[]) => {
    const session = statements && await aws.sessionWith(`role-${++roles}`, statements);
    const { status, body } = await callJson(aws, 'logs', 'Logs_20140328.FilterLogEvents', { logGroupName: 'group', ...input }, session?.credentials);
    return { status, body: body as { __type?: string; message?: string; nextToken?: string; events?: { message: string }[] } };
  };
  const messages = async (input: object = {}) => (await filter(input)).body.events?.map(({ message }) => message);

  test('returns events in order, filtered by time and stream', async () => {
    aws.logs.write('group', 'one', 'first');
    await aws.clock.sleep(100);
    aws.logs.write('group', 'two', 'second');
    await aws.clock.sleep(100);
    aws.logs.write('group', 'two', 'third');
    const [first, second, third] = aws.logs.events('group');
    expect(second.timestamp - first.timestamp).toBeGreaterThanOrEqual(99);
    expect((await filter({})).body.events?.[0]).toEqual({
      logStreamName: 'one', timestamp: first.timestamp, ingestionTime: first.timestamp, message: 'first', eventId: expect.stringMatching(/^\d{56}$/),
    });
    expect(await messages()).toEqual(['first', 'second', 'third']);
    expect(await messages({ startTime: second.timestamp })).toEqual(['second', 'third']);
    expect(await messages({ startTime: second.timestamp, endTime: third.timestamp - 1 })).toEqual(['second']);
    expect(await messages({ logStreamNames: ['one', 'three'] })).toEqual(['first']);
  });

  test('continues after the end of the previous page', async () => {
    for (const message of ['a', 'b', 'c', 'd']) {
      aws.logs.write('group', 'stream', message);
    }
    const { body: { nextToken } } = await filter({ limit: 3 });
    aws.logs.write('group', 'stream', 'e');
    expect(await messages({ limit: 3, nextToken })).toEqual(['d', 'e']);
    expect((await filter({ limit: 3, nextToken })).body.nextToken).toBeUndefined();
    expect((await filter({ nextToken: 'other' })).body.__type).toBe('InvalidParameterException');
    expect((await filter({ limit: 0 })).body.__type).toBe('InvalidParameterException');
  });

  test('refuses callers without permission, missing log groups and parameters that are not emulated', async () => {
    aws.logs.write('group', 'stream', 'message');
    expect((await filter({}, [allow('logs:FilterLogEvents', `${GROUP}:*`)])).body.events).toHaveLength(1);
    expect((await filter({}, [allow('logs:FilterLogEvents', `${GROUP}s:*`)]))).toMatchObject({
      status: 400,
      body: { __type: 'AccessDeniedException', message: expect.stringContaining(`logs:FilterLogEvents on resource: ${GROUP}:log-stream: because`) },
    });
    expect((await filter({ logGroupName: 'other' })).body.__type).toBe('ResourceNotFoundException');
    expect((await filter({ filterPattern: 'x' })).body.message).toBe('filterPattern of FilterLogEvents isn\'t emulated by the local AWS');
  });
});
