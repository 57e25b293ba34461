import { ACCOUNT, Harness } from './harness';

let aws: Harness;
let ResourceARN: string;

beforeEach(async () => {
  aws = await Harness.start();
  const { body } = await aws.call('CreateFHIRDatastore', { DatastoreTypeVersion: 'R4', Tags: [{ Key: 'team', Value: 'a' }, { Key: 'stage', Value: '' }] });
  ResourceARN = body.DatastoreArn;
});

afterEach(() => aws.close());

async function tags(): Promise<unknown> {
  return (await aws.call('ListTagsForResource', { ResourceARN })).body.Tags;
}

test('ListTagsForResource returns the tags with which a data store was created', async () => {
  expect(await tags()).toEqual([{ Key: 'team', Value: 'a' }, { Key: 'stage', Value: '' }]);
});

test('TagResource adds tags and changes values, and UntagResource removes tags', async () => {
  expect(await aws.call('TagResource', { ResourceARN, Tags: [{ Key: 'team', Value: 'b' }, { Key: 'new', Value: 'c' }] })).toEqual({ status: 200, body: {} });
  expect(await tags()).toEqual([{ Key: 'team', Value: 'b' }, { Key: 'stage', Value: '' }, { Key: 'new', Value: 'c' }]);
  expect(await aws.call('UntagResource', { ResourceARN, TagKeys: ['team', 'absent'] })).toEqual({ status: 200, body: {} });
  expect(await tags()).toEqual([{ Key: 'stage', Value: '' }, { Key: 'new', Value: 'c' }]);
});

test('a data store accepts 200 tags and refuses more', async () => {
  const Tags = Array.from({ length: 199 }, (_, index) => ({ Key: `key-${index}`, Value: '' }));
  expect(await aws.call('TagResource', { ResourceARN, Tags })).toMatchObject({ status: 400, body: { __type: 'com.amazonaws.healthlake#ValidationException' } });
  expect(await tags()).toHaveLength(2);
  expect(await aws.call('TagResource', { ResourceARN, Tags: Tags.slice(1) })).toMatchObject({ status: 200 });
});

test.each([
  ['an unknown data store', () => ResourceARN.replace(/.{32}$/, '0'.repeat(32))],
  ['another account', () => ResourceARN.replace(ACCOUNT, '999999999999')],
  ['another Region', () => ResourceARN.replace('us-east-1', 'us-west-2')],
])('the tag operations do not find the ARN of %s', async (_, arn) => {
  for (const [operation, more] of [['TagResource', { Tags: [] }], ['UntagResource', { TagKeys: [] }], ['ListTagsForResource', {}]] as const) {
    expect(await aws.call(operation, { ResourceARN: arn(), ...more }))
      .toMatchObject({ status: 400, body: { __type: 'com.amazonaws.healthlake#ResourceNotFoundException' } });
  }
});

test('the tags of a deleted data store are not found', async () => {
  await aws.call('DeleteFHIRDatastore', { DatastoreId: ResourceARN.slice(-32) });
  expect(await aws.call('ListTagsForResource', { ResourceARN })).toMatchObject({ status: 400, body: { __type: 'com.amazonaws.healthlake#ResourceNotFoundException' } });
});
