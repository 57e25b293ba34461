import { ComputeHarness } from './compute-harness';

let aws: ComputeHarness;

beforeEach(async () => { aws = await ComputeHarness.start(10); });
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
