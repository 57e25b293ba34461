import { AssumeRoleCommand, GetCallerIdentityCommand } from '@aws-sdk/client-sts';
import type { Caller } from '../../src/contract';
import { bootstrapRoleArn } from '../../src/iam/bootstrap';
import { ACCOUNT, allow, Foundation, policy, REGION, roleArn, trust as trustStatement } from '../foundation';

let aws: Foundation;

beforeEach(async () => {
  aws = await Foundation.start();
});

afterEach(() => aws.close());

const trust = (principal: object, condition?: object) => policy(trustStatement(principal, condition));

const createRole = (name: string, trustPolicy: ReturnType<typeof policy>) =>
  aws.iam.createRole(name, { trustPolicy, inlinePolicies: {}, managedPolicyArns: [] });

const ask = (caller: Caller, action: string, resource: string, context?: Record<string, string>) =>
  aws.iam.authorize({ caller, action, resource, context });

const DATASTORE = `arn:aws:healthlake:${REGION}:${ACCOUNT}:datastore/fhir/d1`;

describe('identity policies', () => {
  test('allow only the named actions and resources', async () => {
    const { caller } = await aws.sessionWith('reader', [allow('s3:GetObject', 'arn:aws:s3:::data/in/*')]);
    await ask(caller, 's3:GetObject', 'arn:aws:s3:::data/in/a');
    await expect(ask(caller, 's3:GetObject', 'arn:aws:s3:::data/out/a')).rejects.toMatchObject({
      name: 'AccessDenied',
      status: 403,
      message: `User: arn:aws:sts::${ACCOUNT}:assumed-role/reader/test is not authorized to perform: s3:GetObject`
        + ' on resource: "arn:aws:s3:::data/out/a" because no identity-based policy allows the s3:GetObject action',
    });
    await expect(ask(caller, 'healthlake:DescribeFHIRDatastore', DATASTORE)).rejects.toMatchObject({
      name: 'AccessDeniedException',
      message: `User: ${caller.arn} is not authorized to perform: healthlake:DescribeFHIRDatastore on resource: ${DATASTORE}`
        + ' because no identity-based policy allows the healthlake:DescribeFHIRDatastore action',
    });
  });

  test('deny an action even if another statement allows it', async () => {
    const { caller } = await aws.sessionWith('denied', [allow('*', '*'), { Effect: 'Deny', Action: 's3:*', Resource: '*' }]);
    await expect(ask(caller, 's3:GetObject', 'arn:aws:s3:::data/a'))
      .rejects.toThrow('is not authorized to perform: s3:GetObject on resource: "arn:aws:s3:::data/a" with an explicit deny in an identity-based policy');
  });

  test('apply only if their conditions hold', async () => {
    const passRole = allow('iam:PassRole', roleArn('data'), { StringEquals: { 'iam:PassedToService': 'healthlake.amazonaws.com' } });
    const { caller } = await aws.sessionWith('passer', [passRole]);
    await ask(caller, 'iam:PassRole', roleArn('data'), { 'iam:PassedToService': 'healthlake.amazonaws.com' });
    await expect(ask(caller, 'iam:PassRole', roleArn('data'), { 'iam:PassedToService': 'lambda.amazonaws.com' })).rejects.toThrow('iam:PassRole');
  });

  test('allow an action without a resource type only if their Resource is a star', async () => {
    const starred = await aws.sessionWith('starred', [allow('healthlake:CreateFHIRDatastore', '*')]);
    const narrow = await aws.sessionWith('narrow', [allow('healthlake:CreateFHIRDatastore', DATASTORE)]);
    await ask(starred.caller, 'healthlake:CreateFHIRDatastore', DATASTORE);
    await expect(ask(narrow.caller, 'healthlake:CreateFHIRDatastore', DATASTORE)).rejects.toThrow('no identity-based policy');
  });

  test('a star in a requested object key is a plain character', async () => {
    const { caller } = await aws.sessionWith('starry', [allow('s3:GetObject', ['arn:aws:s3:::data/in/*', 'arn:aws:s3:::data/out/a'])]);
    await ask(caller, 's3:GetObject', 'arn:aws:s3:::data/in/a*');
    await expect(ask(caller, 's3:GetObject', 'arn:aws:s3:::data/out/*')).rejects.toThrow('on resource: "arn:aws:s3:::data/out/*"');
    await expect(ask(caller, 's3:GetObject', 'arn:aws:s3:::data/*')).rejects.toThrow('no identity-based policy');
    const denied = await aws.sessionWith('denied', [allow('s3:*', '*'), { Effect: 'Deny', Action: 's3:*', Resource: 'arn:aws:s3:::data/in/*' }]);
    await expect(ask(denied.caller, 's3:GetObject', 'arn:aws:s3:::data/in/*')).rejects.toThrow('explicit deny');
  });

  test('`authorize` throws if the requested resource contains a wildcard', async () => {
    const anyDatastore = `arn:aws:healthlake:${REGION}:${ACCOUNT}:datastore/fhir/*`;
    const { caller } = await aws.sessionWith('one', [allow('healthlake:DescribeFHIRDatastore', DATASTORE)]);
    await ask(caller, 'healthlake:DescribeFHIRDatastore', DATASTORE);
    for (const asker of [caller, aws.iam.admin]) {
      await expect(ask(asker, 'healthlake:DescribeFHIRDatastore', anyDatastore)).rejects.toThrow(`can't judge healthlake:DescribeFHIRDatastore on ${anyDatastore}`);
    }
  });

  test('`authorize` throws if the requested action is unknown', async () => {
    await expect(ask(aws.iam.admin, 's3:Fly', '*')).rejects.toThrow("can't judge s3:Fly");
  });
});

describe('a trust policy', () => {
  const source = { 'aws:SourceArn': DATASTORE, 'aws:SourceAccount': ACCOUNT };
  const healthlake = { service: 'healthlake.amazonaws.com' };

  test('lets a service assume the role only if the conditions hold', async () => {
    await createRole('import', trust({ Service: healthlake.service }, { StringEquals: { 'aws:SourceAccount': ACCOUNT }, ArnEquals: { 'aws:SourceArn': DATASTORE } }));
    const { caller, credentials } = await aws.iam.assumeRole(healthlake, roleArn('import'), source);
    const { roleId } = aws.iam.roles.get('import');
    expect(caller).toEqual({ arn: `arn:aws:sts::${ACCOUNT}:assumed-role/import/healthlake`, principalArn: roleArn('import'), accountId: ACCOUNT, roleId });
    expect(aws.iam.callerOf(credentials.accessKeyId, credentials.sessionToken)).toEqual(caller);

    await expect(aws.iam.assumeRole(healthlake, roleArn('import'), { ...source, 'aws:SourceArn': `${DATASTORE}x` })).rejects.toMatchObject({ name: 'AccessDenied' });
    await expect(aws.iam.assumeRole(healthlake, roleArn('import'))).rejects.toMatchObject({ name: 'AccessDenied' });
    await expect(aws.iam.assumeRole({ service: 'lambda.amazonaws.com' }, roleArn('import'), source)).rejects.toMatchObject({
      message: `User: lambda.amazonaws.com is not authorized to perform: sts:AssumeRole on resource: ${roleArn('import')}`,
    });
  });

  test('grants access without an identity policy if it names the calling role, but not if it names the account', async () => {
    const { caller } = await aws.sessionWith('handler', []);
    await createRole('named', trust({ AWS: roleArn('handler') }));
    await createRole('account', trust({ AWS: `arn:aws:iam::${ACCOUNT}:root` }));
    expect((await aws.iam.assumeRole(caller, roleArn('named'))).caller.principalArn).toBe(roleArn('named'));
    await expect(aws.iam.assumeRole(caller, roleArn('account'))).rejects.toMatchObject({ name: 'AccessDenied' });

    const permitted = await aws.sessionWith('permitted', [allow('sts:AssumeRole', roleArn('account'))]);
    await aws.iam.assumeRole(permitted.caller, roleArn('account'));
    await expect(aws.iam.assumeRole(permitted.caller, roleArn('named'))).rejects.toMatchObject({ name: 'AccessDenied' });
  });

  test('is refused if it names a missing role', async () => {
    await expect(createRole('early', trust({ AWS: roleArn('later') }))).rejects.toMatchObject({
      name: 'MalformedPolicyDocument', message: `Invalid principal in policy: "AWS":"${roleArn('later')}"`,
    });
  });
});

describe('STS', () => {
  test('returns the identity of the caller', async () => {
    expect(await aws.stsClient().send(new GetCallerIdentityCommand({}))).toMatchObject({ Arn: `arn:aws:iam::${ACCOUNT}:user/admin`, Account: ACCOUNT });
    const { credentials } = await aws.sessionWith('someone', []);
    const identity = await aws.stsClient(credentials).send(new GetCallerIdentityCommand({}));
    expect(identity.Arn).toBe(`arn:aws:sts::${ACCOUNT}:assumed-role/someone/test`);
    expect(identity.UserId).toMatch(/^AROA[A-Z2-7]{17}:test$/);
  });

  test('starts sessions of a role', async () => {
    const RoleArn = bootstrapRoleArn(aws.environment, 'deploy');
    const { Credentials, AssumedRoleUser } = await aws.stsClient().send(new AssumeRoleCommand({ RoleArn, RoleSessionName: 'cdk', DurationSeconds: 900 }));
    const { AccessKeyId, SecretAccessKey, SessionToken } = Credentials!;
    const session = { accessKeyId: AccessKeyId!, secretAccessKey: SecretAccessKey!, sessionToken: SessionToken! };
    expect(session.accessKeyId).toMatch(/^ASIA/);
    expect(AssumedRoleUser!.Arn).toBe(`arn:aws:sts::${ACCOUNT}:assumed-role/cdk-hnb659fds-deploy-role-${ACCOUNT}-${REGION}/cdk`);
    expect((await aws.stsClient(session).send(new GetCallerIdentityCommand({}))).Arn).toBe(AssumedRoleUser!.Arn);
    const forged = aws.stsClient({ ...session, sessionToken: 'other' });
    await expect(forged.send(new GetCallerIdentityCommand({}))).rejects.toMatchObject({ name: 'InvalidClientTokenId' });
  });

  test('requires the external id, a valid session name and a valid duration', async () => {
    await createRole('external', trust({ AWS: `arn:aws:iam::${ACCOUNT}:user/admin` }, { StringEquals: { 'sts:ExternalId': 'secret' } }));
    const assume = (input: object) =>
      aws.stsClient().send(new AssumeRoleCommand({ RoleArn: roleArn('external'), RoleSessionName: 'name', ExternalId: 'secret', ...input }));
    await assume({});
    await expect(assume({ ExternalId: 'wrong' })).rejects.toMatchObject({ name: 'AccessDenied' });
    await expect(assume({ RoleSessionName: 'with blank' })).rejects.toMatchObject({ name: 'ValidationError' });
    await expect(assume({ DurationSeconds: 1 })).rejects.toMatchObject({ name: 'ValidationError' });
  });
});
