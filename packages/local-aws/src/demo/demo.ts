import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { ListObjectsV2Command, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { LocalAws } from '../aws';
import { runCdk } from '../cdk-cli';
import { ProgressBar } from './progress-bar';

const EXAMPLES = resolve(__dirname, '..', '..', '..', '..', 'examples');

/** The factor by which the local AWS runs faster than real time. In real time, the creation of the data store would take minutes. */
const TIME_SCALE = 6;

type Outputs = Record<string, Record<string, string> | undefined>;

export interface DemoOptions {
  /** Whether to import invalid data. The import then fails, and the stack is rolled back. */
  readonly badData: boolean;
}

/** Deploys the quickstart to a local AWS and shows the progress. */
export class Demo {
  private readonly bar: { current?: ProgressBar } = {};

  public constructor(private readonly options: DemoOptions, private readonly out: NodeJS.WriteStream, private readonly signal: AbortSignal) {}

  /** Runs the demo. Returns whether the import ended as expected: an import of bad data must fail, and an import of good data must succeed. */
  public async run(): Promise<boolean> {
    const folder = await mkdtemp(join(tmpdir(), 'fhir-import-demo-'));
    const aws = await LocalAws.start({ timeScale: TIME_SCALE, healthlake: { pace: { resourcesPerSecond: 60, minimumDurationMs: 30_000 } } });
    const s3 = new S3Client({ endpoint: aws.endpoint, region: aws.region, credentials: aws.credentials, forcePathStyle: true });
    try {
      return await this.deploy(aws, s3, folder);
    } finally {
      s3.destroy();
      await aws.stop();
      await rm(folder, { recursive: true, force: true });
    }
  }

  private async deploy(aws: LocalAws, s3: S3Client, folder: string): Promise<boolean> {
    const assembly = join(folder, 'cdk.out');
    this.say(`The local AWS listens on ${aws.endpoint} and runs ${TIME_SCALE} times faster than real time.`);
    // The app command in cdk.json calls npx, which writes into the user's home directory. This command does not.
    const app = `"${process.execPath}" --import tsx app.ts`;
    if (!await this.cdk(aws, folder, ['synth', '--quiet'], ['--app', app, '--output', assembly])) {
      return false;
    }

    const outputsFile = join(folder, 'outputs.json');
    const deploy = async (stack: string) =>
      this.cdk(aws, folder, ['deploy', stack], ['--exclusively', '--app', assembly, '--outputs-file', outputsFile, '--progress', 'events',
        '--require-approval', 'never']);
    if (!await deploy('Data')) {
      return false;
    }
    const { InputBucketName: input, OutputBucketName: output } = (await readOutputs(outputsFile)).Data!;

    const sample = join(EXAMPLES, 'data', this.options.badData ? 'bad' : 'synthea');
    const uploaded = await upload(s3, sample, input, 'input/');
    this.say(`Uploaded ${uploaded.files} files with ${uploaded.lines} lines to s3://${input}/input/.`);

    const bar = new ProgressBar(this.out, uploaded.lines);
    this.bar.current = bar;
    const stopObserving = aws.healthlake.healthLake.observe((event) => bar.show(event));
    await deploy('Import');
    stopObserving();

    this.say(`In the output bucket s3://${output}/:`, ...await list(s3, output));
    return this.conclude(aws);
  }

  private conclude({ healthlake: { healthLake }, cloudformation }: LocalAws): boolean {
    const expected = this.options.badData
      ? { job: 'COMPLETED_WITH_ERRORS', stack: 'ROLLBACK_COMPLETE', text: 'The import failed and its stack was rolled back' }
      : { job: 'COMPLETED', stack: 'CREATE_COMPLETE', text: 'The data is in the data store' };
    const jobs = healthLake.datastoreProperties().flatMap(({ DatastoreId: id }) => healthLake.importJobs(id!).map(({ JobStatus: status }) => status));
    const stack = cloudformation.stacks.find('Import')?.status;
    const isExpected = jobs.join() === expected.job && stack === expected.stack;
    this.say(isExpected ? `${expected.text}, as expected.` : `Not as expected: import jobs ${jobs.join() || 'none'}, stack ${stack}.`);
    return isExpected;
  }

  /** Prints a CDK command as a user would type it, and runs it with extra options that only the demo needs. */
  private async cdk(aws: LocalAws, folder: string, typed: readonly string[], options: readonly string[]): Promise<boolean> {
    this.say(`$ npx cdk ${typed.join(' ')}`);
    const { exitCode } = await runCdk([...typed, ...options, '--no-notices', '--ci'], {
      cwd: join(EXAMPLES, 'typescript', 'quickstart'),
      env: aws.cliEnvironment(join(folder, 'home')),
      onLine: (line) => {
        this.bar.current?.clear();
        this.out.write(`${line}\n`);
      },
      signal: this.signal,
    });
    return exitCode === 0;
  }

  private say(...lines: string[]): void {
    this.bar.current?.clear();
    this.out.write(`\n${lines.join('\n')}\n`);
  }
}

async function readOutputs(file: string): Promise<Outputs> {
  return JSON.parse(await readFile(file, 'utf8')) as Outputs;
}

/** Uploads the NDJSON files of a folder. Returns how many files and lines it has uploaded. */
async function upload(s3: S3Client, folder: string, bucket: string, prefix: string): Promise<{ files: number; lines: number }> {
  const names = (await readdir(folder)).filter((name) => name.endsWith('.ndjson'));
  let lines = 0;
  for (const name of names) {
    const body = await readFile(join(folder, name));
    lines += body.toString().split('\n').filter((line) => line !== '').length;
    await s3.send(new PutObjectCommand({ Bucket: bucket, Key: `${prefix}${name}`, Body: body }));
  }
  return { files: names.length, lines };
}

/** Returns one line for each object in a bucket: its size and its key. */
async function list(s3: S3Client, bucket: string): Promise<string[]> {
  const { Contents: objects = [] } = await s3.send(new ListObjectsV2Command({ Bucket: bucket }));
  return objects.map(({ Key, Size }) => `${String(Size).padStart(10)}  ${Key}`);
}
