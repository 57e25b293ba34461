import { Token } from 'aws-cdk-lib';
import { normalizePrefix, s3Uri } from '../../../src/private/s3-location';

const TOKEN = Token.asString({ Ref: 'Text' });

describe('normalizePrefix()', () => {
  test.each([
    ['s3://bucket/x', 'must be a key prefix'],
    ['S3://bucket/x', 'must be a key prefix'],
    ['https://bucket.s3.amazonaws.com/x', 'must be a key prefix'],
    ['arn:aws:s3:::bucket/x', 'must be a key prefix'],
    ['/x', 'must not start with "/"'],
    ['x*', 'must not have "*", "?" or "$"'],
    ['x\\y', 'must not have "\\"'],
    ['x//y', 'must not have "//"'],
    ['x//', 'must not have "//"'],
    [`${TOKEN}//y`, 'must not have "//"'],
    ['.', 'must not have the folders "." and ".."'],
    ['./x', 'must not have the folders "." and ".."'],
    ['../x', 'must not have the folders "." and ".."'],
    ['x/../y/', 'must not have the folders "." and ".."'],
    [' ', 'must not have folders that start or end with white space'],
    ['x /y', 'must not have folders that start or end with white space'],
    ['x/ y', 'must not have folders that start or end with white space'],
    ['x/y\n', 'must not have folders that start or end with white space'],
    ['x\u0000y', 'must not have control characters or characters beyond Latin-1'],
    ['x\u200by', 'must not have control characters or characters beyond Latin-1'],
    ['患者/', 'must not have control characters or characters beyond Latin-1'],
  ])('throws for the prefix %j', (prefix, problem) => {
    expect(() => normalizePrefix(prefix, 'the prefix')).toThrow(`the prefix ${problem}, got "${prefix}"; `);
  });

  test.each([
    ['', ''],
    ['x', 'x/'],
    ['x/y/', 'x/y/'],
    ['Grüße aus 2026/v1.0/.hidden/x..y', 'Grüße aus 2026/v1.0/.hidden/x..y/'],
    [TOKEN, TOKEN],
    [`x/${TOKEN}`, `x/${TOKEN}`],
    [`${TOKEN}/x`, `${TOKEN}/x/`],
    [`${TOKEN}${TOKEN}`, `${TOKEN}${TOKEN}`],
  ])('accepts the prefix %j', (prefix, normalized) => {
    expect(normalizePrefix(prefix, 'the prefix')).toBe(normalized);
  });
});

test.each(['alias-abcdefghijklmnop-s3alias', 'lambda--ol-s3', 'm0000.mrap', 'directory--use1-az4--x-s3'])(
  's3Uri() throws for %s, which is not the name of a general purpose bucket', (name) => {
    expect(() => s3Uri(name, '')).toThrow(`"${name}" is the name of an access point or of a directory bucket; use a general purpose bucket`);
  });
