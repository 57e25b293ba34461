import { allow, ComputeHarness } from '../compute-harness';
import { callJson } from '../signed-request';

let aws: ComputeHarness;

beforeEach(async () => {
  aws = await ComputeHarness.start(10);
});
afterEach(async () => aws.stop());

const TYPE = 'AWS::Logs::LogGroup';

test('events have the time of the clock, in the order in which they were written', async () => {
  aws.logs.write('group', 'one', 'first');
  await aws.clock.sleep(1000);
  aws.logs.write('group', 'two', 'second');
  const [first, second] = aws.logs.events('group');
  expect(first).toMatchObject({ stream: 'one', message: 'first' });
  expect(second.timestamp - first.timestamp).toBeGreaterThanOrEqual(999);
  expect(aws.logs.streamNames('group')).toEqual(['one', 'two']);
  expect(aws.logs.groupNames()).toEqual(['group']);
  expect(aws.logs.events('other')).toEqual([]);
});

test('a log group is created, changed and deleted as a resource', async () => {
  const { physicalId, attributes } = await aws.create(TYPE, 'Group', { RetentionInDays: '30' });
  expect(physicalId).toMatch(/^stack-Group-/);
  expect(attributes).toEqual({ Arn: `arn:aws:logs:us-east-1:111122223333:log-group:${physicalId}:*` });
  expect(aws.logs.retentionInDays(physicalId)).toBe(30);

  aws.logs.write(physicalId, 'stream', 'kept');
  await aws.update(TYPE, physicalId, {}, { RetentionInDays: '30' });
  expect(aws.logs.retentionInDays(physicalId)).toBeUndefined();
  expect(aws.logs.events(physicalId)).toHaveLength(1);

  const named = await aws.update(TYPE, physicalId, { LogGroupName: 'named' }, {});
  expect(named.physicalId).toBe('named');
  await aws.delete(TYPE, physicalId);
  expect(aws.logs.groupNames()).toEqual(['named']);
});

test('a name is taken once', async () => {
  await aws.create(TYPE, 'Group', { LogGroupName: 'named' });
  await expect(aws.create(TYPE, 'Other', { LogGroupName: 'named' })).rejects.toMatchObject({ name: 'ResourceAlreadyExistsException' });
});

describe('over the wire', () => {
  let roles = 0;
  const call = async (operation: string, input: object, statements?: object[]) => {
    const session = statements && await aws.iam.assumeRole({ service: 'lambda.amazonaws.com' }, aws.role(`role-${++roles}`, 'lambda.amazonaws.com', statements));
    const { status, body } = await callJson({ environment: aws.env }, 'logs', `Logs_20140328.${operation}`, input, session?.credentials);
    return { status, body: body as { __type?: string; message?: string; nextToken?: string; events?: { message: string }[]; logGroups?: object[] } };
  };
  const messages = async (input: object) => (await call('FilterLogEvents', { logGroupName: 'group', ...input })).body.events?.map(({ message }) => message);
  const GROUP = 'arn:aws:logs:us-east-1:111122223333:log-group:group';

  test('FilterLogEvents tells the events in their order, by time, stream and text', async () => {
    aws.logs.write('group', 'one', 'first of all');
    await aws.clock.sleep(100);
    aws.logs.write('group', 'two', 'second of all');
    await aws.clock.sleep(100);
    aws.logs.write('group', 'two', 'third');
    const [first, second, third] = aws.logs.events('group');
    const { status, body } = await call('FilterLogEvents', { logGroupName: 'group' });
    expect(status).toBe(200);
    expect(body.events?.[0]).toEqual({
      logStreamName: 'one', timestamp: first.timestamp, ingestionTime: first.timestamp, message: 'first of all', eventId: expect.stringMatching(/^\d{56}$/),
    });
    expect(body.events?.map(({ message }) => message)).toEqual(['first of all', 'second of all', 'third']);
    expect(await messages({ startTime: second.timestamp })).toEqual(['second of all', 'third']);
    expect(await messages({ startTime: second.timestamp, endTime: third.timestamp - 1 })).toEqual(['second of all']);
    expect(await messages({ logStreamNames: ['one', 'three'] })).toEqual(['first of all']);
    expect(await messages({ logStreamNamePrefix: 'tw' })).toEqual(['second of all', 'third']);
    expect(await messages({ filterPattern: 'all "first of"' })).toEqual(['first of all']);
    expect((await call('FilterLogEvents', { logGroupName: 'group', filterPattern: '{ $.a = 1 }' })).body.message).toContain('{ $.a = 1 }');
  });

  test('FilterLogEvents goes on where the page before ended', async () => {
    for (const message of ['a', 'b', 'c', 'd']) {
      aws.logs.write('group', 'stream', message);
    }
    const query = { logGroupName: 'group', endTime: Number.MAX_SAFE_INTEGER, limit: 3 };
    const { body: { nextToken } } = await call('FilterLogEvents', query);
    aws.logs.write('group', 'stream', 'e');
    expect(await messages({ ...query, nextToken })).toEqual(['d', 'e']);
    expect((await call('FilterLogEvents', { ...query, nextToken })).body.nextToken).toBeUndefined();
    expect((await call('FilterLogEvents', { ...query, nextToken: 'other' })).body.__type).toBe('InvalidParameterException');
    expect((await call('FilterLogEvents', { ...query, limit: 0 })).body.__type).toBe('InvalidParameterException');
  });

  test('FilterLogEvents is for who may, and for groups that are there', async () => {
    aws.logs.write('group', 'stream', 'message');
    expect((await call('FilterLogEvents', { logGroupName: 'group' }, [allow('logs:FilterLogEvents', `${GROUP}:*`)])).body.events).toHaveLength(1);
    expect((await call('FilterLogEvents', { logGroupName: 'group' }, [allow('logs:FilterLogEvents', `${GROUP}s:*`)]))).toMatchObject({
      status: 400,
      body: { __type: 'AccessDeniedException', message: expect.stringContaining(`logs:FilterLogEvents on resource: ${GROUP}:log-stream: because`) },
    });
    expect((await call('FilterLogEvents', { logGroupName: 'other' })).body.__type).toBe('ResourceNotFoundException');
    expect((await call('TailLogs', {})).body.__type).toBe('UnknownOperationException');
  });

  test('DescribeLogGroups lists groups by name', async () => {
    const before = aws.clock.now();
    for (const name of ['/b', '/a/2', '/a/1']) {
      aws.logs.createGroup(name);
    }
    aws.logs.retain('/b', 7);
    aws.logs.write('/b', 'stream', 'four');
    const { body } = await call('DescribeLogGroups', {});
    expect(body.logGroups).toMatchObject([{ logGroupName: '/a/1' }, { logGroupName: '/a/2' }, {
      logGroupName: '/b', arn: 'arn:aws:logs:us-east-1:111122223333:log-group:/b:*', retentionInDays: 7, storedBytes: 4, creationTime: expect.any(Number),
    }]);
    expect((body.logGroups?.[0] as { creationTime: number }).creationTime).toBeGreaterThanOrEqual(Math.floor(before));
    expect((await call('DescribeLogGroups', { logGroupNamePrefix: '/a' })).body.logGroups).toHaveLength(2);
    const { body: { nextToken } } = await call('DescribeLogGroups', { limit: 2 });
    expect((await call('DescribeLogGroups', { limit: 2, nextToken })).body.logGroups).toMatchObject([{ logGroupName: '/b' }]);
    expect((await call('DescribeLogGroups', {}, [allow('logs:FilterLogEvents', '*')])).body.__type).toBe('AccessDeniedException');
  });
});
