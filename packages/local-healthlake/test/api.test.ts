import * as sdk from '@aws-sdk/client-healthlake';
import { NormalizedSchema } from '@smithy/core/schema';
import type { StaticOperationSchema } from '@smithy/types';
import { decodeRequest } from '../src/healthlake/api/codec';
import { violationsOf } from '../src/healthlake/api/constraints';
import { inputOf, outputOf, shape, type Shape } from '../src/healthlake/api/model';

/** Returns the paths of all members below a schema of the SDK. */
function pathsInSdk(schema: NormalizedSchema, path = ''): string[] {
  if (schema.isListSchema()) {
    return pathsInSdk(schema.getValueSchema(), path);
  }
  return schema.isStructSchema() ? [...schema.structIterator()].flatMap(([name, member]) => [`${path}${name}`, ...pathsInSdk(member, `${path}${name}.`)]) : [];
}

/** Returns the paths of all members below a shape. */
function pathsOf({ members = {}, member }: Shape, path = ''): string[] {
  return member ? pathsOf(shape(member), path)
    : Object.entries(members).flatMap(([name, of]) => [`${path}${name}`, ...pathsOf(shape(of), `${path}${name}.`)]);
}

function errorOf(operation: string, body: unknown): string {
  try {
    decodeRequest(operation, Buffer.from(typeof body === 'string' ? body : JSON.stringify(body)));
    return 'no error';
  } catch (error) {
    return `${(error as Error).name}: ${(error as Error).message}`;
  }
}

const START = {
  InputDataConfig: { S3Uri: 's3://bucket/in' },
  JobOutputDataConfig: { S3Configuration: { S3Uri: 's3://bucket/out', KmsKeyId: 'alias/x' } },
  DatastoreId: 'a1b2',
  DataAccessRoleArn: 'arn:aws:iam::111122223333:role/x',
};

describe('the model', () => {
  const operations = Object.values(sdk).filter((value): value is StaticOperationSchema => Array.isArray(value) && value[0] === 9);

  test.each(operations.map((operation) => [operation[2], operation] as const))('has all members that the SDK has for %s', (name, [, , , , input, output]) => {
    expect(pathsOf(inputOf(name))).toEqual(expect.arrayContaining(pathsInSdk(NormalizedSchema.of(input))));
    expect(pathsOf(outputOf(name))).toEqual(expect.arrayContaining(pathsInSdk(NormalizedSchema.of(output))));
  });

  // The expected values come from the API reference of StartFHIRImportJob, DescribeFHIRImportJob and ListFHIRImportJobs.
  test.each([
    ['ClientTokenString', 1, 64, '^[a-zA-Z0-9-]+$'],
    ['IamRoleArn', 20, 2048, 'arn:aws(-[^:]+)?:iam::[0-9]{12}:role/.+'],
    ['DatastoreId', 1, 32, '^([\\p{L}\\p{Z}\\p{N}_.:/=+\\-%@]*)$'],
    ['JobId', 1, 32, '^([\\p{L}\\p{Z}\\p{N}_.:/=+\\-%@]*)$'],
    ['JobName', 1, 64, '^([\\p{L}\\p{Z}\\p{N}_.:/=+\\-%@]*)$'],
    ['NextToken', 0, 8192, '\\p{ASCII}{0,8192}'],
  ])('has the length and pattern of the API reference for %s', (name, min, max, pattern) => {
    expect(shape(name)).toEqual({ type: 'string', min, max, pattern });
  });

  test.each([
    ['S3Uri', 's3://my-bucket/a/b', true], ['S3Uri', 's3://my-bucket', true], ['S3Uri', 's3://My-bucket/a', false], ['S3Uri', 's3://my_bucket/a', false],
    ['S3Uri', 'x s3://my-bucket/a', false],
    ['EncryptionKeyID', 'arn:aws:kms:us-east-1:111122223333:key/0-a', true], ['EncryptionKeyID', 'alias/x', true], ['EncryptionKeyID', 'a b', false],
    ['IamRoleArn', 'arn:aws-us-gov:iam::111122223333:role/p/x', true], ['IamRoleArn', 'arn:aws:iam::11112222333:role/xyz', false],
    ['JobName', 'Straße 1/2', true], ['JobName', 'a\nb', false], ['ClientTokenString', 'a_b', false],
  ])('violationsOf(%s, %j) finds no violation: %s', (name, value, isValid) => {
    expect(violationsOf(shape(name), value).length === 0).toBe(isValid);
  });

  test('counts characters, not UTF-16 code units', () => {
    expect(violationsOf(shape('JobName'), '𠀀'.repeat(64))).toEqual([]);
    expect(violationsOf(shape('JobName'), '𠀀'.repeat(65))).toEqual(['Member must have length less than or equal to 64']);
  });
});

describe('decodeRequest', () => {
  test('rejects an invalid value with the message of AWS', () => {
    expect(errorOf('DescribeFHIRImportJob', { DatastoreId: 'a#', JobId: 'j' })).toBe(
      'ValidationException: 1 validation error detected: Value \'a#\' at \'datastoreId\' failed to satisfy constraint: '
      + 'Member must satisfy regular expression pattern: ^([\\p{L}\\p{Z}\\p{N}_.:/=+\\-%@]*)$');
  });

  test('reports all violations with their paths', () => {
    const bad = { ...START, DatastoreId: undefined, ValidationLevel: 'lax', JobOutputDataConfig: { S3Configuration: { S3Uri: 's3://bucket/out' } } };
    expect(errorOf('StartFHIRImportJob', bad)).toBe(
      'ValidationException: 3 validation errors detected: '
      + 'Value null at \'jobOutputDataConfig.s3Configuration.kmsKeyId\' failed to satisfy constraint: Member must not be null; '
      + 'Value null at \'datastoreId\' failed to satisfy constraint: Member must not be null; '
      + 'Value \'lax\' at \'validationLevel\' failed to satisfy constraint: Member must satisfy enum value set: [strict, structure-only, minimal]');
  });

  test.each([
    [0, 'greater than or equal to 1'], [501, 'less than or equal to 500'], [99_999_999_999, 'less than or equal to 500'],
  ])('rejects MaxResults %s', (MaxResults, bound) => {
    expect(errorOf('ListFHIRImportJobs', { DatastoreId: 'a', MaxResults })).toBe(
      `ValidationException: 1 validation error detected: Value '${MaxResults}' at 'maxResults' failed to satisfy constraint: Member must have value ${bound}`);
  });

  test('rejects an empty union, an invalid list item and null in a list', () => {
    expect(errorOf('StartFHIRImportJob', { ...START, InputDataConfig: {} })).toContain('Value null at \'inputDataConfig.s3Uri\'');
    expect(errorOf('CreateFHIRDatastore', { DatastoreTypeVersion: 'R4', Tags: [{ Key: 'k', Value: '' }, { Key: '', Value: '' }] }))
      .toContain('1 validation error detected: Value \'\' at \'tags.2.member.key\'');
    expect(errorOf('CreateFHIRDatastore', { DatastoreTypeVersion: 'R4', Tags: [null] })).toContain('1 validation error detected: Value null at \'tags.1.member\'');
  });

  test.each([
    ['{"DatastoreId":1}', 'NUMBER_VALUE can not be converted to a String'],
    ['{"DatastoreId":true}', 'TRUE_VALUE can not be converted to a String'],
    ['{"DatastoreId":["a"]}', 'Start of list found where not expected'],
    ['{"DatastoreId":{"a":1}}', 'Start of structure or map found where not expected.'],
    ['{"DatastoreId":"a","MaxResults":"1"}', 'STRING_VALUE can not be converted to an Integer'],
    ['{"DatastoreId":"a","MaxResults":1.5}', 'NUMBER_VALUE can not be converted to an Integer'],
    ['{"DatastoreId":"a#","MaxResults":"1"}', 'STRING_VALUE can not be converted to an Integer'],
    ['{"DatastoreId":"a","SubmittedAfter":"2024-01-15T10:30:00Z"}', 'STRING_VALUE can not be converted to milliseconds since epoch'],
    ['{"DatastoreId":"a","SubmittedAfter":1e300}', 'NUMBER_VALUE can not be converted to milliseconds since epoch'],
    ['[]', 'Start of list found where not expected'],
    ['"a"', 'Expected null'],
    ['{', ''], ['', ''], ['{"DatastoreId":"a",}', ''],
  ])('rejects the request body %s', (body, message) => {
    expect(errorOf('ListFHIRImportJobs', body)).toBe(`SerializationException: ${message}`);
  });

  test.each([
    [{ Tags: 'x' }, 'Expected list or null'], [{ Tags: {} }, 'Start of structure or map found where not expected.'], [{ SseConfiguration: 'x' }, 'Expected null'],
    [{ BackupConfiguration: { BackupTagsEnabled: 1 } }, 'NUMBER_VALUE can not be converted to a Boolean'],
  ])('rejects the member %j of CreateFHIRDatastore', (member, message) => {
    expect(errorOf('CreateFHIRDatastore', { DatastoreTypeVersion: 'R4', ...member })).toBe(`SerializationException: ${message}`);
  });

  test('rejects invalid UTF-8', () => {
    expect(() => decodeRequest('ListFHIRImportJobs', Buffer.from('{"DatastoreId":"\u00fc"}', 'latin1'))).toThrow(expect.objectContaining({ name: 'SerializationException' }));
  });

  test('ignores unknown members and null', () => {
    const input = { ...START, Surprise: 1, JobName: null, InputDataConfig: { ...START.InputDataConfig, Surprise: 2 } };
    expect(decodeRequest('StartFHIRImportJob', Buffer.from(JSON.stringify(input)))).toEqual(START);
  });

  test('reads times as epoch seconds', () => {
    const body = { DatastoreId: 'a', SubmittedAfter: 1705314600.5 };
    expect(decodeRequest('ListFHIRExportJobs', Buffer.from(JSON.stringify(body)))).toEqual({ DatastoreId: 'a', SubmittedAfter: new Date('2024-01-15T10:30:00.500Z') });
  });
});
