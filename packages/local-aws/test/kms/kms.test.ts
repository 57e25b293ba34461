import { CreateKeyCommand, DescribeKeyCommand } from '@aws-sdk/client-kms';
import { ACCOUNT, allow, Foundation, policy, REGION, roleArn } from '../foundation';

let aws: Foundation;

beforeEach(async () => {
  aws = await Foundation.start();
});

afterEach(() => aws.close());

const create = (type: string, properties: object) => aws.createResource(type, properties);

test('a key is described by id, ARN, alias and alias ARN', async () => {
  const { physicalId: keyId, attributes } = await create('AWS::KMS::Key', { Description: 'for results' });
  const arn = `arn:aws:kms:${REGION}:${ACCOUNT}:key/${keyId}`;
  expect(attributes).toEqual({ Arn: arn, KeyId: keyId });
  aws.kms.keys.setAlias('alias/results', keyId);
  for (const KeyId of [keyId, arn, 'alias/results', `arn:aws:kms:${REGION}:${ACCOUNT}:alias/results`]) {
    const { KeyMetadata } = await aws.kmsClient().send(new DescribeKeyCommand({ KeyId }));
    expect(KeyMetadata).toMatchObject({ Arn: arn, Description: 'for results', KeyState: 'Enabled', KeyManager: 'CUSTOMER' });
  }
});

test('a missing key or alias causes a NotFoundException', async () => {
  const describe = (KeyId: string) => aws.kmsClient().send(new DescribeKeyCommand({ KeyId }));
  await expect(describe('nothing')).rejects.toMatchObject({ name: 'NotFoundException', message: `Key 'arn:aws:kms:${REGION}:${ACCOUNT}:key/nothing' does not exist` });
  await expect(describe('alias/nothing')).rejects.toMatchObject({ message: `Alias arn:aws:kms:${REGION}:${ACCOUNT}:alias/nothing is not found.` });
  const { KeyMetadata } = await aws.kmsClient().send(new CreateKeyCommand({}));
  await expect(describe(KeyMetadata!.Arn!.replace(REGION, 'eu-west-1'))).rejects.toMatchObject({ name: 'NotFoundException' });
});

test('the default key policy leaves the decision to IAM policies', async () => {
  const key = aws.kms.keys.create(aws.kms.defaultKeyPolicy);
  const permitted = await aws.sessionWith('permitted', [allow('kms:Decrypt', key.arn)]);
  const other = await aws.sessionWith('other', [allow('kms:DescribeKey', key.arn)]);
  expect(await aws.kms.use(permitted.caller, 'kms:Decrypt', key.keyId)).toBe(key.arn);
  await expect(aws.kms.use(other.caller, 'kms:Decrypt', key.keyId)).rejects.toMatchObject({
    name: 'AccessDeniedException', message: expect.stringContaining('because no identity-based policy allows the kms:Decrypt action'),
  });
});

test('a key policy without a statement for the account allows only the role that it names', async () => {
  await aws.sessionWith('named', []);
  const key = aws.kms.keys.create(policy({ Effect: 'Allow', Principal: { AWS: roleArn('named') }, Action: 'kms:Decrypt', Resource: '*' }));
  const named = await aws.iam.assumeRole(aws.iam.admin, roleArn('named'));
  await aws.kms.use(named.caller, 'kms:Decrypt', key.arn);
  await expect(aws.kms.use(aws.iam.admin, 'kms:Decrypt', key.arn))
    .rejects.toThrow('because no resource-based policy allows the kms:Decrypt action');
});

test('a disabled or deleted key can be described but not used', async () => {
  const disabled = await create('AWS::KMS::Key', { Enabled: false });
  await expect(aws.kms.use(aws.iam.admin, 'kms:Decrypt', disabled.physicalId)).rejects.toMatchObject({ name: 'DisabledException' });
  await aws.updateResource('AWS::KMS::Key', disabled.physicalId, { Enabled: false }, {});
  await aws.kms.use(aws.iam.admin, 'kms:Decrypt', disabled.physicalId);
  await aws.deleteResource('AWS::KMS::Key', disabled.physicalId, {});
  await expect(aws.kms.use(aws.iam.admin, 'kms:Decrypt', disabled.physicalId)).rejects.toMatchObject({ name: 'KMSInvalidStateException' });
  const { KeyMetadata } = await aws.kmsClient().send(new DescribeKeyCommand({ KeyId: disabled.physicalId }));
  expect(KeyMetadata!.KeyState).toBe('PendingDeletion');
});
