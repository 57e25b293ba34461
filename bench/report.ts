import { fork } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { tmpdir } from 'node:os';
import { COUNTED } from '../lambda/report/export/inventory';
import { LocalAws } from '../packages/local-aws/src/aws';
import { QUIET_SDK } from '../packages/local-healthlake/src/quiet-sdk';

const DATASTORE_ID = '6407b9ae4c2def3cb6f1a46a0c599ec0';
const BUCKET = 'results';
const TYPES = ['Patient', 'Observation', 'Encounter', 'Condition'];

/**
 * The limit of the CPU time for each gigabyte of failures, and for counting the largest export that is counted. The report function has one vCPU and about
 * 150 s to read the results, and the limit is a third of these 150 s. The benchmark doesn't limit the wall time, because the wall time depends on the load of the machine.
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

/** The results that the benchmark measures. */
interface Results {
  readonly kind: 'IMPORT' | 'EXPORT';
  readonly fileMegabytes: number;
  /** The sizes of the results that are measured one after the other. The limit of the CPU time is for the last size. */
  readonly megabytes: readonly number[];
  /** Returns the nth line of a file. */
  line(n: number, resourceType: string): object;
}

const failures = (issues: (n: number) => object[]): Results => ({
  kind: 'IMPORT',
  fileMegabytes: 25,
  megabytes: [100, 1000],
  line: (lineId, resourceType) => ({
    lineId,
    resourceId: idOf(lineId),
    resourceType,
    UpdateResourceResponse: { jsonBlob: { resourceType: 'OperationOutcome', issue: issues(lineId) }, statusCode: 400 },
  }),
});

const exported = (fileMegabytes: number): Results => ({
  kind: 'EXPORT',
  fileMegabytes,
  megabytes: [100, COUNTED.bytes / 1e6],
  line: (n, resourceType) => ({ resourceType, id: idOf(n), meta: { lastUpdated: '2026-11-20T00:00:00.000Z' }, text: { div: 'x'.repeat(n % 2_000) } }),
});

const RESULTS: Record<string, Results> = {
  ...Object.fromEntries(Object.entries(MIXES).map(([name, issues]) => [name, failures(issues)])),
  'exported': exported(25),
  'exported in small files': exported(COUNTED.bytes / COUNTED.files / 1e6),
};

function idOf(n: number): string {
  return `3f1c9d2e-8a7b-4c6d-9e0f-${String(n).padStart(12, '0')}`;
}

function fileOfLines(resourceType: string, { fileMegabytes, line: lineOf }: Results): Buffer {
  const body = Buffer.alloc(fileMegabytes * 1e6);
  let at = 0;
  for (let n = 1; ; n++) {
    const line = Buffer.from(`${JSON.stringify(lineOf(n, resourceType))}\n`);
    if (at + line.length > body.length) {
      return body.subarray(0, at);
    }
    line.copy(body, at);
    at += line.length;
  }
}

/** Writes the results of a job into the local S3. The objects share a few buffers to save memory. */
function fill({ s3 }: LocalAws, jobId: string, { kind, fileMegabytes }: Results, megabytes: number, bodies: readonly Buffer[]): void {
  const put = (name: string, body: Buffer) => s3.bucket(BUCKET).put(folderOf(kind, jobId) + name, {
    deleteMarker: false, body, etag: '"0"', lastModified: 0, headers: {}, encryption: { algorithm: 'AES256' },
  });
  if (kind === 'IMPORT') {
    put('Manifest.json', Buffer.from('{"numberOfResourcesScanned":1}'));
  }
  for (let file = 0; file * fileMegabytes < megabytes; file++) {
    const type = file % bodies.length;
    put(`${kind === 'IMPORT' ? 'FAILURE' : TYPES[type]}/${file}.ndjson`, bodies[type]);
  }
}

function folderOf(kind: string, jobId: string): string {
  return `${DATASTORE_ID}-FHIR_${kind}-${jobId}/`;
}

/** Makes one report and measures it. Runs in a separate process. */
async function measure(kind: string, jobId: string, roleArn: string): Promise<Measurement> {
  const { handler } = await import('../lambda/report/index.js');
  let peak = 0; // sampled, because `maxRSS` would include the memory of the parent process
  const sampling = setInterval(() => {
    peak = Math.max(peak, process.memoryUsage.rss());
  }, 10);
  const startedAt = performance.now();
  const cpuBefore = process.cpuUsage();
  const request = { DatastoreId: DATASTORE_ID, JobId: jobId, OutputLocation: `s3://${BUCKET}/${folderOf(kind, jobId)}`, ReportRoleArn: roleArn };
  const answer = await handler(kind === 'EXPORT' ? { ...request, Kind: kind, JobStatus: 'COMPLETED' } : { ...request, InputS3Uri: 's3://input/' },
    { getRemainingTimeInMillis: () => 3_600_000 });
  const { user, system } = process.cpuUsage(cpuBefore);
  clearInterval(sampling);
  const lines = 'why' in answer || !answer.complete ? undefined : answer.kind === 'export' ? answer.resources : answer.failures;
  if (lines === undefined) {
    throw new Error(`the report is incomplete: ${JSON.stringify(answer)}`);
  }
  return {
    lines,
    seconds: (performance.now() - startedAt) / 1000,
    cpuSeconds: (user + system) / 1e6,
    peakMegabytes: peak / 1e6,
  };
}

function print(name: string, { megabytes: sizes }: Results, megabytes: number, { lines, seconds, cpuSeconds, peakMegabytes }: Measurement): void {
  const maxCpuSeconds = MAX_CPU_SECONDS * megabytes / sizes[sizes.length - 1];
  const isMet = cpuSeconds <= maxCpuSeconds && peakMegabytes <= MAX_PEAK_MEGABYTES;
  console.log(`${name}, ${megabytes} MB, ${lines} lines: ${cpuSeconds.toFixed(1)} s of CPU, ${(megabytes / cpuSeconds).toFixed(0)} MB per CPU second, `
    + `${seconds.toFixed(1)} s of wall time, peak memory ${peakMegabytes.toFixed(0)} MB: `
    + `${isMet ? 'within' : 'BEYOND'} the limits of ${maxCpuSeconds} s of CPU and ${MAX_PEAK_MEGABYTES} MB`);
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
  const names = process.argv.slice(2);
  for (const name of names.length > 0 ? names : Object.keys(RESULTS)) {
    const results = RESULTS[name];
    const bodies = TYPES.map((type) => fileOfLines(type, results));
    for (const megabytes of results.megabytes) {
      const jobId = randomUUID().replaceAll('-', '');
      fill(aws, jobId, results, megabytes, bodies);
      const child = fork(__filename, ['measure', results.kind, jobId, arn], { env, stdio: ['ignore', 'ignore', 'inherit', 'ipc'] });
      const ended = once(child, 'exit').then(([code]) => {
        throw new Error(`the measured process exited with ${code} and no result`);
      });
      const [measurement] = await Promise.race([once(child, 'message'), ended]);
      print(name, results, megabytes, measurement);
    }
  }
  await aws.stop();
}

const [, , mode, ...args] = process.argv;
if (mode === 'measure') {
  void measure(args[0], args[1], args[2]).then((measurement) => process.send!(measurement));
} else {
  void main();
}
