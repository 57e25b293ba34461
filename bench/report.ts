import { fork } from 'node:child_process';
import { once } from 'node:events';
import { tmpdir } from 'node:os';
import { LocalAws } from '../packages/local-aws/src/aws';
import { QUIET_SDK } from '../packages/local-healthlake/src/quiet-sdk';

const DATASTORE_ID = '6407b9ae4c2def3cb6f1a46a0c599ec0';
const BUCKET = 'results';
const FILE_MEGABYTES = 25;
const TYPES = ['Patient', 'Observation', 'Encounter', 'Condition'];

/**
 * The limit of the CPU time for each gigabyte of failures. The report function has one vCPU and about 150 s to read the results, and the limit is a third
 * of these 150 s. The benchmark doesn't limit the wall time, because the wall time depends on the load of the machine.
 */
const MAX_CPU_SECONDS = 50;

const MAX_PEAK_MEGABYTES = 300;

/** The time and memory that the report function used for one report. */
interface Measurement {
  readonly lines: number;
  readonly seconds: number;
  readonly cpuSeconds: number;
  readonly peakMegabytes: number;
}

const STRICT_ISSUES = [
  ...['telecom', 'gender', 'birthDate', 'address', 'maritalStatus'].map((name) => ({ ...issue(`Unrecognised property '@${name}'`), location: ['/Observation'] })),
  ...['status', 'subject', 'code', 'effective[x]'].map((name) => ({
    ...issue(`Profile http://hl7.org/fhir/StructureDefinition/Observation, Element 'Observation.${name}': minimum required = 1, but only found 0`),
    location: ['Observation'],
  })),
  { severity: 'information', code: 'processing', diagnostics: 'Unknown extension http://example.org/extension', location: ['Observation.extension[3]'] },
];

/** The kinds of failures that the benchmark measures. Each function returns the issues of the nth failed line. */
const MIXES: Record<string, (n: number) => object[]> = {
  /** Each line has one of three error texts of HealthLake. */
  alike: (n) => [issue([
    'Missing required id field in resource json',
    'Invalid JSON found in input file',
    '1 validation error detected: Value at \'resourceId\' failed to satisfy constraint: Member must satisfy regular expression pattern: [A-Za-z0-9-.]{1,64}',
  ][n % 3])],
  /** Each line has one validator text. The text quotes the resource, so no two lines have the same text. */
  quoting: (n) => [issue(`The value provided ('code ${n}') is not in the value set http://hl7.org/fhir/ValueSet/administrative-gender, `
    + 'and a code is required from this value set)')],
  /** Each line has several validator texts that the report function recognizes. */
  strict: (n) => STRICT_ISSUES.filter((_, i) => (n * (i + 7)) % 11 < 4),
  /** Each line has one to five issues, with texts that the report function doesn't recognize. */
  various: (n) => Array.from({ length: 1 + n % 5 }, (_, i) => ({ ...issue(`Never heard of ${n}-${i} "before"`), location: [`Patient.name[${n % 7}]`] })),
};

function issue(diagnostics: string): object {
  return { severity: 'error', code: 'processing', diagnostics };
}

function fileOfLines(resourceType: string, issues: (n: number) => object[]): Buffer {
  const body = Buffer.alloc(FILE_MEGABYTES * 1e6);
  let at = 0;
  for (let lineId = 1; ; lineId++) {
    const line = Buffer.from(`${JSON.stringify({
      lineId,
      resourceId: `3f1c9d2e-8a7b-4c6d-9e0f-${String(lineId).padStart(12, '0')}`,
      resourceType,
      UpdateResourceResponse: { jsonBlob: { resourceType: 'OperationOutcome', issue: issues(lineId) }, statusCode: 400 },
    })}\n`);
    if (at + line.length > body.length) {
      return body.subarray(0, at);
    }
    line.copy(body, at);
    at += line.length;
  }
}

/** Writes the results of a job into the local S3. The objects share a few buffers to save memory. */
function fill({ s3 }: LocalAws, jobId: string, megabytes: number, bodies: readonly Buffer[]): void {
  const put = (name: string, body: Buffer) => s3.bucket(BUCKET).put(folderOf(jobId) + name, {
    deleteMarker: false, body, etag: '"0"', lastModified: 0, headers: {}, encryption: { algorithm: 'AES256' },
  });
  put('Manifest.json', Buffer.from('{"numberOfResourcesScanned":1}'));
  for (let file = 0; file * FILE_MEGABYTES < megabytes; file++) {
    put(`FAILURE/${file}.ndjson`, bodies[file % bodies.length]);
  }
}

function folderOf(jobId: string): string {
  return `${DATASTORE_ID}-FHIR_IMPORT-${jobId}/`;
}

/** Makes one report and measures it. Runs in a separate process. */
async function measure(jobId: string, roleArn: string): Promise<Measurement> {
  const { handler } = await import('../lambda/report/index.js');
  let peak = 0; // sampled, because `maxRSS` would include the memory of the parent process
  const sampling = setInterval(() => {
    peak = Math.max(peak, process.memoryUsage.rss());
  }, 10);
  const startedAt = performance.now();
  const cpuBefore = process.cpuUsage();
  const answer = await handler({
    DatastoreId: DATASTORE_ID, JobId: jobId, OutputLocation: `s3://${BUCKET}/${folderOf(jobId)}`, InputS3Uri: 's3://input/', ReportRoleArn: roleArn,
  }, { getRemainingTimeInMillis: () => 3_600_000 });
  const { user, system } = process.cpuUsage(cpuBefore);
  clearInterval(sampling);
  if (answer.kind !== 'report' || !answer.complete) {
    throw new Error(`the report is incomplete: ${JSON.stringify(answer)}`);
  }
  return {
    lines: answer.failures,
    seconds: (performance.now() - startedAt) / 1000,
    cpuSeconds: (user + system) / 1e6,
    peakMegabytes: peak / 1e6,
  };
}

function print(mix: string, megabytes: number, { lines, seconds, cpuSeconds, peakMegabytes }: Measurement): void {
  const isMet = cpuSeconds * 1000 / megabytes <= MAX_CPU_SECONDS && peakMegabytes <= MAX_PEAK_MEGABYTES;
  console.log(`${mix}, ${megabytes} MB, ${lines} lines: ${cpuSeconds.toFixed(1)} s of CPU, ${(megabytes / cpuSeconds).toFixed(0)} MB per CPU second, `
    + `${seconds.toFixed(1)} s of wall time, peak memory ${peakMegabytes.toFixed(0)} MB: `
    + `${isMet ? 'within' : 'BEYOND'} the limits of ${MAX_CPU_SECONDS} s of CPU per gigabyte and ${MAX_PEAK_MEGABYTES} MB`);
}

async function main(): Promise<void> {
  Object.assign(process.env, QUIET_SDK);
  const aws = await LocalAws.start();
  aws.s3.createBucket(BUCKET);
  const { arn } = await aws.iam.createRole('report', {
    trustPolicy: { Version: '2012-10-17', Statement: [{ Effect: 'Allow', Principal: { AWS: aws.iam.admin.arn }, Action: 'sts:AssumeRole' }] },
    inlinePolicies: { all: { Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action: 's3:*', Resource: '*' }] } },
    managedPolicyArns: [],
  });
  const env = { ...process.env, ...aws.cliEnvironment(tmpdir()) };
  const mixes = process.argv.slice(2);
  for (const mix of mixes.length > 0 ? mixes : Object.keys(MIXES)) {
    const bodies = TYPES.map((type) => fileOfLines(type, MIXES[mix]));
    for (const megabytes of [100, 1000]) {
      const jobId = `${megabytes}`.padStart(32, mix.charCodeAt(0).toString(16));
      fill(aws, jobId, megabytes, bodies);
      const child = fork(__filename, ['measure', jobId, arn], { env, stdio: ['ignore', 'ignore', 'inherit', 'ipc'] });
      const ended = once(child, 'exit').then(([code]) => {
        throw new Error(`the measured process exited with ${code} and no result`);
      });
      const [measurement] = await Promise.race([once(child, 'message'), ended]);
      print(mix, megabytes, measurement);
    }
  }
  await aws.stop();
}

const [, , mode, ...args] = process.argv;
if (mode === 'measure') {
  void measure(args[0], args[1]).then((measurement) => process.send!(measurement));
} else {
  void main();
}
