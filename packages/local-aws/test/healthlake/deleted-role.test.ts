import { startWithIam } from './with-iam';
import { patient, type Harness } from '../../../local-healthlake/test/harness';
import type { Iam } from '../../src/iam/iam';
import { iamProviders } from '../../src/iam/providers';

let aws: Harness<Iam>;

beforeEach(async () => {
  // The job imports a resource about every 0.3 s of real time, so a test can delete the role while the job reads the first file.
  aws = await startWithIam({ pace: { minimumDurationMs: 200_000 } });
  await aws.put('data/1.ndjson', patient('a') + patient('b'));
  await aws.put('data/2.ndjson', patient('c'));
});

afterEach(() => aws.close());

/** Deletes a role as CloudFormation does. Returns the role's settings. */
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

test('a running job fails even if its deleted role is created again, and the next job completes', async () => {
  const jobId = await jobUnderWay();
  await aws.iam.createRole('data-access', await deleteRole('data-access'));
  expect(await aws.ended(jobId)).toMatchObject({ JobStatus: 'FAILED', Message: REFUSED });
  expect(await aws.ended(await aws.startImport())).toMatchObject({ JobStatus: 'COMPLETED' });
});
