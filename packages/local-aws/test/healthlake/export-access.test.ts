import { DescribeFHIRExportJobCommand, ListFHIRExportJobsCommand, StartFHIRExportJobCommand } from '@aws-sdk/client-healthlake';
import { clientOfRole, setDataAccess, startWithIam, type Statement } from './with-iam';
import { DATA_ACCESS_ROLE, OUTPUT, patient, type Harness } from '../../../local-healthlake/test/harness';
import type { Iam } from '../../src/iam/iam';

let aws: Harness<Iam>;

beforeEach(async () => {
  aws = await startWithIam();
  await aws.put('data/1.ndjson', patient('a'));
  await aws.ended(await aws.startImport());
});

afterEach(() => aws.close());

/** The permissions of a role with which an export on AWS has completed. */
const ACTIONS = [
  's3:ListBucket', 's3:GetBucketPublicAccessBlock', 's3:GetEncryptionConfiguration', 's3:PutObject', 'kms:DescribeKey', 'kms:GenerateDataKey*',
];

/** Returns the statements of a data access role for exports that has these of the `ACTIONS`. */
function statements(actions: readonly string[]): Statement[] {
  const resourceOf = (action: string): string => action.startsWith('kms:') ? aws.keyArn : `arn:aws:s3:::${OUTPUT}${action === 's3:PutObject' ? '/data/*' : ''}`;
  return actions.map((action) => ({ Effect: 'Allow', Action: action, Resource: resourceOf(action) }));
}

describe('the data access role of an export', () => {
  test('needs no permissions on other buckets, and neither kms:Decrypt nor s3:GetObject', async () => {
    await setDataAccess(aws, statements(ACTIONS));
    expect(await aws.exportEnded(await aws.startExport())).toMatchObject({ JobStatus: 'COMPLETED' });
    expect((await aws.outputKeys()).filter((key) => key.includes('FHIR_EXPORT'))).toHaveLength(1);
  });

  test.each(ACTIONS)('needs %s', async (missing) => {
    await setDataAccess(aws, statements(ACTIONS.filter((action) => action !== missing)));
    await expect(aws.startExport()).rejects.toMatchObject({ name: 'AccessDeniedException', message: expect.stringContaining(missing.replace('*', '')) });
    expect(aws.service.healthLake.exportJobs(aws.datastoreId)).toEqual([]);
  });

  test('needs its permission to write until the job ends', async () => {
    aws.service.healthLake.stallQueue();
    const jobId = await aws.startExport();
    await setDataAccess(aws, []);
    aws.service.healthLake.resumeQueue();
    expect(await aws.exportEnded(jobId)).toMatchObject({ JobStatus: 'FAILED', Message: expect.stringContaining('s3:PutObject') });
  });
});

test('the caller of an export operation needs permission for the action and, to start a job, permission to pass the role', async () => {
  const onDatastore = (Action: string): Statement => (
    { Effect: 'Allow', Action, Resource: `arn:aws:healthlake:us-east-1:111122223333:datastore/fhir/${aws.datastoreId}` });
  const passRole: Statement = { Effect: 'Allow', Action: 'iam:PassRole', Resource: DATA_ACCESS_ROLE };
  const DatastoreId = aws.datastoreId;
  const start = new StartFHIRExportJobCommand({
    DatastoreId,
    DataAccessRoleArn: DATA_ACCESS_ROLE,
    OutputDataConfig: { S3Configuration: { S3Uri: `s3://${OUTPUT}/data/`, KmsKeyId: aws.keyArn } },
  });
  const starter = await clientOfRole(aws, 'starter', [onDatastore('healthlake:StartFHIRExportJob'), passRole]);
  const { JobId } = await starter.send(start);
  await expect(starter.send(new DescribeFHIRExportJobCommand({ DatastoreId, JobId }))).rejects.toThrow('healthlake:DescribeFHIRExportJob');
  await expect(starter.send(new ListFHIRExportJobsCommand({ DatastoreId }))).rejects.toThrow('healthlake:ListFHIRExportJobs');

  const importer = await clientOfRole(aws, 'importer', [onDatastore('healthlake:*FHIRImportJob'), passRole]);
  await expect(importer.send(start)).rejects.toMatchObject({ name: 'AccessDeniedException', message: expect.stringContaining('healthlake:StartFHIRExportJob') });
  const unable = await clientOfRole(aws, 'unable', [onDatastore('healthlake:*')]);
  await expect(unable.send(start)).rejects.toMatchObject({ name: 'AccessDeniedException', message: expect.stringContaining('iam:PassRole') });
});
