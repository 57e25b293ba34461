import { allow, Foundation, policy, roleArn, trust } from '../foundation';

const ROLE = 'AWS::IAM::Role';
const POLICY = 'AWS::IAM::Policy';
const ADMINISTRATOR_ACCESS = 'arn:aws:iam::aws:policy/AdministratorAccess';

const lambdaTrust = policy(trust({ Service: 'lambda.amazonaws.com' }));
const lambda = { service: 'lambda.amazonaws.com' };

const inline = (name: string, ...statements: object[]) => ({ PolicyName: name, PolicyDocument: policy(...statements) });

let aws: Foundation;

beforeEach(async () => {
  aws = await Foundation.start();
});

afterEach(() => aws.close());

const create = (type: string, properties: object) => aws.createResource(type, properties);
const createRole = (properties: object = {}) => create(ROLE, { AssumeRolePolicyDocument: lambdaTrust, ...properties });

const may = async (role: string, action: string): Promise<boolean> => {
  const { caller } = await aws.iam.assumeRole(lambda, role);
  return aws.iam.authorize({ caller, action, resource: 'arn:aws:s3:::b/k' }).then(() => true, () => false);
};

describe(ROLE, () => {
  test('gets a name, an ARN and an id', async () => {
    const named = await createRole({ RoleName: 'named', Path: '/team/' });
    expect(named).toEqual({ physicalId: 'named', attributes: { Arn: roleArn('team/named'), RoleId: expect.stringMatching(/^AROA/) } });
    const generated = await createRole();
    expect(generated.physicalId).toMatch(/^Stack-Resource-[A-Z0-9]{12}$/);
    expect((await createRole()).physicalId).not.toBe(generated.physicalId);
    await expect(createRole({ RoleName: 'named' })).rejects.toThrow('Role with name named already exists.');
  });

  test('is updated in place, and replaced when its name changes', async () => {
    const before = { AssumeRolePolicyDocument: lambdaTrust, Policies: [inline('p', allow('s3:GetObject', '*'))] };
    const { physicalId } = await create(ROLE, before);
    expect([await may(roleArn(physicalId), 's3:GetObject'), await may(roleArn(physicalId), 's3:PutObject')]).toEqual([true, false]);

    const after = { ...before, Policies: [inline('q', allow('s3:PutObject', '*'))] };
    expect((await aws.updateResource(ROLE, physicalId, before, after)).physicalId).toBe(physicalId);
    expect([await may(roleArn(physicalId), 's3:GetObject'), await may(roleArn(physicalId), 's3:PutObject')]).toEqual([false, true]);

    const renamed = { ...after, RoleName: 'renamed' };
    expect((await aws.updateResource(ROLE, physicalId, after, renamed)).physicalId).toBe('renamed');
  });

  test('is refused if it exceeds a quota of IAM or has a malformed policy', async () => {
    const long = allow('s3:GetObject', Array.from({ length: 100 }, (_, index) => `arn:aws:s3:::bucket/${'x'.repeat(60)}${index}`));
    await createRole({ RoleName: 'large', Policies: [inline('p', long)] });
    await expect(create(POLICY, { ...inline('q', long), Roles: ['large'] })).rejects.toMatchObject({
      name: 'LimitExceeded', message: 'Maximum policy size of 10240 bytes exceeded for role large',
    });
    await expect(createRole({ RoleName: 'x'.repeat(65) })).rejects.toMatchObject({ name: 'ValidationError' });
    await expect(createRole({ Policies: [inline('p', { Effect: 'Perhaps' })] })).rejects.toMatchObject({ name: 'MalformedPolicyDocument' });
  });

  test('can have the AWS managed policies that are emulated, but no permissions boundary', async () => {
    const { physicalId } = await createRole({ ManagedPolicyArns: [ADMINISTRATOR_ACCESS] });
    expect(await may(roleArn(physicalId), 's3:PutObject')).toBe(true);
    await expect(createRole({ ManagedPolicyArns: ['arn:aws:iam::aws:policy/PowerUserAccess'] }))
      .rejects.toThrow('does not exist or is not attachable. (the local AWS emulates only AWS\'s own AdministratorAccess');
    await expect(createRole({ PermissionsBoundary: ADMINISTRATOR_ACCESS })).rejects.toThrow('isn\'t emulated, deploy the role without one');
  });

  test('cannot be deleted while a separate policy resource is attached to it', async () => {
    const properties = { RoleName: 'gone', AssumeRolePolicyDocument: lambdaTrust, Policies: [inline('own', allow('s3:GetObject', '*'))] };
    await create(ROLE, properties);
    const { physicalId } = await create(POLICY, { ...inline('other', allow('s3:PutObject', '*')), Roles: ['gone'] });
    await expect(aws.deleteResource(ROLE, 'gone', properties)).rejects.toMatchObject({ name: 'DeleteConflict' });
    await aws.deleteResource(POLICY, physicalId, { ...inline('other'), Roles: ['gone'] });
    await aws.deleteResource(ROLE, 'gone', properties);
    await aws.deleteResource(ROLE, 'gone', properties);
    await expect(may(roleArn('gone'), 's3:GetObject')).rejects.toThrow('sts:AssumeRole');
  });

  test('can be created only by callers with permission', async () => {
    const { caller } = await aws.sessionWith('weak', [allow('s3:*', '*')]);
    await expect(aws.createResource(ROLE, { AssumeRolePolicyDocument: lambdaTrust }, caller)).rejects.toThrow('iam:CreateRole');
  });
});

describe(POLICY, () => {
  test('can be added to a role at the same time as another policy', async () => {
    await createRole({ RoleName: 'shared' });
    await Promise.all(['s3:GetObject', 's3:PutObject'].map((action) => create(POLICY, { ...inline(action.slice(3), allow(action, '*')), Roles: ['shared'] })));
    expect([await may(roleArn('shared'), 's3:GetObject'), await may(roleArn('shared'), 's3:PutObject')]).toEqual([true, true]);
  });

  test('stays attached when the role is updated, and can move to another role', async () => {
    await createRole({ RoleName: 'one' });
    await createRole({ RoleName: 'two' });
    const before = { ...inline('p', allow('s3:GetObject', '*')), Roles: ['one'] };
    const { physicalId } = await create(POLICY, before);
    const role = { RoleName: 'one', AssumeRolePolicyDocument: lambdaTrust };
    await aws.updateResource(ROLE, 'one', role, { ...role, Policies: [inline('q', allow('s3:PutObject', '*'))] });
    expect(await may(roleArn('one'), 's3:GetObject')).toBe(true);

    await aws.updateResource(POLICY, physicalId, before, { ...before, Roles: ['two'] });
    expect([await may(roleArn('one'), 's3:GetObject'), await may(roleArn('two'), 's3:GetObject')]).toEqual([false, true]);
  });
});

describe('propagation', () => {
  const DELAY_MS = 3_600_000;

  beforeEach(async () => {
    await aws.close();
    aws = await Foundation.start({ timeScale: 60, iam: { propagationMs: DELAY_MS } });
  });

  test('new and changed roles and policies take effect after a delay', async () => {
    await createRole({ RoleName: 'slow', Policies: [inline('p', allow('s3:GetObject', '*'))] });
    await expect(may(roleArn('slow'), 's3:GetObject')).rejects.toThrow('sts:AssumeRole');
    await expect(createRole({ AssumeRolePolicyDocument: policy(trust({ AWS: roleArn('slow') })) }))
      .rejects.toThrow('Invalid principal in policy');
    aws.clock.skip(DELAY_MS);
    expect(await may(roleArn('slow'), 's3:GetObject')).toBe(true);

    await create(POLICY, { ...inline('q', allow('s3:PutObject', '*')), Roles: ['slow'] });
    expect(await may(roleArn('slow'), 's3:PutObject')).toBe(false);
    aws.clock.skip(DELAY_MS);
    expect(await may(roleArn('slow'), 's3:PutObject')).toBe(true);
  });
});
