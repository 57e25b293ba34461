import * as sdk from '@aws-sdk/client-healthlake';
import { NormalizedSchema } from '@smithy/core/schema';
import type { StaticOperationSchema } from '@smithy/types';
import { decodeRequest } from '../src/healthlake/api/codec';
import { CONSTRAINTS, violationsOf } from '../src/healthlake/api/constraints';

/** Returns the names of all members below a schema. */
function memberNames(schema: NormalizedSchema): string[] {
  if (schema.isListSchema()) {
    return memberNames(schema.getValueSchema());
  }
  if (!schema.isStructSchema()) {
    return [];
  }
  return [...schema.structIterator()].flatMap(([name, member]) => [name, ...memberNames(member)]);
}

async function errorOf(operation: StaticOperationSchema, body: unknown): Promise<string> {
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  const error = await decodeRequest(operation, Buffer.from(text)).then(() => undefined, (e: Error) => e);
  return `${error?.name}: ${error?.message}`;
}

const START = {
  DatastoreId: 'a1b2',
  DataAccessRoleArn: 'arn:aws:iam::111122223333:role/x',
  InputDataConfig: { S3Uri: 's3://bucket/in' },
  JobOutputDataConfig: { S3Configuration: { S3Uri: 's3://bucket/out', KmsKeyId: 'alias/x' } },
};

describe('CONSTRAINTS', () => {
  test('contains only members that the SDK\'s schemas have', () => {
    const operations = Object.values(sdk).filter((value): value is StaticOperationSchema => Array.isArray(value) && value[0] === 9);
    const schemas = operations.flatMap(([, , , , input, output]) => [NormalizedSchema.of(input), NormalizedSchema.of(output)]);
    const known = new Set(schemas.flatMap(memberNames));
    expect(Object.keys(CONSTRAINTS).filter((name) => !known.has(name))).toEqual([]);
  });

  test.each([
    ['JobStatus', sdk.JobStatus], ['ValidationLevel', sdk.ValidationLevel], ['DatastoreStatus', sdk.DatastoreStatus], ['CmkType', sdk.CmkType],
    ['DatastoreTypeVersion', sdk.FHIRVersion], ['PreloadDataType', sdk.PreloadDataType], ['AuthorizationStrategy', sdk.AuthorizationStrategy],
  ])('allows all values that the SDK has for %s', (name, values) => {
    expect(CONSTRAINTS[name].values).toEqual(expect.arrayContaining(Object.values(values)));
  });

  // The expected values come from the API reference of StartFHIRImportJob, DescribeFHIRImportJob and ListFHIRImportJobs.
  test.each([
    ['ClientToken', [1, 64], '^[a-zA-Z0-9-]+$'],
    ['DataAccessRoleArn', [20, 2048], 'arn:aws(-[^:]+)?:iam::[0-9]{12}:role/.+'],
    ['DatastoreId', [1, 32], '^([\\p{L}\\p{Z}\\p{N}_.:/=+\\-%@]*)$'],
    ['JobId', [1, 32], '^([\\p{L}\\p{Z}\\p{N}_.:/=+\\-%@]*)$'],
    ['JobName', [1, 64], '^([\\p{L}\\p{Z}\\p{N}_.:/=+\\-%@]*)$'],
    ['NextToken', [0, 8192], '\\p{ASCII}{0,8192}'],
  ])('has the length and pattern of the API reference for %s', (name, length, pattern) => {
    expect(CONSTRAINTS[name]).toEqual({ length, pattern });
  });

  test.each([
    ['S3Uri', 's3://my-bucket/a/b', true], ['S3Uri', 's3://my-bucket', true], ['S3Uri', 's3://My-bucket/a', false], ['S3Uri', 's3://my_bucket/a', false],
    ['S3Uri', 'x s3://my-bucket/a', false],
    ['KmsKeyId', 'arn:aws:kms:us-east-1:111122223333:key/0-a', true], ['KmsKeyId', 'alias/x', true], ['KmsKeyId', 'a b', false],
    ['DataAccessRoleArn', 'arn:aws-us-gov:iam::111122223333:role/p/x', true], ['DataAccessRoleArn', 'arn:aws:iam::11112222333:role/xyz', false],
    ['JobName', 'Straße 1/2', true], ['JobName', 'a\nb', false], ['ClientToken', 'a_b', false],
  ])('for the member %s, the validity of the value %j is %s', (name, value, isValid) => {
    expect(violationsOf(name, value).length === 0).toBe(isValid);
  });

  test('counts characters, not UTF-16 code units', () => {
    expect(violationsOf('JobName', '𠀀'.repeat(64))).toEqual([]);
    expect(violationsOf('JobName', '𠀀'.repeat(65))).toEqual(['Member must have length less than or equal to 64']);
  });
});

describe('decodeRequest', () => {
  test('rejects an invalid value with the message of AWS', async () => {
    expect(await errorOf(sdk.DescribeFHIRImportJob$, { DatastoreId: 'a#', JobId: 'j' })).toBe(
      'ValidationException: 1 validation error detected: Value \'a#\' at \'datastoreId\' failed to satisfy constraint: '
      + 'Member must satisfy regular expression pattern: ^([\\p{L}\\p{Z}\\p{N}_.:/=+\\-%@]*)$');
  });

  test('reports all violations with their paths', async () => {
    const bad = { ...START, DatastoreId: undefined, ValidationLevel: 'lax', JobOutputDataConfig: { S3Configuration: { S3Uri: 's3://bucket/out' } } };
    expect(await errorOf(sdk.StartFHIRImportJob$, bad)).toBe(
      'ValidationException: 3 validation errors detected: '
      + 'Value null at \'jobOutputDataConfig.s3Configuration.kmsKeyId\' failed to satisfy constraint: Member must not be null; '
      + 'Value null at \'datastoreId\' failed to satisfy constraint: Member must not be null; '
      + 'Value \'lax\' at \'validationLevel\' failed to satisfy constraint: Member must satisfy enum value set: [strict, structure-only, minimal]');
  });

  test.each([0, 501])('rejects MaxResults %s', async (MaxResults) => {
    const bound = MaxResults === 0 ? 'greater than or equal to 1' : 'less than or equal to 500';
    expect(await errorOf(sdk.ListFHIRImportJobs$, { DatastoreId: 'a', MaxResults })).toBe(
      `ValidationException: 1 validation error detected: Value '${MaxResults}' at 'maxResults' failed to satisfy constraint: Member must have value ${bound}`);
  });

  test('rejects an empty union and an invalid list item', async () => {
    expect(await errorOf(sdk.StartFHIRImportJob$, { ...START, InputDataConfig: {} })).toContain('Value null at \'inputDataConfig.s3Uri\'');
    expect(await errorOf(sdk.CreateFHIRDatastore$, { DatastoreTypeVersion: 'R4', Tags: [{ Key: 'k', Value: '' }, { Key: '', Value: '' }] }))
      .toContain('1 validation error detected: Value \'\' at \'tags.2.member.key\'');
  });

  test.each([
    ['{"DatastoreId": 1}', 'NUMBER_VALUE can not be converted to a string'],
    ['{"DatastoreId": "a", "MaxResults": "1"}', 'STRING_VALUE can not be converted to a number'],
    ['{"DatastoreId": "a", "SubmittedAfter": "yesterday"}', 'STRING_VALUE can not be converted to a timestamp'],
    ['[]', 'LIST_VALUE can not be converted to a structure'],
    ['{', 'The request body is not valid JSON'],
  ])('rejects the request body %s', async (body, message) => {
    expect(await errorOf(sdk.ListFHIRImportJobs$, body)).toBe(`SerializationException: ${message}`);
  });

  test('drops unknown fields', async () => {
    const input = { ...START, Surprise: 1, InputDataConfig: { ...START.InputDataConfig, Surprise: 2 } };
    expect(await decodeRequest(sdk.StartFHIRImportJob$, Buffer.from(JSON.stringify(input)))).toEqual(START);
  });

  test('accepts times as epoch seconds and as ISO 8601', async () => {
    const body = { DatastoreId: 'a', SubmittedAfter: 1705314600.5, SubmittedBefore: '2024-01-15T10:30:00Z' };
    expect(await decodeRequest(sdk.ListFHIRExportJobs$, Buffer.from(JSON.stringify(body)))).toEqual({
      DatastoreId: 'a', SubmittedAfter: new Date('2024-01-15T10:30:00.500Z'), SubmittedBefore: new Date('2024-01-15T10:30:00Z'),
    });
  });
});
