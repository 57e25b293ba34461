import { Harness, SIGNED } from './harness';

let aws: Harness;

beforeAll(async () => {
  aws = await Harness.start();
});

afterAll(() => aws.close());

test.each([
  ['DynamoDB_20120810.ListFHIRDatastores'], ['ListFHIRDatastores'], ['healthlake.ListFHIRDatastores'], ['HealthLake.'], [undefined],
])('a request with the X-Amz-Target %s gets UnknownOperationException', async (target) => {
  expect(await aws.post({ ...SIGNED, ...(target && { 'x-amz-target': target }) }, '{}')).toMatchObject({
    status: 400, body: { __type: 'com.amazon.coral.service#UnknownOperationException' },
  });
});

test.each([[{ 'x-amz-target': 'HealthLake.ListFHIRDatastores' }], [{}]])('an unsigned request with the headers %j gets the error of a JSON service', async (headers) => {
  expect(await aws.post(headers, '{}')).toEqual({
    status: 400,
    body: { __type: 'com.amazon.coral.service#MissingAuthenticationTokenException', message: 'Request is missing Authentication Token' },
  });
});

test('a request body of more than 16 MiB is refused', async () => {
  const input = JSON.stringify({ DatastoreId: 'a', Surprise: 'x'.repeat(16 * 1024 ** 2) });
  expect(await aws.post({ ...SIGNED, 'x-amz-target': 'HealthLake.DescribeFHIRDatastore' }, input)).toEqual({
    status: 413,
    body: { __type: 'com.amazon.coral.service#RequestEntityTooLargeException', message: 'The request entity is too large' },
  });
});
