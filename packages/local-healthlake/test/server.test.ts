import { spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  CreateFHIRDatastoreCommand, HealthLakeClient, StartFHIRImportJobCommand, waitUntilFHIRDatastoreActive, waitUntilFHIRImportJobCompleted,
} from '@aws-sdk/client-healthlake';
import { CreateBucketCommand, GetObjectCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { patient } from './harness';
import { startHealthLakeServer } from '../src/server';

const WAITING = { maxWaitTime: 10, minDelay: 0.1, maxDelay: 0.1 };

const IMPORT = {
  DataAccessRoleArn: 'arn:aws:iam::000000000000:role/any',
  InputDataConfig: { S3Uri: 's3://fhir/in/' },
  JobOutputDataConfig: { S3Configuration: { S3Uri: 's3://fhir/out/', KmsKeyId: 'alias/healthlake' } },
};

test('the server accepts any credentials, and the waiters of the SDK work', async () => {
  const server = await startHealthLakeServer(0, 1_000);
  const settings = { endpoint: server.url, region: 'eu-west-1', credentials: { accessKeyId: 'any', secretAccessKey: 'any' } };
  const [healthLake, s3] = [new HealthLakeClient(settings), new S3Client({ ...settings, forcePathStyle: true })];
  try {
    await s3.send(new CreateBucketCommand({ Bucket: 'fhir' }));
    await s3.send(new PutObjectCommand({ Bucket: 'fhir', Key: 'in/Patient.ndjson', Body: patient('a') + patient('b') }));
    const { DatastoreId } = await healthLake.send(new CreateFHIRDatastoreCommand({ DatastoreTypeVersion: 'R4' }));
    const waiter = { client: healthLake, ...WAITING };
    await waitUntilFHIRDatastoreActive(waiter, { DatastoreId });
    const { JobId } = await healthLake.send(new StartFHIRImportJobCommand({ DatastoreId, ...IMPORT }));
    await waitUntilFHIRImportJobCompleted(waiter, { DatastoreId, JobId });
    const { Body } = await s3.send(new GetObjectCommand({ Bucket: 'fhir', Key: `out/${DatastoreId}-FHIR_IMPORT-${JobId}/Manifest.json` }));
    expect(JSON.parse(await Body!.transformToString())).toMatchObject({ numberOfResourcesImportedSuccessfully: 2 });
    expect(server.service.healthLake.resources(DatastoreId!)).toHaveLength(2);
  } finally {
    healthLake.destroy();
    s3.destroy();
    await server.close();
  }
  await expect(fetch(server.url)).rejects.toThrow();
});

test('npm run healthlake prints its address and example commands, works with FIPS and dual-stack settings, and stops on Ctrl-C', async () => {
  const server = spawn(process.execPath, ['--import', 'tsx', 'packages/local-healthlake/src/server.ts', '--port', '0', '--time-scale', '1000'], {
    env: { ...process.env, AWS_USE_FIPS_ENDPOINT: 'true', AWS_USE_DUALSTACK_ENDPOINT: 'true' }, stdio: ['ignore', 'pipe', 'pipe'],
  });
  const errors: string[] = [];
  server.stderr.on('data', (text) => errors.push(String(text)));
  try {
    const [greeting] = await once(server.stdout, 'data');
    expect(String(greeting)).toMatch(/listen on (http:\/\/127\.0\.0\.1:\d+) and verify neither signatures[^]*AWS_ENDPOINT_URL=\1[^]*aws healthlake start-fhir-import-job/);
    const url = /http:\S+/.exec(String(greeting))![0];
    expect((await fetch(url)).status).toBe(403);
    await startWithoutBucket(url);
    const ended = once(server, 'exit');
    server.kill('SIGINT');
    expect(await ended).toEqual([0, null]);
    expect(errors).toEqual([]);
  } finally {
    server.kill('SIGKILL');
  }
});

/** Starts a job although the bucket is missing. The server checks the bucket with an SDK client, which must not print a warning. */
async function startWithoutBucket(endpoint: string): Promise<void> {
  const healthLake = new HealthLakeClient({ endpoint, region: 'eu-west-1', credentials: { accessKeyId: 'any', secretAccessKey: 'any' } });
  const { DatastoreId } = await healthLake.send(new CreateFHIRDatastoreCommand({ DatastoreTypeVersion: 'R4' }));
  await waitUntilFHIRDatastoreActive({ client: healthLake, ...WAITING }, { DatastoreId });
  await expect(healthLake.send(new StartFHIRImportJobCommand({ DatastoreId, ...IMPORT }))).rejects.toThrow('The specified bucket does not exist');
  healthLake.destroy();
}
