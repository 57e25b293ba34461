import { DescribeKeyCommand } from '@aws-sdk/client-kms';
import { GetObjectCommand, PutObjectCommand } from '@aws-sdk/client-s3';
import { AssumeRoleCommand, GetCallerIdentityCommand } from '@aws-sdk/client-sts';
import type { AssumedRole } from '../../src/contract';
import { allow, Foundation, policy, roleArn } from '../foundation';

const BUCKET = 'kept';
const NAME = 'short-lived';

/** The actions that the role uses. They are allowed either by the role's own policy or by the bucket policy and the key policy. */
const ACTIONS = { bucket: 's3:GetObject', key: 'kms:DescribeKey' };

let aws: Foundation;
let keyId: string;

beforeEach(async () => {
  aws = await Foundation.start();
  aws.s3.createBucket(BUCKET);
  await aws.s3Client().send(new PutObjectCommand({ Bucket: BUCKET, Key: 'k', Body: 'x' }));
});

afterEach(() => aws.close());

/** Starts a session of a role whose own policy allows the actions. */
async function sessionByIdentityPolicy(): Promise<AssumedRole> {
  ({ keyId } = aws.kms.keys.create(aws.kms.defaultKeyPolicy));
  return aws.sessionWith(NAME, [allow(Object.values(ACTIONS), '*')]);
}

/** Starts a session of a role without a policy. The bucket policy and the key policy allow the actions. */
async function sessionByResourcePolicies(): Promise<AssumedRole> {
  const session = await aws.sessionWith(NAME, []);
  const byRole = (action: string, resource: string) => policy({ ...allow(action, resource), Principal: { AWS: roleArn(NAME) } });
  ({ keyId } = aws.kms.keys.create(byRole(ACTIONS.key, '*')));
  await aws.createResource('AWS::S3::BucketPolicy', {
    Bucket: BUCKET, PolicyDocument: byRole(ACTIONS.bucket, `arn:aws:s3:::${BUCKET}/*`),
  });
  return session;
}

async function deleteRole(): Promise<void> {
  const { trustPolicy, inlinePolicies } = aws.iam.roles.get(NAME).settings.latest;
  await aws.deleteResource('AWS::IAM::Role', NAME, {
    AssumeRolePolicyDocument: trustPolicy,
    Policies: Object.entries(inlinePolicies).map(([PolicyName, PolicyDocument]) => ({ PolicyName, PolicyDocument })),
  });
}

const read = ({ credentials }: AssumedRole) => aws.s3Client(credentials).send(new GetObjectCommand({ Bucket: BUCKET, Key: 'k' }));
const describeKey = ({ credentials }: AssumedRole) => aws.kmsClient(credentials).send(new DescribeKeyCommand({ KeyId: keyId }));

async function expectAccess(session: AssumedRole): Promise<void> {
  await read(session);
  await describeKey(session);
}

async function expectRefusal(session: AssumedRole): Promise<void> {
  const message = new RegExp(`^User: \\S+assumed-role/${NAME}/test is not authorized to perform: `);
  await expect(read(session)).rejects.toMatchObject({ name: 'AccessDenied', message: expect.stringMatching(message) });
  await expect(describeKey(session)).rejects.toMatchObject({ name: 'AccessDeniedException', message: expect.stringMatching(message) });
}

describe.each([
  ['its own policy', sessionByIdentityPolicy],
  ['the bucket policy and the key policy', sessionByResourcePolicies],
])('a session of a role that gets its permissions from %s', (_, startSession) => {
  test('is refused even if a new role has the same name and access', async () => {
    const old = await startSession();
    await expectAccess(old);
    await deleteRole();
    const again = await aws.sessionWith(NAME, [allow(Object.values(ACTIONS), '*')]);
    await expectRefusal(old);
    await expectAccess(again);
  });
});

test('a session of a deleted role can call GetCallerIdentity, but not assume a role', async () => {
  const session = await sessionByIdentityPolicy();
  const client = aws.stsClient(session.credentials);
  await aws.sessionWith('other', []);
  const { UserId } = await client.send(new GetCallerIdentityCommand({}));
  const assume = () => client.send(new AssumeRoleCommand({ RoleArn: roleArn('other'), RoleSessionName: 'test' }));
  await deleteRole();
  await expect(assume()).rejects.toMatchObject({ name: 'AccessDenied' });
  expect(await client.send(new GetCallerIdentityCommand({}))).toMatchObject({ UserId, Arn: session.caller.arn });
});
