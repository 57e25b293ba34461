import { isOtherKey } from '../../../../lambda/jobs/preflight/decision';

const ID = '0f8fad5b-d9cb-469f-a165-70867728950e';
const OTHER_ID = '7c9e6679-7425-40de-944b-e07fc1f90ae7';
const arn = (name: string, partition = 'aws') => `arn:${partition}:kms:eu-west-1:123456789012:${name}`;

/** Returns all forms in which the key with this id can be named. */
const forms = (id: string) => [id, `key/${id}`, arn(`key/${id}`), arn(`key/${id}`, 'aws-us-gov')];
const aliases = (name: string) => [`alias/${name}`, arn(`alias/${name}`)];
const pairs = (ofBucket: readonly (string | undefined)[], given: readonly string[]) => ofBucket.flatMap((a) => given.map((b) => [a, b] as const));

describe('isOtherKey returns false for the same key', () => {
  test.each(pairs(forms(ID), forms(ID)))('named %s and %s', (ofBucket, given) => expect(isOtherKey(ofBucket, given)).toBe(false));
  test.each(pairs(aliases('fhir/results'), aliases('fhir/results')))(
    'named by the same alias: %s and %s', (ofBucket, given) => expect(isOtherKey(ofBucket, given)).toBe(false));
  test.each(pairs([undefined, ...aliases('aws/s3')], aliases('aws/s3')))(
    'if AWS manages the key: %s and %s', (ofBucket, given) => expect(isOtherKey(ofBucket, given)).toBe(false));
});

describe('isOtherKey returns true for two different keys', () => {
  test.each(pairs(forms(ID), forms(OTHER_ID)))('named %s and %s', (ofBucket, given) => expect(isOtherKey(ofBucket, given)).toBe(true));
  test.each(pairs([undefined, ...aliases('aws/s3')], [...forms(ID), ...aliases('fhir')]))(
    'if AWS manages the first key and not the second: %s and %s', (ofBucket, given) => expect(isOtherKey(ofBucket, given)).toBe(true));
});

describe('isOtherKey returns false for keys that can\'t be compared', () => {
  test.each([
    ...pairs(forms(ID), [...aliases('fhir'), ...aliases('aws/s3')]),
    ...pairs(aliases('fhir'), [...forms(ID), ...aliases('results')]),
    ['eu-west-1:123456789012:key/1', ID] as const,
    [ID, ''] as const,
    ['', ID] as const,
    ['a key', 'b key'] as const,
  ])('named %s and %s', (ofBucket, given) => expect(isOtherKey(ofBucket, given)).toBe(false));
});
