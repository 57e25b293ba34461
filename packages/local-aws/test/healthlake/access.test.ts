import { DescribeFHIRImportJobCommand, StartFHIRImportJobCommand } from '@aws-sdk/client-healthlake';
import { PutPublicAccessBlockCommand } from '@aws-sdk/client-s3';
import { clientOfRole, dataAccessStatements, sessionOfRole, setDataAccess, startWithIam } from './with-iam';
import { DATA_ACCESS_ROLE, INPUT, OUTPUT, patient, type Harness } from '../../../local-healthlake/test/harness';
import type { Caller } from '../../src/contract';
import type { Iam } from '../../src/iam/iam';
import { allow, policy, trust } from '../foundation';

let aws: Harness<Iam>;

beforeEach(async () => {
  aws = await startWithIam({ pace: { minimumDurationMs: 40_000 } });
  await aws.put('data/1.ndjson', patient('a') + patient('b'));
  await aws.put('data/2.ndjson', patient('c'));
});

afterEach(() => aws.close());

const PASS_ROLE = {
  Effect: 'Allow', Action: 'iam:PassRole', Resource: DATA_ACCESS_ROLE, Condition: { StringEquals: { 'iam:PassedToService': 'healthlake.amazonaws.com' } },
} as const;

function onDatastore(Action: string) {
  return { Effect: 'Allow', Action, Resource: `arn:aws:healthlake:us-east-1:111122223333:datastore/fhir/${aws.datastoreId}` } as const;
}

async function jobs(): Promise<number> {
  return aws.service.healthLake.importJobs(aws.datastoreId).length;
}

describe('the caller of StartFHIRImportJob', () => {
  test('needs only permission for the action on the data store and permission to pass the data access role to HealthLake', async () => {
    const client = await clientOfRole(aws, 'operator', [onDatastore('healthlake:StartFHIRImportJob'), PASS_ROLE]);
    const { JobId } = await client.send(new StartFHIRImportJobCommand(aws.startRequest()));
    expect(await aws.describe(JobId!)).toMatchObject({ JobId });
    await expect(client.send(new DescribeFHIRImportJobCommand({ DatastoreId: aws.datastoreId, JobId }))).rejects.toMatchObject({
      name: 'AccessDeniedException',
      message: expect.stringMatching(/^User: \S+ is not authorized to perform: healthlake:DescribeFHIRImportJob on resource: arn:aws:healthlake:us-east-1:111122223333:datastore\/fhir\/[0-9a-f]{32} because/),
    });
  });

  test.each([
    ['without iam:PassRole', []],
    ['with iam:PassRole to another service', [{ ...PASS_ROLE, Condition: { StringEquals: { 'iam:PassedToService': 'glue.amazonaws.com' } } }]],
    ['with iam:PassRole for another role', [{ ...PASS_ROLE, Resource: `${DATA_ACCESS_ROLE}-2` }]],
  ])('is refused %s', async (_, statements) => {
    const client = await clientOfRole(aws, 'operator', [onDatastore('healthlake:StartFHIRImportJob'), ...statements]);
    await expect(client.send(new StartFHIRImportJobCommand(aws.startRequest()))).rejects.toMatchObject({
      name: 'AccessDeniedException',
      message: expect.stringMatching(`^User: \\S+ is not authorized to perform: iam:PassRole on resource: ${DATA_ACCESS_ROLE}`),
    });
    expect(await jobs()).toBe(0);
  });
});

describe('the data access role', () => {
  test('Start refuses a role that does not exist', async () => {
    await expect(aws.startImport({ DataAccessRoleArn: `${DATA_ACCESS_ROLE}-2` })).rejects.toMatchObject({
      name: 'AccessDeniedException', message: expect.stringContaining(`could not assume the data access role ${DATA_ACCESS_ROLE}-2`),
    });
  });

  test.each([
    ['another service', { Principal: { Service: 'glue.amazonaws.com' } }],
    ['another account', { Condition: { StringEquals: { 'aws:SourceAccount': '444455556666' } } }],
    ['another data store', { Condition: { ArnEquals: { 'aws:SourceArn': 'arn:aws:healthlake:us-east-1:111122223333:datastore/fhir/0' } } }],
  ])('Start refuses a role that trusts only %s', async (_, change) => {
    const statement = { ...trust({ Service: 'healthlake.amazonaws.com' }), ...change };
    await aws.iam.changeRole('data-access', () => ({ trustPolicy: policy(statement) }));
    await expect(aws.startImport()).rejects.toMatchObject({ name: 'AccessDeniedException', message: expect.stringContaining('sts:AssumeRole') });
    expect(await jobs()).toBe(0);
  });

  test.each([
    ['s3:GetEncryptionConfiguration', INPUT], ['s3:GetBucketPublicAccessBlock', INPUT], ['s3:ListBucket', INPUT],
    ['s3:GetEncryptionConfiguration', OUTPUT], ['s3:GetBucketPublicAccessBlock', OUTPUT], ['s3:ListBucket', OUTPUT],
    ['s3:PutObject', `${OUTPUT}/*`],
  ])('Start refuses a role that lacks %s on %s', async (action, resource) => {
    await setDataAccess(aws, [...dataAccessStatements(aws), { Effect: 'Deny', Action: action, Resource: `arn:aws:s3:::${resource}` }]);
    await expect(aws.startImport()).rejects.toMatchObject({ name: 'AccessDeniedException', message: expect.stringContaining(action) });
    expect(await jobs()).toBe(0);
  });

  test.each(['kms:DescribeKey', 'kms:GenerateDataKey'])('Start refuses a role that lacks %s', async (action) => {
    await setDataAccess(aws, [...dataAccessStatements(aws), { Effect: 'Deny', Action: action, Resource: '*' }]);
    await expect(aws.startImport()).rejects.toMatchObject({ name: 'AccessDeniedException', message: expect.stringContaining(action) });
  });

  test.each([
    ['a missing bucket', { InputDataConfig: { S3Uri: 's3://nobodys-bucket/data/' } }, 'The specified bucket does not exist'],
    ['a missing key', { JobOutputDataConfig: { S3Configuration: { S3Uri: `s3://${OUTPUT}/data/`, KmsKeyId: 'alias/nothing' } } }, 'alias/nothing'],
  ])('Start refuses %s, even if the role has all permissions', async (_, change, message) => {
    await setDataAccess(aws, [{ Effect: 'Allow', Action: ['s3:*', 'kms:*'], Resource: '*' }]);
    await expect(aws.startImport(change)).rejects.toMatchObject({ name: 'ValidationException', message: expect.stringContaining(message) });
  });

  test('Start refuses an output bucket without a full public access block', async () => {
    await aws.s3.send(new PutPublicAccessBlockCommand({
      Bucket: OUTPUT,
      PublicAccessBlockConfiguration: { BlockPublicAcls: true, IgnorePublicAcls: true, BlockPublicPolicy: true, RestrictPublicBuckets: false },
    }));
    await expect(aws.startImport()).rejects.toMatchObject({ name: 'ValidationException', message: expect.stringContaining('Block Public Access') });
  });

  test('Start accepts a role without s3:GetObject, but the job fails', async () => {
    await setDataAccess(aws, dataAccessStatements(aws).filter(({ Action }) => Action !== 's3:GetObject'));
    const job = await aws.ended(await aws.startImport());
    expect(job).toMatchObject({
      JobStatus: 'FAILED',
      Message: expect.stringMatching(/^HealthLake could not read the input file s3:\/\/fhir-input\/data\/1\.ndjson: User: .* not authorized to perform: s3:GetObject/),
    });
    expect(job.Message).toMatch(/^[\p{L}\p{Z}\p{N}_.:/=+\-%@]*$/u);
    expect((await aws.outputKeys()).filter((key) => key.includes('FHIR_IMPORT'))).toEqual([]);
  });

  test('a running job fails when the role loses its permissions, and the imported resources stay', async () => {
    const jobId = await aws.startImport();
    await aws.event(jobId, (event) => (event.progress?.TotalNumberOfResourcesImported ?? 0) > 0);
    await setDataAccess(aws, []);
    expect(await aws.ended(jobId)).toMatchObject({ JobStatus: 'FAILED', Message: expect.stringContaining('not authorized'), EndTime: expect.any(Date) });
    const imported = aws.service.healthLake.resources(aws.datastoreId).map(({ id }) => id);
    expect(imported).toContain('a');
    expect(imported).not.toContain('c');
    expect((await aws.outputKeys()).filter((key) => key.includes('Manifest'))).toEqual([]);
  });

  test('a queued job fails if the role no longer trusts HealthLake when the job starts', async () => {
    aws.service.healthLake.stallQueue();
    const jobId = await aws.startImport();
    await aws.iam.changeRole('data-access', () => ({ trustPolicy: policy(trust({ Service: 'glue.amazonaws.com' })) }));
    aws.service.healthLake.resumeQueue();
    expect(await aws.ended(jobId)).toMatchObject({ JobStatus: 'FAILED', Message: expect.stringContaining('could not assume the data access role') });
  });

  test('a client token can be used again after Start refused the role', async () => {
    await setDataAccess(aws, []);
    await expect(aws.startImport({ ClientToken: 't' })).rejects.toMatchObject({ name: 'AccessDeniedException' });
    await setDataAccess(aws, dataAccessStatements(aws));
    expect(await aws.startImport({ ClientToken: 't' })).toMatch(/^[0-9a-f]{32}$/);
  });
});

describe('a caller of HealthLake', () => {
  const FHIR: Readonly<Record<string, readonly [method: string, path: string]>> = {
    GetCapabilities: ['GET', 'metadata'],
    ReadResource: ['GET', 'Patient/a'],
    VersionReadResource: ['GET', 'Patient/a/_history/1'],
    GetHistoryByResourceId: ['GET', 'Patient/a/_history'],
    SearchWithGet: ['GET', 'Patient'],
    SearchWithPost: ['POST', 'Patient/_search'],
    CreateResource: ['POST', 'Patient'],
    UpdateResource: ['PUT', 'Patient/a'],
    DeleteResource: ['DELETE', 'Patient/a'],
    StartFHIRBulkDeleteJob: ['POST', 'Patient/$bulk-delete'],
    DescribeFHIRBulkDeleteJob: ['GET', '$bulk-delete/x'],
  };

  async function statusOf(operation: string, caller: Caller): Promise<number> {
    const { healthLake } = aws.service;
    const [DatastoreId, ResourceARN] = [aws.datastoreId, onDatastore(operation).Resource];
    if (FHIR[operation]) {
      const [method, path] = FHIR[operation];
      const body = Buffer.from(method === 'GET' || path.includes('_search') ? '' : patient('a'));
      return (await healthLake.handleFhir({ method, path: `/datastore/${DatastoreId}/r4/${path}`, query: new URLSearchParams(), body, caller })).status;
    }
    const restore = { SourceDatastoreId: DatastoreId, RestoreConfiguration: { ContinuousBackupRestoreConfiguration: {} } };
    const input = { DatastoreId, ResourceARN, Tags: [], TagKeys: [], BackupConfiguration: { Status: 'ENABLED' }, ...restore };
    return (await healthLake.handle({ operation, body: Buffer.from(JSON.stringify(input)), caller })).status;
  }

  async function callerWith(name: string, ...statements: object[]): Promise<Caller> {
    return (await sessionOfRole(aws, name, statements)).caller;
  }

  test.each([
    ['ListTagsForResource', 200, 400], ['TagResource', 200, 400], ['UntagResource', 200, 400], ['UpdateFHIRDatastore', 200, 400],
    ['RestoreFHIRDatastore', 200, 400], ['GetCapabilities', 200, 403], ['ReadResource', 200, 403], ['VersionReadResource', 200, 403],
    ['GetHistoryByResourceId', 200, 403], ['SearchWithGet', 200, 403], ['SearchWithPost', 200, 403], ['CreateResource', 201, 403],
    ['UpdateResource', 200, 403], ['DeleteResource', 204, 403], ['StartFHIRBulkDeleteJob', 200, 403], ['DescribeFHIRBulkDeleteJob', 404, 403],
  ])('needs permission for %s', async (operation, allowed, denied) => {
    await statusOf('UpdateFHIRDatastore', aws.iam.admin); // enables the backup
    await statusOf('UpdateResource', aws.iam.admin);
    expect(await statusOf(operation, await callerWith('allowed', onDatastore(`healthlake:${operation}`)))).toBe(allowed);
    expect(await statusOf(operation, await callerWith('denied', onDatastore('healthlake:DescribeFHIRDatastore')))).toBe(denied);
  });

  describe('of a data store with a customer managed key', () => {
    const HEALTHLAKE = 'healthlake.us-east-1.amazonaws.com';
    const KEY_ACTIONS = ['kms:DescribeKey', 'kms:CreateGrant', 'kms:GenerateDataKey', 'kms:Decrypt'];

    /** Returns the statements of a user of the FHIR API, with these KMS actions through a service. */
    const statements = (actions: string[], viaService: string) => [
      allow('healthlake:*', '*'),
      ...actions.map((action) => allow(action, aws.keyArn, {
        StringEquals: { 'kms:ViaService': viaService }, ...(action === 'kms:CreateGrant' && { Bool: { 'kms:GrantIsForAWSResource': 'true' } }),
      })),
    ];

    async function create(caller: Caller): Promise<Record<string, any>> { // `any`, because outputs have different shapes
      const input = { DatastoreTypeVersion: 'R4', SseConfiguration: { KmsEncryptionConfig: { CmkType: 'CUSTOMER_MANAGED_KMS_KEY', KmsKeyId: aws.keyArn } } };
      return JSON.parse((await aws.service.healthLake.handle({ operation: 'CreateFHIRDatastore', body: Buffer.from(JSON.stringify(input)), caller })).body);
    }

    test('needs the four KMS actions through HealthLake to create the data store, to read and to write', async () => {
      const caller = await callerWith('user', ...statements(KEY_ACTIONS, HEALTHLAKE));
      aws.datastoreId = (await create(caller)).DatastoreId;
      expect([await statusOf('UpdateResource', caller), await statusOf('ReadResource', caller)]).toEqual([201, 200]);
    });

    test.each<[string, string[], string]>([
      ...KEY_ACTIONS.map((missing): [string, string[], string] => [`without ${missing}`, KEY_ACTIONS.filter((action) => action !== missing), HEALTHLAKE]),
      ['through another service', KEY_ACTIONS, 's3.us-east-1.amazonaws.com'],
      ['through HealthLake without its Region', KEY_ACTIONS, 'healthlake.amazonaws.com'],
    ])('is refused %s', async (_, actions, viaService) => {
      const caller = await callerWith('user', ...statements(actions, viaService));
      expect((await create(caller)).message).toMatch(/^HealthLake could not use the key .* is not authorized to perform: kms:/);
      aws.datastoreId = (await create(aws.iam.admin)).DatastoreId;
      expect([await statusOf('UpdateResource', caller), await statusOf('ReadResource', caller)]).toEqual([403, 403]);
    });
  });
});
