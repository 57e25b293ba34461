import type { ListObjectsV2CommandInput, S3Client } from '@aws-sdk/client-s3';
import { judgeBuckets } from '../../../../lambda/jobs/preflight/decision';
import { type BucketFindings, inspectBuckets } from '../../../../lambda/jobs/preflight/inspect';
import type { PreflightRequest } from '../../../../lambda/jobs/preflight/request';
import { allow, Foundation, REGION } from '../../../../packages/local-aws/test/foundation';
import type { Bucket, PublicAccessBlock } from '../../../../packages/local-healthlake/src/s3/bucket';

const ELSEWHERE = 'eu-central-1';
const LIST = allow('s3:ListBucket', 'arn:aws:s3:::input', { StringEquals: { 's3:prefix': 'fhir/' } });
const LOCATIONS = allow('s3:GetBucketLocation', ['arn:aws:s3:::input', 'arn:aws:s3:::output']);
const SETTINGS = allow(['s3:GetEncryptionConfiguration', 's3:GetBucketPublicAccessBlock'], 'arn:aws:s3:::output');

let aws: Foundation;
let keyArn: string;
let input: Bucket;
let output: Bucket;
let request: PreflightRequest;
const Quotas = { MaxFiles: '1000000', MaxFileSizeInGB: '50', MaxTotalSizeInGB: '5000' };

beforeEach(async () => {
  aws = await Foundation.start();
  keyArn = aws.kms.keys.create(aws.kms.defaultKeyPolicy).arn;
  input = aws.s3.createBucket('input');
  output = aws.s3.createBucket('output');
  output.encryption = { algorithm: 'aws:kms', keyId: keyArn, bucketKey: true };
  request = {
    noun: 'import',
    input: { InputS3Uri: 's3://input/fhir/', Quotas },
    OutputS3Uri: 's3://output/results/',
    OutputKmsKeyId: keyArn,
    Region: REGION,
  };
});

afterEach(() => aws.close());

function put(key: string, size = 10): void {
  input.put(key, { deleteMarker: false, body: Buffer.alloc(size), etag: '"e"', lastModified: 0, headers: {}, encryption: { algorithm: 'AES256' } });
}

function putMany(count: number): void {
  for (let index = 0; index < count; index += 1) {
    put(`fhir/Patient-${String(index).padStart(6, '0')}.ndjson`);
  }
}

/** Returns an S3 client of an operator role with exactly these permissions. */
async function operator(...statements: object[]): Promise<S3Client> {
  return aws.s3Client((await aws.sessionWith('operator', statements)).credentials);
}

async function inspect(s3?: S3Client, abortSignal = AbortSignal.timeout(20_000)): Promise<BucketFindings> {
  return inspectBuckets(s3 ?? await operator(LIST, LOCATIONS, SETTINGS), request, abortSignal);
}

/** Returns the value of each finding by its name, or the name of the error if the S3 call failed. */
function factsOf({ input: inputFacts, output: { region: outputRegion, ...others } }: BucketFindings): Record<string, unknown> {
  const facts = Object.entries({ ...inputFacts, outputRegion, ...others });
  return Object.fromEntries(facts.map(([name, fact]) => [name, 'error' in fact ? (fact.error as Error).name : fact.value]));
}

const FINE = () => ({
  region: REGION,
  objects: { files: 1, emptyFiles: 0, archivedFiles: 0, newerFiles: 0, largestFile: 10, totalSize: 10, others: {}, complete: true },
  outputRegion: REGION,
  encryption: { algorithm: 'aws:kms', keyId: keyArn },
  publicAccessBlock: true,
});

const asked = () => aws.router.requests.of('s3').map(({ operation }) => operation).sort();

describe('inspectBuckets', () => {
  test('needs only permissions to list the prefix and to read the locations and settings of the buckets', async () => {
    put('fhir/Patient.ndjson', 30);
    put('fhir/deep/Observation.ndjson', 50);
    put('fhir/Empty.ndjson', 0);
    put('fhir/', 0);
    put('fhir/_SUCCESS', 0);
    put('fhir/Bundle.json', 70);
    put('fhir-old/Patient.ndjson', 90);
    put('Patient.ndjson', 90);
    expect(await inspect()).toEqual({
      input: {
        region: { value: REGION },
        objects: { value: { files: 3, emptyFiles: 1, archivedFiles: 0, newerFiles: 0, largestFile: 50, totalSize: 80, others: { '.json': 1 }, complete: true } },
      },
      output: { region: { value: REGION }, encryption: { value: { algorithm: 'aws:kms', keyId: keyArn } }, publicAccessBlock: { value: true } },
    });
    expect(asked()).toEqual(['GetBucketEncryption', 'GetBucketLocation', 'GetBucketLocation', 'GetPublicAccessBlock', 'ListObjectsV2']);
  });

  test('counts the objects of a whole bucket', async () => {
    put('Patient.ndjson');
    put('fhir/Patient.ndjson');
    request = { ...request, input: { InputS3Uri: 's3://input/', Quotas } };
    expect(factsOf(await inspect(await operator(allow('s3:ListBucket', 'arn:aws:s3:::input'), LOCATIONS, SETTINGS)))).toMatchObject({ objects: { files: 2 } });
  });

  test('accepts one bucket for input and output', async () => {
    put('fhir/Patient.ndjson');
    request = { ...request, OutputS3Uri: 's3://input/results/' };
    expect(factsOf(await inspect(aws.s3Client()))).toEqual({ ...FINE(), encryption: { algorithm: 'AES256', keyId: undefined } });
  });
});

describe('the listing of inspectBuckets', () => {
  test('requests all pages', async () => {
    putMany(2_001);
    expect(factsOf(await inspect())).toMatchObject({ objects: { files: 2_001, totalSize: 20_010, complete: true } });
    expect(aws.router.requests.of('s3', 'ListObjectsV2')).toHaveLength(3);
  });

  test('ends after 1,000 pages', async () => {
    putMany(1_001);
    const s3 = await operator(LIST, LOCATIONS, SETTINGS);
    s3.middlewareStack.add((next, { commandName }) => (args) => {
      Object.assign(args.input, commandName === 'ListObjectsV2Command' && { MaxKeys: 1 } satisfies Partial<ListObjectsV2CommandInput>);
      return next(args);
    }, { step: 'initialize' });
    const findings = await inspect(s3, new AbortController().signal);
    expect(factsOf(findings)).toEqual({ ...FINE(), objects: { ...FINE().objects, files: 1_000, totalSize: 10_000, complete: false } });
    expect(aws.router.requests.of('s3', 'ListObjectsV2')).toHaveLength(1_000);
    expect(judgeBuckets(findings, request))
      .toEqual({ problem: undefined, warnings: [{ warning: 'not all objects of the input were listed', listed: 1_000 }] });
  }, 120_000); // the test makes 1,000 requests

  test.each([
    ['refused', { kind: 'error', error: { name: 'AccessDenied', message: 'Access Denied', status: 403 } }, 'AccessDenied'],
    ['lost', { kind: 'reset-before' }, 'Error'],
    ['answered with a server error', { kind: 'internal' }, 'InternalError'],
  ] as const)('keeps the counts of earlier pages if the request for a page is %s', async (_what, fault, name) => {
    putMany(2_001);
    let pages = 0;
    aws.router.faults.hook = (_service, operation) => (operation === 'ListObjectsV2' && ++pages === 3 ? fault : undefined);
    expect(factsOf(await inspect())).toEqual({
      ...FINE(), objects: expect.objectContaining({ files: 2_000, complete: false, error: expect.objectContaining({ name }) }),
    });
  });

  test('ends when the time budget ends', async () => {
    putMany(3_001);
    const time = new AbortController();
    let pages = 0;
    aws.router.faults.hook = (_service, operation) => {
      if (operation === 'ListObjectsV2' && ++pages === 3) {
        setTimeout(() => time.abort(), 20);
        return { kind: 'delay', ms: 60_000 };
      }
      return undefined;
    };
    expect(factsOf(await inspect(undefined, time.signal))).toMatchObject({
      objects: { files: 2_000, complete: false, error: { name: 'AbortError' } },
    });
    expect(pages).toBe(3);
  });

  test('inspectBuckets makes no call after the time budget has ended', async () => {
    put('fhir/Patient.ndjson');
    expect(Object.values(factsOf(await inspect(undefined, AbortSignal.abort())))).toEqual(Array(5).fill('AbortError'));
    expect(asked()).toEqual([]);
  });
});

describe('inspectBuckets continues with the other S3 calls', () => {
  beforeEach(() => put('fhir/Patient.ndjson'));

  test.each([
    ['the list', [LOCATIONS, SETTINGS], { objects: 'AccessDenied' }],
    ['the list, for another prefix', [allow('s3:ListBucket', 'arn:aws:s3:::input', { StringEquals: { 's3:prefix': 'other/' } }), LOCATIONS, SETTINGS],
      { objects: 'AccessDenied' }],
    ['the locations', [LIST, SETTINGS], { region: 'AccessDenied', outputRegion: 'AccessDenied' }],
    ['the input\'s location', [LIST, SETTINGS, allow('s3:GetBucketLocation', 'arn:aws:s3:::output')], { region: 'AccessDenied' }],
    ['the encryption', [LIST, LOCATIONS, allow('s3:GetBucketPublicAccessBlock', 'arn:aws:s3:::output')], { encryption: 'AccessDenied' }],
    ['the public access block', [LIST, LOCATIONS, allow('s3:GetEncryptionConfiguration', 'arn:aws:s3:::output')], { publicAccessBlock: 'AccessDenied' }],
    ['everything', [], {
      region: 'AccessDenied', objects: 'AccessDenied', outputRegion: 'AccessDenied', encryption: 'AccessDenied', publicAccessBlock: 'AccessDenied',
    }],
  ])('if IAM refuses access to %s', async (_what, statements, refused) => {
    const findings = await inspect(await operator(...statements));
    expect(factsOf(findings)).toEqual({ ...FINE(), ...refused });
    expect(judgeBuckets(findings, request)).toEqual({
      problem: undefined, warnings: Object.keys(refused).map(() => ({ warning: expect.stringMatching(/^could not check/), code: 'AccessDenied' })),
    });
  });
});

describe('a missing bucket', () => {
  test('makes every S3 call of inspectBuckets fail', async () => {
    request = { ...request, input: { InputS3Uri: 's3://no-input/fhir/', Quotas }, OutputS3Uri: 's3://no-output/results/' };
    const findings = await inspect();
    expect(Object.values(factsOf(findings))).toEqual(Array(5).fill('NoSuchBucket'));
    expect(judgeBuckets(findings, request)).toEqual({ problem: expect.stringMatching(/^the input bucket "no-input" does not exist/), warnings: [] });
  });
});

describe('a bucket in another Region', () => {
  beforeEach(() => put('fhir/Patient.ndjson'));

  test.each([ELSEWHERE, 'us-east-1'])('is recognized by the location %s that GetBucketLocation returns', async (region) => {
    input.region = region;
    output.region = region;
    const findings = await inspect();
    expect(factsOf(findings)).toEqual({
      region, objects: 'PermanentRedirect', outputRegion: region, encryption: 'PermanentRedirect', publicAccessBlock: 'PermanentRedirect',
    });
    expect(judgeBuckets(findings, request)).toEqual({
      problem: expect.stringContaining(`the input bucket "input" is in ${region} and the data store in ${REGION}`), warnings: [],
    });
  });

  test.each([
    ['refused', { name: 'AccessDenied', message: 'Access Denied', status: 403 }],
    ['refused for its Region', { name: 'AuthorizationHeaderMalformed', message: `the region '${REGION}' is wrong; expecting '${ELSEWHERE}'`, status: 400 }],
  ])('is recognized by an S3 error if GetBucketLocation is %s', async (_what, error) => {
    output.region = ELSEWHERE;
    aws.router.faults.inject({ service: 's3', operation: 'GetBucketLocation', kind: 'error', error, times: 2 });
    const findings = await inspect(await operator());
    expect(factsOf(findings)).toMatchObject({ region: error.name, outputRegion: ELSEWHERE });
    expect(judgeBuckets(findings, request).problem).toContain(`the output bucket "output" is in ${ELSEWHERE} and the data store in ${REGION}`);
  });
});

describe('the settings of the output bucket', () => {
  beforeEach(() => put('fhir/Patient.ndjson'));

  test.each([
    ['S3\'s own encryption', { algorithm: 'AES256' } as const, { algorithm: 'AES256' }],
    ['the key that AWS manages', { algorithm: 'aws:kms' } as const, { algorithm: 'aws:kms' }],
    ['an alias', { algorithm: 'aws:kms', keyId: 'alias/fhir' } as const, { algorithm: 'aws:kms', keyId: 'alias/fhir' }],
  ])('contain the default encryption: %s', async (_what, encryption, expected) => {
    output.encryption = encryption;
    expect((await inspect()).output.encryption).toEqual({ value: expected });
  });

  test('contain no encryption algorithm if the bucket has no default encryption', async () => {
    const error = { name: 'ServerSideEncryptionConfigurationNotFoundError', message: 'The server side encryption configuration was not found', status: 404 };
    aws.router.faults.inject({ service: 's3', operation: 'GetBucketEncryption', kind: 'error', error });
    expect((await inspect()).output.encryption).toEqual({ value: {} });
  });

  const CLOSED: PublicAccessBlock = { BlockPublicAcls: true, IgnorePublicAcls: true, BlockPublicPolicy: true, RestrictPublicBuckets: true };

  test.each<[what: string, PublicAccessBlock | undefined, expected: boolean]>([
    ['fully on', CLOSED, true],
    ['not there', undefined, false],
    ...Object.keys(CLOSED).map((option) => [`without ${option}`, { ...CLOSED, [option]: false }, false] satisfies [string, PublicAccessBlock, boolean]),
  ])('show whether all options of the public access block are on, in the case "%s"', async (_what, block, expected) => {
    output.publicAccessBlock = block;
    expect((await inspect()).output.publicAccessBlock).toEqual({ value: expected });
  });
});
