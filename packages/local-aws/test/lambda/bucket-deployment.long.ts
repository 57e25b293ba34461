import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { zipSync } from 'fflate';
import { describeWithPython } from './python';
import { RESPONSE_HOST } from '../../src/lambda/lambda';
import { allow, Foundation, putObject } from '../foundation';

jest.setTimeout(180_000);

const CDK = dirname(require.resolve('aws-cdk-lib/package.json'));
const HANDLER = readFileSync(join(CDK, 'custom-resource-handlers/dist/aws-s3-deployment/bucket-deployment-handler/index.py'), 'utf8');
const LAYER = readFileSync(join(dirname(require.resolve('@aws-cdk/asset-awscli-v1/package.json')), 'lib/layer.zip'));

/** The name of an interpreter that no machine has. */
const NO_PYTHON = 'no-python';

const zip = (files: Record<string, string>) =>
  Buffer.from(zipSync(Object.fromEntries(Object.entries(files).map(([name, text]) => [name, Buffer.from(text)]))));

const ZIPS = {
  'first.zip': zip({ 'a.ndjson': '{"id":"a1"}\n', 'sub/b.ndjson': '{"id":"b"}\n', 'own.txt': 'of <<who>>, é' }),
  'more.zip': zip({ 'c.json': '{"who":"<<who>>"}', 'empty.ndjson': '' }),
  'second.zip': zip({ 'a.ndjson': '{"id":"a2"}\n', 'drafts/d.ndjson': '{}', 'drafts/kept.ndjson': '{}' }),
};

const sources = (...keys: (keyof typeof ZIPS)[]) => ({ SourceBucketNames: keys.map(() => 'assets'), SourceObjectKeys: keys });

/** The role of a BucketDeployment, which can't write into the bucket `denied`. */
const ROLE = [
  allow('s3:GetObject*', 'arn:aws:s3:::assets/*'),
  allow(['s3:List*', 's3:GetBucket*', 's3:PutObject', 's3:DeleteObject*'], ['arn:aws:s3:::files', 'arn:aws:s3:::files/*']),
];

/** A local AWS with the function of a BucketDeployment. */
class Deployment {
  public static async start(python?: string): Promise<Deployment> {
    const aws = await Foundation.start({ python });
    Object.entries(ZIPS).forEach(([key, body]) => putObject(aws.local, 'assets', key, body));
    putObject(aws.local, 'layers', 'layer.zip', LAYER);
    const layer = await aws.createResource('AWS::Lambda::LayerVersion', { Content: { S3Bucket: 'layers', S3Key: 'layer.zip' } });
    ['files', 'denied'].forEach((bucket) => aws.s3.createBucket(bucket));
    const arn = await aws.function('deploying', HANDLER, {
      Runtime: 'python3.13', Role: aws.functionRole('deploying', ROLE), Timeout: 900, Layers: [layer.physicalId],
    });
    return new Deployment(aws, arn);
  }

  private constructor(public readonly aws: Foundation, private readonly arn: string) {}

  /** Sends a request of CloudFormation to the function. Returns the function's answer and the objects in the bucket `files`. */
  public async request(RequestType: string, properties: object, oldProperties?: object) {
    let answer = '';
    this.aws.router.registerUnsigned('/answer', {
      handle: ({ body }) => {
        answer = body.toString();
        return Promise.resolve({ status: 200 });
      },
    });
    const event = {
      RequestType,
      ResponseURL: `https://${RESPONSE_HOST}/answer?sig=1`,
      StackId: 'stack',
      RequestId: randomUUID(),
      LogicalResourceId: 'Files',
      ...(RequestType !== 'Create' && { PhysicalResourceId: 'physical-id' }),
      ResourceProperties: { DestinationBucketName: 'files', ...sources('first.zip'), ...properties },
      ...(oldProperties && { OldResourceProperties: { DestinationBucketName: 'files', ...oldProperties } }),
    };
    expect(await this.aws.lambda.invoke(this.aws.iam.admin, this.arn, event)).toEqual({ payload: null });
    const { RequestId, ...comparable } = JSON.parse(answer);
    expect(RequestId).toBe(event.RequestId);
    return { answer: withoutRandomNames(comparable), objects: await this.objects() };
  }

  private async objects(): Promise<Record<string, string>> {
    const { s3, iam } = this.aws;
    const keys = [...s3.context.buckets.get('files').keys()];
    return Object.fromEntries(await Promise.all(keys.sort().map(async (key) => [key, (await s3.getObject(iam.admin, 'files', key)).toString()])));
  }
}

/** Replaces the random parts of an answer: the names of temporary files and of log streams, and new ids. */
function withoutRandomNames({ Reason, PhysicalResourceId, ...answer }: Record<string, string>) {
  return {
    ...answer,
    Reason: Reason.replace(/'\/(?!opt\/)[^']*'/g, 'TEMPORARY').replace(/\[\$LATEST\].*/, 'STREAM'),
    PhysicalResourceId: PhysicalResourceId.replace(/[0-9a-f]{8}-.*/, 'UUID').replace(/\[\$LATEST\].*/, 'STREAM'),
  };
}

type Result = Awaited<ReturnType<Deployment['request']>>;

/** Sends requests that use everything that the stand-in emulates. Returns their results. */
async function life(deployment: Deployment): Promise<Record<string, Result>> {
  const { aws } = deployment;
  const bucket = aws.s3.context.buckets.get('files');
  const markers = { SourceMarkers: [{ '<<who>>': 'Zoë' }, { '<<who>>': 'a "quoted" Zoë' }], SourceMarkersConfig: [{}, { jsonEscape: 'true' }] };
  const first = { ...sources('first.zip', 'more.zip'), DestinationBucketKeyPrefix: 'fhir/1', Prune: 'false' };
  const second = { ...sources('second.zip'), DestinationBucketKeyPrefix: 'fhir/1', Prune: 'true' };
  const packed = { ...sources('more.zip'), DestinationBucketKeyPrefix: '/', Prune: 'false', Extract: 'false', OutputObjectKeys: 'false' };
  const moved = { ...second, DestinationBucketKeyPrefix: 'fhir/2/', RetainOnDelete: 'false' };
  putObject(aws.local, 'files', 'fhir/1/older.ndjson', Buffer.from('old'));
  putObject(aws.local, 'files', 'fhir/10/other.ndjson', Buffer.from('other'));

  const results: Record<string, Result> = {};
  results.create = await deployment.request('Create', { ...first, ...markers });
  results.prune = await deployment.request('Update', { ...second, Exclude: ['*.txt', 'drafts/*'], Include: ['drafts/kept.*'] }, first);
  results.pack = await deployment.request('Update', packed, second);
  results.move = await deployment.request('Update', moved, second);
  results.retain = await deployment.request('Delete', { ...moved, RetainOnDelete: 'true', DestinationBucketArn: 'arn:aws:s3:::files' });
  bucket.tags = [{ Key: 'aws-cdk:cr-owned:fhir/2/:abcd', Value: 'true' }];
  results.owned = await deployment.request('Delete', moved);
  bucket.tags = [];
  results.remove = await deployment.request('Delete', moved);
  results.denied = await deployment.request('Create', { DestinationBucketName: 'denied', DestinationBucketKeyPrefix: 'fhir' });
  results.missing = await deployment.request('Update', { SourceBucketNames: ['assets'], SourceObjectKeys: ['missing.zip'] });
  return results;
}

describe('the stand-in for the function of a BucketDeployment', () => {
  let standIn: Deployment;
  let results: Record<string, Result>;

  beforeAll(async () => {
    standIn = await Deployment.start(NO_PYTHON);
    results = await life(standIn);
  });
  afterAll(() => standIn.aws.close());

  test('answers like the real function', () => {
    const answers = Object.entries(results).map(([request, { answer }]) => [request, answer.Reason.replace(/^See.*/, 'succeeded')]);
    expect(Object.fromEntries(answers)).toEqual({
      create: 'succeeded',
      prune: 'succeeded',
      pack: 'succeeded',
      move: 'succeeded',
      retain: 'succeeded',
      owned: 'succeeded',
      remove: 'succeeded',
      denied: commandFailed("'s3', 'sync', '--delete', TEMPORARY, 's3://denied/fhir'"),
      missing: commandFailed("'s3', 'cp', 's3://assets/missing.zip', TEMPORARY"),
    });
  });

  test('leaves the objects that the real function leaves', () => {
    const other = { 'fhir/10/other.ndjson': 'other' };
    const pruned = { ...other, 'fhir/1/a.ndjson': '{"id":"a2"}\n', 'fhir/1/drafts/kept.ndjson': '{}', 'fhir/1/own.txt': 'of Zoë, é' };
    const packed = { ...other, 'more.zip': ZIPS['more.zip'].toString() };
    const moved = { ...packed, 'fhir/2/a.ndjson': '{"id":"a2"}\n', 'fhir/2/drafts/d.ndjson': '{}', 'fhir/2/drafts/kept.ndjson': '{}' };
    expect(Object.fromEntries(Object.entries(results).map(([request, { objects }]) => [request, objects]))).toEqual({
      create: {
        ...other,
        'fhir/1/a.ndjson': '{"id":"a1"}\n',
        'fhir/1/c.json': '{"who":"a \\"quoted\\" Zo\\u00eb"}',
        'fhir/1/empty.ndjson': '',
        'fhir/1/older.ndjson': 'old',
        'fhir/1/own.txt': 'of Zoë, é',
        'fhir/1/sub/b.ndjson': '{"id":"b"}\n',
      },
      prune: pruned,
      pack: { ...pruned, ...packed },
      move: moved,
      retain: moved,
      owned: moved,
      remove: packed,
      denied: packed,
      missing: packed,
    });
  });

  test('fails if a deployment needs what the stand-in lacks', async () => {
    const { answer } = await standIn.request('Create', { SystemMetadata: { 'content-type': 'text/plain' } });
    expect(answer).toMatchObject({ Status: 'FAILED', Reason: 'the local AWS deploys no SystemMetadata without Python, install python3 and boto3' });
  });

  describeWithPython('and the real function', () => {
    test('answer alike and leave the same objects', async () => {
      const real = await Deployment.start();
      try {
        expect(await life(real)).toEqual(results);
      } finally {
        await real.aws.close();
      }
    });
  });
});

function commandFailed(args: string): string {
  return `Command '['/opt/awscli/aws', ${args}]' returned non-zero exit status 1.`;
}
