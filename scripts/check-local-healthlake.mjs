// Packs local-healthlake. Fails if the tarball has unexpected files, or if its server can't import a file. Argument: a working folder.
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import {
  CreateFHIRDatastoreCommand, HealthLakeClient, StartFHIRImportJobCommand, waitUntilFHIRDatastoreActive, waitUntilFHIRImportJobCompleted,
} from '@aws-sdk/client-healthlake';
import { CreateBucketCommand, GetObjectCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';

const EXPECTED = ['LICENSE', 'README.md', 'dist/server.js', 'package.json'];
const WAITING = { maxWaitTime: 30, minDelay: 0.1, maxDelay: 0.5 };

const out = process.argv[2];
const cwd = 'packages/local-healthlake';
const packed = JSON.parse(execFileSync('npm', ['pack', '--json', '--pack-destination', out], { cwd, encoding: 'utf8' }).replace(/^[^[{]*/, ''));
const [{ files, filename, size }] = Array.isArray(packed) ? packed : Object.values(packed);
const paths = files.map(({ path }) => path).sort();
if (paths.join() !== EXPECTED.join()) throw new Error(`the tarball of local-healthlake contains ${paths}, expected ${EXPECTED}`);
execFileSync('tar', ['-xzf', `${out}/${filename}`, '-C', out]);
const server = `${out}/package/dist/server.js`;
const foreign = readFileSync(server, 'utf8').match(/local-aws|iam-simulate/);
if (foreign) throw new Error(`the tarball of local-healthlake contains code of ${foreign}, which must stay out of it`);

/** Runs an import on the server and returns its manifest. */
async function importOnce(endpoint) {
  const settings = { endpoint, region: 'us-east-1', credentials: { accessKeyId: 'any', secretAccessKey: 'any' } };
  const [client, s3] = [new HealthLakeClient(settings), new S3Client({ ...settings, forcePathStyle: true })];
  await s3.send(new CreateBucketCommand({ Bucket: 'fhir' }));
  await s3.send(new PutObjectCommand({ Bucket: 'fhir', Key: 'in/Patient.ndjson', Body: '{"resourceType":"Patient","id":"a"}\n' }));
  const { DatastoreId } = await client.send(new CreateFHIRDatastoreCommand({ DatastoreTypeVersion: 'R4' }));
  await waitUntilFHIRDatastoreActive({ client, ...WAITING }, { DatastoreId });
  const { JobId } = await client.send(new StartFHIRImportJobCommand({
    DatastoreId,
    DataAccessRoleArn: 'arn:aws:iam::000000000000:role/any',
    InputDataConfig: { S3Uri: 's3://fhir/in/' },
    JobOutputDataConfig: { S3Configuration: { S3Uri: 's3://fhir/out/', KmsKeyId: 'alias/healthlake' } },
  }));
  await waitUntilFHIRImportJobCompleted({ client, ...WAITING }, { DatastoreId, JobId });
  const { Body } = await s3.send(new GetObjectCommand({ Bucket: 'fhir', Key: `out/${DatastoreId}-FHIR_IMPORT-${JobId}/Manifest.json` }));
  client.destroy();
  s3.destroy();
  return JSON.parse(await Body.transformToString());
}

const child = spawn(process.execPath, [server, '--port', '0', '--time-scale', '100'], {
  env: { ...process.env, NODE_PATH: `${process.cwd()}/node_modules` }, stdio: ['ignore', 'pipe', 'inherit'],
});
try {
  const [greeting] = await Promise.race([once(child.stdout, 'data'), once(child, 'exit').then(() => { throw new Error('local-healthlake did not start'); })]);
  const { numberOfResourcesImportedSuccessfully: imported } = await importOnce(/http:\S+/.exec(String(greeting))[0]);
  if (imported !== 1) throw new Error(`local-healthlake imported ${imported} resources, expected 1`);
  const ended = once(child, 'exit');
  child.kill('SIGINT');
  const [code] = await ended;
  if (code !== 0) throw new Error(`local-healthlake exited with ${code} on Ctrl-C, expected 0`);
} finally {
  child.kill('SIGKILL');
}
console.log(`local-healthlake tarball: ${paths.length} files, ${Math.round(size / 1024)} KB, starts and imports`);
