import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { App, CfnOutput, CustomResource, Duration, RemovalPolicy, Stack } from 'aws-cdk-lib';
import { Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Code, Function as LambdaFunction, Runtime } from 'aws-cdk-lib/aws-lambda';
import { Bucket } from 'aws-cdk-lib/aws-s3';
import { StringParameter } from 'aws-cdk-lib/aws-ssm';
import { Provider } from 'aws-cdk-lib/custom-resources';
import { LocalAws } from '../../src/aws';
import { runCdk, type CdkRun } from '../../src/cdk-cli';

// Each run of the real CLI takes some seconds, because it polls in real time.
jest.setTimeout(120_000);

const TIME_SCALE = 30;

const CODE = `
exports.onEvent = async ({ RequestType, ResourceProperties, PhysicalResourceId }) => ({
  PhysicalResourceId: RequestType === 'Delete' ? PhysicalResourceId : 'thing-of-' + ResourceProperties.bucket,
});
let polls = 0;
exports.isComplete = async ({ RequestType, ResourceProperties: { version } }) => {
  if (RequestType === 'Delete') return { IsComplete: true };
  if (version === 'bad') throw new Error('version bad is not good');
  polls += 1;
  return polls % 2 === 0 ? { IsComplete: true, Data: { Version: version } } : { IsComplete: false };
};
`;

let aws: LocalAws;
let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'cloudformation-cdk-'));
  aws = await LocalAws.start({ timeScale: TIME_SCALE });
});

afterAll(async () => {
  await aws.stop();
  await rm(folder, { recursive: true, force: true });
});

/** Synthesizes two stacks with a reference between them. Returns the directory of the cloud assembly. */
function synth(version: string): string {
  const app = new App({ outdir: join(folder, `cdk.out-${version}`), analyticsReporting: false });
  const data = new Stack(app, 'Data');
  const bucket = new Bucket(data, 'Bucket', { removalPolicy: RemovalPolicy.DESTROY });

  const main = new Stack(app, 'Main');
  const role = new Role(main, 'Role', { assumedBy: new ServicePrincipal('healthlake.amazonaws.com') });
  bucket.grantRead(role);
  const code = Code.fromInline(CODE);
  const handler = (name: string): LambdaFunction => new LambdaFunction(main, name, { code, handler: `index.${name}`, runtime: Runtime.NODEJS_22_X });
  const provider = new Provider(main, 'Provider', {
    onEventHandler: handler('onEvent'), isCompleteHandler: handler('isComplete'), queryInterval: Duration.seconds(10), totalTimeout: Duration.minutes(5),
  });
  const thing = new CustomResource(main, 'Thing', {
    serviceToken: provider.serviceToken, resourceType: 'Custom::Thing', properties: { version, bucket: bucket.bucketName },
  });
  const parameter = new StringParameter(main, 'Parameter', { parameterName: '/thing/version', stringValue: thing.getAttString('Version') });
  new CfnOutput(main, 'Version', { value: parameter.stringValue });
  return app.synth().directory;
}

async function cdk(...args: string[]): Promise<CdkRun> {
  return runCdk([...args, '--no-notices', '--ci'], { cwd: folder, env: aws.cliEnvironment(join(folder, 'home')), pollScale: TIME_SCALE });
}

async function deploy(version: string): Promise<CdkRun> {
  return cdk('deploy', '--all', '--app', synth(version), '--require-approval', 'never');
}

/** Fails the test if the CLI failed. The error shows the output of the CLI. */
function expectSuccess({ exitCode, output }: CdkRun): void {
  expect(exitCode === 0 ? 'succeeded' : output).toBe('succeeded');
}

test('the unmodified CDK CLI deploys, diffs, updates, rolls back and destroys stacks', async () => {
  const created = await deploy('1');
  expectSuccess(created);
  expect(created.output).toContain('Main.Version = 1');
  expect(created.output).not.toContain('NodeVersionSupportWarning');
  const bucket = aws.cloudformation.stacks.get('Data').resources.get('Bucket83908E77')?.physicalId;
  expect(aws.cloudformation.stacks.get('Main').resources.get('Thing')?.physicalId).toBe(`thing-of-${bucket}`);
  expect(aws.ssm.get('/thing/version')?.value).toBe('1');

  const unchanged = await deploy('1');
  expectSuccess(unchanged);
  expect(unchanged.output).toContain('Main (no changes)');

  const diff = await cdk('diff', '--app', synth('2'));
  expectSuccess(diff);
  expect(diff.output).toMatch(/\[~\] Custom::Thing Thing[^]*\[-\] 1[^]*\[\+\] 2/);
  expect(diff.output).toContain('Number of stacks with differences: 1');

  const updated = await deploy('2');
  expectSuccess(updated);
  expect(aws.ssm.get('/thing/version')?.value).toBe('2');

  const failed = await deploy('bad');
  expect(failed.exitCode).toBe(1);
  expect(failed.output).toContain('version bad is not good');
  expect(failed.output).toMatch(/Logs from \/aws\/lambda\/Main-ProviderframeworkonEvent/);
  expect(aws.router.requests.of('logs', 'FilterLogEvents').map(({ status }) => status)).toEqual([200]);
  expect(aws.cloudformation.stacks.get('Main').status).toBe('UPDATE_ROLLBACK_COMPLETE');
  expect(aws.ssm.get('/thing/version')?.value).toBe('2');

  const destroyed = await cdk('destroy', '--all', '--force', '--app', synth('2'));
  expectSuccess(destroyed);
  expect(aws.cloudformation.stacks.live()).toEqual([]);
  expect(aws.ssm.get('/thing/version')).toBeUndefined();
});
