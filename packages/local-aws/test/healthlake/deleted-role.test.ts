import { ListFHIRImportJobsCommand } from '@aws-sdk/client-healthlake';
import { clientOfRole, startWithIam } from './with-iam';
import { patient, type Harness } from '../../../local-healthlake/test/harness';
import type { Iam } from '../../src/iam/iam';
import { iamProviders } from '../../src/iam/providers';

let aws: Harness<Iam>;

beforeEach(async () => {
  // A third of it, 0.3 s of real time, lies between two resources: the role is gone before the first file has been read to its end.
  aws = await startWithIam({ pace: { minimumDurationMs: 200_000 } });
  await aws.put('data/1.ndjson', patient('a') + patient('b'));
  await aws.put('data/2.ndjson', patient('c'));
});

afterEach(() => aws.close());

/** Deletes a role as CloudFormation does, and gives what it was like. */
async function deleteRole(name: string) {
  const { latest } = aws.iam.roles.get(name).settings;
  await iamProviders(aws.iam)['AWS::IAM::Role'].delete({
    stackId: 'stack-id',
    stackName: 'Stack',
    logicalId: 'Role',
    type: 'AWS::IAM::Role',
    physicalId: name,
    properties: {
      AssumeRolePolicyDocument: latest.trustPolicy,
      Policies: Object.entries(latest.inlinePolicies).map(([PolicyName, PolicyDocument]) => ({ PolicyName, PolicyDocument })),
    },
    caller: aws.iam.admin,
  });
  expect(aws.iam.roles.find(name)).toBeUndefined();
  return latest;
}

const REFUSED = expect.stringMatching(/^HealthLake could not .*: User: \S+:assumed-role\/data-access\/HealthLake is not authorized to perform: s3:/);

async function jobUnderWay(): Promise<string> {
  const jobId = await aws.startImport();
  await aws.event(jobId, ({ progress }) => (progress?.TotalNumberOfResourcesImported ?? 0) > 0);
  return jobId;
}

test('a job fails whose data access role is deleted while it runs; what was imported stays', async () => {
  const jobId = await jobUnderWay();
  await deleteRole('data-access');
  expect(await aws.ended(jobId)).toMatchObject({ JobStatus: 'FAILED', Message: REFUSED, EndTime: expect.any(Date) });
  expect(aws.service.healthLake.resources(aws.datastoreId).map(({ id }) => id)).toEqual(['a', 'b']);
  expect((await aws.outputKeys()).filter((key) => key.includes('FHIR_IMPORT'))).toEqual([]);
});

test('it fails too if the role is made anew, and the next job of the same role goes through', async () => {
  const jobId = await jobUnderWay();
  await aws.iam.createRole('data-access', await deleteRole('data-access'));
  expect(await aws.ended(jobId)).toMatchObject({ JobStatus: 'FAILED', Message: REFUSED });
  expect(await aws.ended(await aws.startImport())).toMatchObject({ JobStatus: 'COMPLETED' });
});

test('a job that waits when its data access role is deleted fails when its turn comes', async () => {
  aws.service.healthLake.stallQueue();
  const jobId = await aws.startImport();
  await deleteRole('data-access');
  aws.service.healthLake.resumeQueue();
  expect(await aws.ended(jobId)).toMatchObject({ JobStatus: 'FAILED', Message: expect.stringContaining('could not assume the data access role') });
});

test('a caller whose role is deleted is refused, also if there is one of that name again', async () => {
  const statement = { Effect: 'Allow', Action: 'healthlake:ListFHIRImportJobs', Resource: '*' } as const;
  const client = await clientOfRole(aws, 'operator', [statement]);
  const list = () => client.send(new ListFHIRImportJobsCommand({ DatastoreId: aws.datastoreId }));
  const refusal = { name: 'AccessDeniedException', message: expect.stringContaining('not authorized to perform: healthlake:ListFHIRImportJobs') };
  await list();
  await deleteRole('operator');
  await expect(list()).rejects.toMatchObject(refusal);
  await clientOfRole(aws, 'operator', [statement]);
  await expect(list()).rejects.toMatchObject(refusal);
});
