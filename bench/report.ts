import { fork } from 'child_process';
import { once } from 'events';
import { mkdtempSync, rmSync } from 'fs';
import { tmpdir } from 'os';
import { join } from 'path';
import { buildSync } from 'esbuild';
import { LocalAws } from '../packages/local-aws/src/aws';

const DATASTORE_ID = '6407b9ae4c2def3cb6f1a46a0c599ec0';
const BUCKET = 'results';

/** What a run of a measured process says. */
interface Measurement {
  readonly lines: number;
  readonly seconds: number;
  readonly cpuSeconds: number;
  readonly peakMegabytes: number;
}

const POOL = [
  ...['telecom', 'gender', 'birthDate', 'address', 'maritalStatus'].map((name) => ({ ...issue(`Unrecognised property '@${name}'`), location: ['/Observation'] })),
  ...['status', 'subject', 'code', 'effective[x]'].map((name) => ({
    ...issue(`Profile http://hl7.org/fhir/StructureDefinition/Observation, Element 'Observation.${name}': minimum required = 1, but only found 0`),
    location: ['Observation'],
  })),
  { severity: 'information', code: 'processing', diagnostics: 'Unknown extension http://example.org/extension', location: ['Observation.extension[3]'] },
];
const TYPES = ['Patient', 'Observation', 'Encounter', 'Condition'];
const ISSUES: Record<string, (n: number) => object[]> = {
  /** HealthLake's own texts: three kinds of failures. */
  alike: (n) => [issue([
    'Missing required id field in resource json',
    'Invalid JSON found in input file',
    '1 validation error detected: Value at \'resourceId\' failed to satisfy constraint: Member must satisfy regular expression pattern: [A-Za-z0-9-.]{1,64}',
  ][n % 3])],
  /** A validator's text that quotes the resource: no two are the same. */
  quoting: (n) => [issue(`The value provided ('code ${n}') is not in the value set http://hl7.org/fhir/ValueSet/administrative-gender, `
    + 'and a code is required from this value set)')],
  /** A validator's texts, some to a line. */
  strict: (n) => POOL.filter((_, i) => (n * (i + 7)) % 11 < 4),
  /** Some issues each, with locations, of texts that no list knows. */
  various: (n) => Array.from({ length: 1 + n % 5 }, (_, i) => ({ ...issue(`Never heard of ${n}-${i} "before"`), location: [`Patient.name[${n % 7}]`] })),
};

function issue(diagnostics: string): object {
  return { severity: 'error', code: 'processing', diagnostics };
}

/** Files of 25 MB each, a resource type each; in memory, because the disk has nothing to do with it. */
function fill(aws: LocalAws, jobId: string, megabytes: number, issues: (n: number) => object[]): void {
  const prefix = `${DATASTORE_ID}-FHIR_IMPORT-${jobId}/`;
  const put = (key: string, body: Buffer) => aws.s3.bucket(BUCKET).put(prefix + key, {
    deleteMarker: false, body, etag: '"0"', lastModified: 0, headers: {}, encryption: { algorithm: 'AES256' },
  });
  put('Manifest.json', Buffer.from('{"numberOfResourcesScanned":1}'));
  for (let file = 0; file * 25 < megabytes; file++) {
    put(`FAILURE/${file}.ndjson`, fileOfLines(TYPES[file % TYPES.length], issues));
  }
}

function fileOfLines(resourceType: string, issues: (n: number) => object[]): Buffer {
  const body = Buffer.alloc(25_000_000);
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

/** The local AWS, in a process of its own. */
async function serve(): Promise<void> {
  const aws = await LocalAws.start();
  aws.s3.createBucket(BUCKET);
  const role = await aws.iam.createRole('report', {
    trustPolicy: { Version: '2012-10-17', Statement: [{ Effect: 'Allow', Principal: { AWS: aws.iam.admin.arn }, Action: 'sts:AssumeRole' }] },
    inlinePolicies: { all: { Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action: 's3:*', Resource: '*' }] } },
    managedPolicyArns: [],
  });
  process.on('message', ({ jobId, megabytes, mix }: { jobId: string; megabytes: number; mix: string }) => {
    fill(aws, jobId, megabytes, ISSUES[mix]);
    process.send!('filled');
  });
  process.send!({ environment: aws.cliEnvironment(tmpdir()), roleArn: role.arn });
}

async function main(): Promise<void> {
  const scratch = mkdtempSync(join(tmpdir(), 'bench-'));
  const bundle = join(scratch, 'measured.js');
  buildSync({
    entryPoints: [join(__dirname, 'report-measured.ts')],
    outfile: bundle,
    bundle: true,
    platform: 'node',
    target: 'node20',
    minify: true,
    mainFields: ['module', 'main'],
  });
  const server = fork(__filename, ['serve'], { execArgv: ['--import', 'tsx'] });
  const [{ environment, roleArn }] = await once(server, 'message');
  const measure = async (mode: string, jobId: string): Promise<Measurement> => {
    const request = {
      DatastoreId: DATASTORE_ID,
      JobId: jobId,
      OutputLocation: `s3://${BUCKET}/${DATASTORE_ID}-FHIR_IMPORT-${jobId}/`,
      InputS3Uri: 's3://input/',
      ReportRoleArn: roleArn,
    };
    const env = { ...process.env, ...environment, AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true' };
    const child = fork(bundle, [mode, JSON.stringify(request)], { execArgv: [], env, stdio: ['ignore', 'ignore', 'inherit', 'ipc'] });
    const ended = once(child, 'exit').then(([code]) => { throw new Error(`the measured process ended with ${code} and without a result`); });
    const [measurement] = await Promise.race([once(child, 'message'), ended]);
    return measurement;
  };
  const mixes = process.argv.slice(2);
  for (const mix of mixes.length > 0 ? mixes : Object.keys(ISSUES)) {
    for (const megabytes of [100, 1000]) {
      // A job that is written over was reported on before.
      const jobs = ['report', 'plain'].map((mode, i) => ({ mode, jobId: `${i}${megabytes}`.padStart(32, mix.charCodeAt(0).toString(16)) }));
      const results: Record<string, Measurement> = {};
      for (const { mode, jobId } of jobs) {
        server.send({ jobId, megabytes, mix });
        await once(server, 'message');
        results[mode] = await measure(mode, jobId);
      }
      print(mix, megabytes, results);
    }
  }
  server.kill();
  rmSync(scratch, { recursive: true });
}

function print(mix: string, megabytes: number, { report, plain }: Record<string, Measurement>): void {
  const speed = ({ seconds }: Measurement) => `${(megabytes / seconds).toFixed(0)} MB/s`;
  console.log(`${mix}, ${megabytes} MB, ${report.lines} lines: report ${speed(report)}, plain loop ${speed(plain)}, `
    + `ratio ${(plain.seconds / report.seconds).toFixed(2)} (of processor time ${(plain.cpuSeconds / report.cpuSeconds).toFixed(2)}); `
    + `peak memory ${report.peakMegabytes.toFixed(0)} MB, plain loop ${plain.peakMegabytes.toFixed(0)} MB`);
}

void (process.argv[2] === 'serve' ? serve() : main());
