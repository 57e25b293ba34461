import { judgeBuckets } from '../../../../lambda/jobs/preflight/decision';
import type { InputObjects } from '../../../../lambda/jobs/preflight/input-objects';
import type { BucketFindings, InputFindings } from '../../../../lambda/jobs/preflight/inspect';
import type { InputRequest, PreflightRequest } from '../../../../lambda/jobs/preflight/request';
import type { PreflightWarning } from '../../../../lambda/jobs/preflight/warnings';
import { sdkError } from '../../harness';

const KEY = 'arn:aws:kms:eu-west-1:123456789012:key/0f8fad5b-d9cb-469f-a165-70867728950e';
const OTHER_KEY = 'arn:aws:kms:eu-west-1:123456789012:key/7c9e6679-7425-40de-944b-e07fc1f90ae7';
const GB = 1_000_000_000;

const INPUT: InputRequest = {
  InputS3Uri: 's3://clinic-data/synthea/',
  Quotas: { MaxFiles: '1000000', MaxFileSizeInGB: '50', MaxTotalSizeInGB: '5000' },
};
const REQUEST: PreflightRequest = {
  noun: 'import',
  input: INPUT,
  OutputS3Uri: 's3://clinic-results/Import/',
  OutputKmsKeyId: KEY,
  Region: 'eu-west-1',
};

const objects = (changes: Partial<InputObjects> = {}): InputObjects =>
  ({ files: 17, emptyFiles: 0, archivedFiles: 0, newerFiles: 0, largestFile: 4_000, totalSize: 20_000, others: {}, complete: true, ...changes });

/** Overrides of the default findings. By default, the buckets meet all requirements. */
type Found = Partial<InputFindings & { outputRegion: BucketFindings['output']['region'] } & Omit<BucketFindings['output'], 'region'>>;

function judge({ outputRegion, ...found }: Found, request: Partial<PreflightRequest> = {}) {
  const { region, objects: listed, encryption, publicAccessBlock } = {
    region: { value: 'eu-west-1' },
    objects: { value: objects() },
    encryption: { value: { algorithm: 'aws:kms', keyId: KEY } },
    publicAccessBlock: { value: true },
    ...found,
  };
  return judgeBuckets(
    { input: { region, objects: listed }, output: { region: outputRegion ?? { value: 'eu-west-1' }, encryption, publicAccessBlock } },
    { ...REQUEST, ...request });
}

const input = (changes: Partial<InputObjects>): Found => ({ objects: { value: objects(changes) } });
const refusedIn = (region: string, name = 'PermanentRedirect'): Error =>
  Object.assign(sdkError(name, 'no', 301), { $response: { headers: { 'x-amz-bucket-region': region } } });

const NO_BUCKET = { error: sdkError('NoSuchBucket', 'The specified bucket does not exist', 404) };
const DENIED = { error: sdkError('AccessDenied', 'User Lovelace is not authorized to read s3://clinic-data/Lovelace.ndjson', 403) };
const NO_ANSWER = { error: Object.assign(new Error('connect ECONNREFUSED'), { code: 'ECONNREFUSED' }) };
const SLOW_DOWN = { error: sdkError('SlowDown', 'Please reduce your request rate.', 503) };
const ABORTED = { error: Object.assign(new Error('Request aborted'), { name: 'AbortError' }) };
const ODD = { error: sdkError('Ada Lovelace', 'x') };

const SKIPPED = 'objects of the input do not end in .ndjson, in lower case, and are probably skipped';

test('finds no problem and gives no warnings for buckets that meet all requirements', () => {
  expect(judge({})).toEqual({ problem: undefined, warnings: [] });
});

describe('judgeBuckets prevents a start', () => {
  const NO_INPUT_BUCKET = 'the input bucket "clinic-data" does not exist; correct its name, or create it before the import';
  const NO_OUTPUT_BUCKET = 'the output bucket "clinic-results" does not exist; correct its name, or create it before the import';
  const UNENCRYPTED = (algorithm: string) => `the output bucket "clinic-results" is not encrypted with KMS (its default encryption is ${algorithm}), `
    + `which HealthLake requires; make ${KEY} its default encryption key`;

  test.each<[what: string, Found, problem: string]>([
    ['no input bucket, says the list', { objects: NO_BUCKET }, NO_INPUT_BUCKET],
    ['no input bucket, says the location', { region: NO_BUCKET }, NO_INPUT_BUCKET],
    ['no output bucket, says the location', { outputRegion: NO_BUCKET }, NO_OUTPUT_BUCKET],
    ['no output bucket, says the encryption', { encryption: NO_BUCKET }, NO_OUTPUT_BUCKET],
    ['no output bucket, says the public access block', { publicAccessBlock: NO_BUCKET }, NO_OUTPUT_BUCKET],
    ['an input bucket elsewhere', { region: { value: 'us-east-1' }, objects: { error: refusedIn('us-east-1') } },
      'the input bucket "clinic-data" is in us-east-1 and the data store in eu-west-1, and HealthLake uses only buckets of its own Region; '
      + 'copy the data to a bucket there'],
    ['an output bucket elsewhere', { outputRegion: { value: 'eu-central-1' } },
      'the output bucket "clinic-results" is in eu-central-1 and the data store in eu-west-1, and HealthLake uses only buckets of its own Region; '
      + 'use an output bucket there'],
    ['nothing', input({ files: 0 }), 'there is nothing to import under s3://clinic-data/synthea/; upload the .ndjson files before the import, or correct the prefix'],
    ['only .json', input({ files: 0, others: { '.json': 3 } }),
      'there is no .ndjson object under s3://clinic-data/synthea/, only 3 .json; '
      + 'write the resources of .json objects, of Bundles too, into .ndjson objects, one resource a line'],
    ['only .gz', input({ files: 0, others: { '.gz': 1 } }),
      'there is no .ndjson object under s3://clinic-data/synthea/, only 1 .gz; unpack compressed objects'],
    ['only .jsonl', input({ files: 0, others: { '.jsonl': 2 } }),
      'there is no .ndjson object under s3://clinic-data/synthea/, only 2 .jsonl; rename .jsonl to .ndjson'],
    ['a mixture, the most frequent first', input({ files: 0, others: { 'other': 1, '.json': 2, '.zip': 30 } }),
      'there is no .ndjson object under s3://clinic-data/synthea/, only 30 .zip, 2 .json, 1 other; '
      + 'unpack compressed objects, and write the resources of .json objects, of Bundles too, into .ndjson objects, one resource a line'],
    ['only objects of other kinds', input({ files: 0, others: { '.csv': 2, 'other': 1 } }),
      'there is no .ndjson object under s3://clinic-data/synthea/, only 2 .csv, 1 other; '
      + 'upload .ndjson objects with one FHIR resource a line, or correct the prefix'],
    ['only .ndjson in another case', input({ files: 0, others: { '.ndjson in another case': 2 } }),
      'there is no .ndjson object under s3://clinic-data/synthea/, only 2 .ndjson in another case; '
      + 'rename the objects so that they end in .ndjson, in lower case'],
    ['only .ndjson with a suffix', input({ files: 0, others: { '.ndjson with a suffix': 1 } }),
      'there is no .ndjson object under s3://clinic-data/synthea/, only 1 .ndjson with a suffix; '
      + 'rename the objects so that they end in .ndjson, in lower case'],
    ['only empty files', input({ files: 3, emptyFiles: 3 }),
      'there is no .ndjson object with content under s3://clinic-data/synthea/, only 3 empty .ndjson; '
      + 'upload .ndjson objects with one FHIR resource a line, or correct the prefix'],
    ['only empty files, and others', input({ files: 1, emptyFiles: 1, others: { '.ndjson in another case': 2 } }),
      'there is no .ndjson object with content under s3://clinic-data/synthea/, only 2 .ndjson in another case, 1 empty .ndjson; '
      + 'rename the objects so that they end in .ndjson, in lower case'],
    ['archived files', input({ archivedFiles: 2 }),
      '2 of 17 .ndjson objects under s3://clinic-data/synthea/ are archived (GLACIER or DEEP_ARCHIVE), and HealthLake can\'t read archived objects; '
      + 'restore them, or move them out of the prefix'],
    ['archived files, although not all objects were listed', input({ archivedFiles: 17, complete: false }),
      '17 of 17 .ndjson objects under s3://clinic-data/synthea/ are archived (GLACIER or DEEP_ARCHIVE), and HealthLake can\'t read archived objects; '
      + 'restore them, or move them out of the prefix'],
    ['an output bucket with S3\'s own encryption', { encryption: { value: { algorithm: 'AES256' } } }, UNENCRYPTED('AES256')],
    ['an output bucket without encryption', { encryption: { value: {} } }, UNENCRYPTED('none')],
    ['an output bucket with another key', { encryption: { value: { algorithm: 'aws:kms', keyId: OTHER_KEY } } },
      `the output bucket "clinic-results" is encrypted with ${OTHER_KEY}, and the import is given ${KEY}; use one key for both`],
    ['an output bucket with another key, twice encrypted', { encryption: { value: { algorithm: 'aws:kms:dsse', keyId: OTHER_KEY } } },
      `the output bucket "clinic-results" is encrypted with ${OTHER_KEY}, and the import is given ${KEY}; use one key for both`],
    ['an output bucket with AWS\'s key', { encryption: { value: { algorithm: 'aws:kms' } } },
      `the output bucket "clinic-results" is encrypted with the key that AWS manages for S3, and the import is given ${KEY}; use one key for both`],
  ])('and names the problem: %s', (_what, found, problem) => {
    expect(judge(found).problem).toBe(problem);
  });

  const IN_ORDER: [Found, RegExp][] = [
    [{ objects: NO_BUCKET }, /^the input bucket .* does not exist/],
    [{ encryption: NO_BUCKET }, /^the output bucket .* does not exist/],
    [{ region: { value: 'us-east-1' } }, /^the input bucket .* is in/],
    [{ outputRegion: { value: 'us-east-1' } }, /^the output bucket .* is in/],
    [input({ files: 0 }), /^there is nothing to import/],
    [input({ archivedFiles: 1 }), /are archived/],
    [{ encryption: { value: {} } }, /is not encrypted/],
  ];

  test.each(IN_ORDER.slice(1).map((_, index) => index))('and names only the first of two problems: pair %i', (index) => {
    const [[first, expected], [second]] = IN_ORDER.slice(index);
    // If both problems override the same finding, the override of the first problem applies.
    expect(judge({ ...second, ...first }).problem).toMatch(expected);
  });
});

describe('judgeBuckets allows a start', () => {
  test.each<[what: string, Found, Partial<PreflightRequest>?]>([
    ['an alias, which can\'t be compared', { encryption: { value: { algorithm: 'aws:kms', keyId: 'alias/fhir' } } }],
    ['a bucket key by its id', { encryption: { value: { algorithm: 'aws:kms', keyId: KEY.split('/')[1] } } }],
    ['encryption in two layers', { encryption: { value: { algorithm: 'aws:kms:dsse', keyId: KEY } } }],
    ['an alias in the properties of the import', {}, { OutputKmsKeyId: 'alias/fhir' }],
    ['buckets and a data store in us-east-1', { region: { value: 'us-east-1' }, outputRegion: { value: 'us-east-1' } }, { Region: 'us-east-1' }],
  ])('without warnings for %s', (_what, found, request = {}) => {
    expect(judge(found, request)).toEqual({ problem: undefined, warnings: [] });
  });

  test.each([
    ['refused', DENIED, 'AccessDenied'],
    ['throttled', SLOW_DOWN, 'SlowDown'],
    ['without an answer', NO_ANSWER, 'ECONNREFUSED'],
    ['aborted at the end of the budget', ABORTED, 'AbortError'],
    ['failing with a text that may name a patient', ODD, 'Error'],
    ['failing with a value that isn\'t an error', { error: undefined }, 'Error'],
    ['refused by a bucket of the right Region', { error: refusedIn('eu-west-1', 'AccessDenied') }, 'AccessDenied'],
  ])('but warns if all S3 calls are %s', (_what, fact, code) => {
    expect(judge({ region: fact, objects: fact, outputRegion: fact, encryption: fact, publicAccessBlock: fact })).toEqual({
      problem: undefined,
      warnings: [
        { warning: 'could not check the Region of the input bucket', code },
        { warning: 'could not check the input', code },
        { warning: 'could not check the Region of the output bucket', code },
        { warning: 'could not check the encryption of the output bucket', code },
        { warning: 'could not check the public access block of the output bucket', code },
      ],
    });
  });

  test('only if no S3 call shows a problem, even if other calls fail', () => {
    expect(judge({ region: DENIED, objects: { value: objects({ files: 0 }) }, encryption: DENIED }).problem).toMatch(/^there is nothing to import/);
  });

  test('but warns if the listing is incomplete and contains no .ndjson object with content', () => {
    expect(judge(input({ files: 0, others: { '.json': 1_000 }, complete: false, error: SLOW_DOWN.error }))).toEqual({
      problem: undefined,
      warnings: [
        { warning: 'not all objects of the input were listed', listed: 1_000, code: 'SlowDown' },
        { warning: SKIPPED, skipped: 1_000, kinds: '1000 .json', files: 0 },
      ],
    });
    expect(judge(input({ files: 2, emptyFiles: 2, complete: false }))).toEqual({
      problem: undefined,
      warnings: [
        { warning: 'not all objects of the input were listed', listed: 2 },
        { warning: 'files of the input are empty', emptyFiles: 2, files: 2 },
      ],
    });
  });
});

describe('the warnings of judgeBuckets', () => {
  test.each<[what: string, Found, PreflightWarning[], Partial<InputRequest['Quotas']>?]>([
    ['more objects than are listed', input({ files: 999_000, others: { other: 1_000 }, complete: false }), [
      { warning: 'not all objects of the input were listed', listed: 1_000_000 },
      { warning: SKIPPED, skipped: 1_000, kinds: '1000 other', files: 999_000 },
    ]],
    ['empty files', input({ emptyFiles: 2 }), [{ warning: 'files of the input are empty', emptyFiles: 2, files: 17 }]],
    ['objects of other kinds', input({ others: { '.json': 2, 'other': 3 } }),
      [{ warning: SKIPPED, skipped: 5, kinds: '3 other, 2 .json', files: 17 }]],
    ['.ndjson in another case', input({ others: { '.ndjson in another case': 1 } }),
      [{ warning: SKIPPED, skipped: 1, kinds: '1 .ndjson in another case', files: 17 }]],
    ['as many files as a job may have', input({ files: 1_000_000 }), []],
    ['more files than a job may have', input({ files: 1_000_001 }),
      [{ warning: 'the input has more files than the quota of a job', files: 1_000_001, maxFiles: 1_000_000 }]],
    ['more files than the configured quota', input({}),
      [{ warning: 'the input has more files than the quota of a job', files: 17, maxFiles: 16 }], { MaxFiles: '16' }],
    ['a file that just fits', input({ largestFile: 50 * GB }), []],
    ['a large file', input({ largestFile: 50 * GB + 1_000_000 }),
      [{ warning: 'a file of the input is larger than the quota', largestFileInGB: 50.001, maxFileSizeInGB: 50 }]],
    ['a large file where the quota is small', input({ largestFile: GB }),
      [{ warning: 'a file of the input is larger than the quota', largestFileInGB: 1, maxFileSizeInGB: 0.5 }], { MaxFileSizeInGB: '0.5' }],
    ['an input that just fits', input({ totalSize: 5_000 * GB }), []],
    ['a large input', input({ totalSize: 5_432_100_000_000 }),
      [{ warning: 'the input is larger than the quota of a job', totalSizeInGB: 5_432.1, maxTotalSizeInGB: 5_000 }]],
    ['a bucket that isn\'t closed by itself', { publicAccessBlock: { value: false } }, [{
      warning: 'the output bucket does not have all options of its own Block Public Access on; HealthLake may not accept those of the account instead',
    }]],
  ])('are as expected for %s', (_what, found, warnings, quotas = {}) => {
    expect(judge(found, { input: { ...INPUT, Quotas: { ...INPUT.Quotas, ...quotas } } })).toEqual({ problem: undefined, warnings });
  });

  test('a bucket that is missing or in another Region causes a problem instead of warnings', () => {
    expect(judge({ outputRegion: NO_BUCKET, encryption: NO_BUCKET, publicAccessBlock: NO_BUCKET }).warnings).toEqual([]);
    expect(judge({ region: { value: 'us-east-1' }, objects: { error: refusedIn('us-east-1') } }).warnings).toEqual([]);
  });

  test('an input in which no .ndjson object has content causes a problem instead of warnings', () => {
    expect(judge(input({ files: 0, others: { '.json': 3 } })).warnings).toEqual([]);
    expect(judge(input({ files: 2, emptyFiles: 2, others: { '.json': 3 } })).warnings).toEqual([]);
  });

  test('are returned even if judgeBuckets also finds a problem', () => {
    expect(judge({ ...input({ emptyFiles: 1 }), encryption: { value: {} } }))
      .toEqual({ problem: expect.stringContaining('is not encrypted'), warnings: [{ warning: 'files of the input are empty', emptyFiles: 1, files: 17 }] });
  });
});
