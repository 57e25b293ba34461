import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { CloudFormationClient, CreateStackCommand, DeleteStackCommand, waitUntilStackDeleteComplete } from '@aws-sdk/client-cloudformation';
import { ListBucketsCommand, ListObjectsV2Command, S3Client } from '@aws-sdk/client-s3';
import { LocalAws } from '../../packages/local-aws/src/aws';
import { jsonBody, jsonResponse, targetOperation } from '../../packages/local-healthlake/src/http/json';
import { LINE, NEVER_OBSERVED } from '../../scripts/integ-aws/lines';

jest.setTimeout(420_000);

const PROJECT = resolve(__dirname, '..', '..');

const FOREIGN_STACK = { Resources: { Theirs: { Type: 'AWS::SSM::Parameter', Properties: { Type: 'String', Value: 'x' } } } };

/** Runs `npm run integ:aws` against the local AWS. The local AWS behaves as docs/unverified.md assumes, so the run confirms most assumptions. */
describe('npm run integ:aws', () => {
  let folder: string;
  let aws: LocalAws;
  let s3: S3Client;
  let cloudformation: CloudFormationClient;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'integ-aws-test-'));
    aws = await LocalAws.start({ timeScale: 20 });
    scheduleKeyDeletions(aws);
    const config = { endpoint: aws.endpoint, region: aws.region, credentials: aws.credentials };
    s3 = new S3Client({ ...config, forcePathStyle: true });
    cloudformation = new CloudFormationClient(config);
  });

  afterAll(async () => {
    s3.destroy();
    cloudformation.destroy();
    await aws.stop();
    await rm(folder, { recursive: true, force: true });
  });

  async function integAws(...args: string[]): Promise<{ exitCode: number; output: string }> {
    const inherited = Object.entries(process.env).filter(([name]) => !/^(AWS_|CDK_|https?_proxy$|all_proxy$)/i.test(name));
    const child = spawn(process.execPath, ['--import', 'tsx', 'scripts/integ-aws/main.ts', ...args], {
      cwd: PROJECT,
      env: { ...Object.fromEntries(inherited), NO_COLOR: '1', ...aws.cliEnvironment(join(folder, 'home')) },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let output = '';
    [child.stdout, child.stderr].forEach((stream) => stream.on('data', (chunk) => {
      output += chunk;
    }));
    const [exitCode] = await once(child, 'close') as [number];
    return { exitCode, output };
  }

  async function keys(bucket: string): Promise<string[]> {
    const { Contents: objects = [] } = await s3.send(new ListObjectsV2Command({ Bucket: bucket }));
    return objects.map(({ Key: key }) => key!);
  }

  test.each([
    [[], 'name the account'],
    [['--account', '999999999999', '--yes'], 'these credentials are of the account 123456789012'],
    [['--account', '123456789012'], 'add --yes'],
    [['--account', '123456789012', '--destroy'], 'add --yes'],
  ])('the script prints what it would do and deploys nothing if its arguments are %j', async (args, reason) => {
    const { exitCode, output } = await integAws(...args);
    expect(exitCode).toBe(2);
    expect(output).toContain(reason);
    expect(output).toContain(args.includes('--destroy') ? 'deletes the stacks' : '$0.27 an hour');
    expect(aws.cloudformation.stacks.all()).toEqual([]);
  });

  test('the script fails and leaves an existing stack "Data" unchanged if the stack lacks the tag of integ:aws', async () => {
    const { StackId: id } = await cloudformation.send(new CreateStackCommand({ StackName: 'Data', TemplateBody: JSON.stringify(FOREIGN_STACK) }));
    for (const option of [[], ['--destroy']]) {
      const { exitCode, output } = await integAws('--account', aws.accountId, '--yes', ...option);
      expect(output).toContain('the account has a stack "Data" without the tag');
      expect(exitCode).toBe(1);
    }
    expect(aws.cloudformation.stacks.get('Data').status).toBe('CREATE_COMPLETE');
    await cloudformation.send(new DeleteStackCommand({ StackName: id }));
    await waitUntilStackDeleteComplete({ client: cloudformation, maxWaitTime: 30, minDelay: 1, maxDelay: 1 }, { StackName: id });
  });

  test('the script deploys the stacks and prints for each row of docs/unverified.md whether AWS behaves as assumed', async () => {
    const { exitCode, output } = await integAws('--account', aws.accountId, '--yes');
    expect({ exitCode, output }).toMatchObject({ exitCode: 0 });

    const kinds = Object.values(LINE).map((id) => [id, new RegExp(`^${id} .*\\n +([a-z ]+): .`, 'm').exec(output)?.[1]]);
    const idsOf = (kind: string) => kinds.filter(([, seen]) => seen === kind).map(([id]) => id);
    // AWS is assumed to fail a job with archived objects, but the local HealthLake can read them. Its endpoint is not an address on AWS.
    expect(idsOf('otherwise')).toEqual([LINE.unreadableFile, LINE.endpointForm]);
    expect(idsOf('not observed')).toEqual(Object.values(LINE).filter((id) =>
      id in NEVER_OBSERVED || id === LINE.jobsStayListed || id === LINE.jobsStayDescribed)); // these two rows need a job that is older than this run
    expect(kinds.filter(([, seen]) => seen === undefined)).toEqual([]);
  });

  test('the script leaves only the sample data in the input bucket', async () => {
    const input = String(aws.cloudformation.stacks.get('Data').outputs.find(({ key }) => key === 'InputBucketName')?.value);
    const sample = (await readdir(join(PROJECT, 'examples', 'data', 'synthea'))).filter((name) => name.endsWith('.ndjson'));
    expect(await keys(input)).toEqual(sample.map((name) => `input/${name}`).sort());
  });

  test('--destroy deletes everything that costs money', async () => {
    const { exitCode, output } = await integAws('--account', aws.accountId, '--yes', '--destroy');
    expect({ exitCode, output }).toMatchObject({ exitCode: 0 });
    expect(output).toContain('aws logs delete-log-group --log-group-name Import-');

    expect(aws.cloudformation.stacks.live()).toEqual([]);
    const { Buckets: buckets = [] } = await s3.send(new ListBucketsCommand());
    expect(buckets.map(({ Name: name }) => name)).toEqual([expect.stringMatching(/^cdk-hnb659fds-assets-/)]);
    expect(aws.healthlake.healthLake.datastoreProperties()).toMatchObject([{ DatastoreStatus: expect.stringMatching(/^DELET/) }]);
    const key = /the key (\S+) is deleted in 7 days/.exec(output)?.[1] ?? '';
    expect(aws.kms.keys.get(key).deletionDate).toBeGreaterThan(aws.clock.now());
  });

  test('--destroy succeeds when everything is already deleted', async () => {
    const { exitCode, output } = await integAws('--account', aws.accountId, '--yes', '--destroy');
    expect(exitCode).toBe(0);
    expect(output).toContain('there is no stack Data');
  });
});

/** Adds ScheduleKeyDeletion to the HTTP API of the local KMS. By default, only the local CloudFormation can schedule the deletion of a key. */
function scheduleKeyDeletions(aws: LocalAws): void {
  aws.router.register('kms', {
    handle: async (request) => {
      if (targetOperation(request) !== 'ScheduleKeyDeletion') {
        return aws.kms.handle(request);
      }
      const { KeyId: id, PendingWindowInDays: days } = jsonBody(request) as { KeyId: string; PendingWindowInDays: number };
      aws.kms.keys.scheduleDeletion(aws.kms.keys.get(id), days * 86_400_000);
      return jsonResponse(request, { KeyId: id, PendingWindowInDays: days });
    },
  });
}
