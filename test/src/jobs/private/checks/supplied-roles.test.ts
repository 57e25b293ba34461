import { Stack } from 'aws-cdk-lib';
import { Annotations, Match } from 'aws-cdk-lib/assertions';
import * as iam from 'aws-cdk-lib/aws-iam';
import type { IConstruct } from 'constructs';
import { Completion, type FhirImport, type FhirImportProps, FhirJobProvider, FhirStorage } from '../../../../../src';
import { ACCOUNT, importInto, newStack } from '../../../../support/synth';

const ROLES: [string, string, (stack: Stack, role: iam.IRole) => void][] = [
  ['dataAccessRole', 'healthlake.amazonaws.com', (stack, dataAccessRole) => importInto(stack, { dataAccessRole })],
  ...['handlerRole', 'frameworkOnEventRole', 'frameworkCompleteAndTimeoutRole', 'reportFunctionRole', 'monitorRole']
    .map((name): typeof ROLES[number] => [name, name === 'monitorRole' ? 'states.amazonaws.com' : 'lambda.amazonaws.com', (stack, role) => {
      new FhirJobProvider(stack, 'Provider', { [name]: role });
    }]),
];

describe.each(ROLES)('the trust policy of a supplied %s', (name, service, use) => {
  function warningsWith(roleOf: (stack: Stack) => iam.IRole): unknown[] {
    const stack = newStack();
    use(stack, roleOf(stack));
    return Annotations.fromStack(stack).findWarning('*', Match.stringLikeRegexp(`trust-of-${name}`)).map(({ entry }) => entry.data);
  }
  const trusting = (principal: iam.IPrincipal) => (stack: Stack) => new iam.Role(stack, 'Role', { assumedBy: principal });

  test('causes a warning if the policy does not name the service', () => {
    expect(warningsWith(trusting(new iam.ServicePrincipal('ec2.amazonaws.com')))).toEqual([
      `the trust policy of the ${name} "Stack/Role" doesn't let ${service} assume the role, so the deployment would fail; `
      + `create the role with assumedBy: new ServicePrincipal("${service}") [ack: cdk-healthlake-import:trust-of-${name}]`,
    ]);
  });

  test.each<[string, (stack: Stack) => iam.IRole]>([
    ['names the service', trusting(new iam.ServicePrincipal(service))],
    ['names the service under conditions', trusting(new iam.ServicePrincipal(service, { conditions: { StringEquals: { 'aws:SourceAccount': '111122223333' } } }))],
    ['names several services', trusting(new iam.CompositePrincipal(new iam.ServicePrincipal('ec2.amazonaws.com'), new iam.ServicePrincipal(service)))],
    ['is not known', (stack) => iam.Role.fromRoleName(stack, 'Role', 'fhir')],
  ])('causes no warning if the policy %s', (_, roleOf) => {
    expect(warningsWith(roleOf)).toEqual([]);
  });
});

describe('the trust policy of a supplied role of an import', () => {
  const HANDLER = 'Provider/HandlerRole';
  const [detached, waiting] = [Completion.detached(), Completion.waitFor()];

  /** Returns the warnings about a role of an import whose provider has supplied roles. */
  function warningsWith(name: 'operatorRole' | 'reportRole', trusted: (provider: FhirJobProvider, stack: Stack) => iam.IPrincipal, props: Partial<FhirImportProps> = {}): unknown[] {
    const stack = newStack();
    const [reportFunctionRole, monitorRole] = ['lambda', 'states'].map((service) =>
      new iam.Role(stack, service, { assumedBy: new iam.ServicePrincipal(`${service}.amazonaws.com`) }));
    const provider = new FhirJobProvider(stack, 'Provider', { reportFunctionRole, monitorRole });
    const role = new iam.Role(stack, 'Role', { assumedBy: trusted(provider, stack) });
    importInto(stack, { provider, [name]: role, ...props });
    return Annotations.fromStack(stack).findWarning('*', Match.stringLikeRegexp(`trust-of-${name}`)).map(({ entry }) => entry.data);
  }
  const arnOf = (path: string) => (_provider: FhirJobProvider, stack: Stack): iam.PrincipalBase =>
    new iam.ArnPrincipal((path.split('/').reduce((construct, id) => construct.node.findChild(id), stack as IConstruct) as iam.Role).roleArn);
  const both = (...principals: ReturnType<typeof arnOf>[]) => (provider: FhirJobProvider, stack: Stack) =>
    new iam.CompositePrincipal(...principals.map((principal) => principal(provider, stack)));
  const warning = (name: string, path: string) => `the trust policy of the ${name} "Stack/Role" doesn't let the role "Stack/${path}" assume it, so the import `
    + `couldn't use it; create the ${name} with assumedBy: new ArnPrincipal() and the ARN of that role [ack: cdk-healthlake-import:trust-of-${name}]`;

  test.each<[string, 'operatorRole' | 'reportRole', string[], ReturnType<typeof arnOf>, Completion]>([
    ['a service', 'operatorRole', [HANDLER], () => new iam.ServicePrincipal('lambda.amazonaws.com'), waiting],
    ['a service', 'reportRole', ['lambda'], () => new iam.ServicePrincipal('lambda.amazonaws.com'), waiting],
    ['another role', 'operatorRole', [HANDLER], arnOf('lambda'), waiting],
    ['the handler role', 'reportRole', ['lambda'], arnOf(HANDLER), waiting],
    ['only the handler role, although the import is detached', 'operatorRole', ['states'], arnOf(HANDLER), detached],
  ])('causes a warning if it names %s as principal of the %s', (_, name, missing, trusted, completion) => {
    expect(warningsWith(name, trusted, { completion })).toEqual(missing.map((path) => warning(name, path)));
  });

  test.each<[string, 'operatorRole' | 'reportRole', ReturnType<typeof arnOf>, Completion]>([
    ['the handler role', 'operatorRole', arnOf(HANDLER), waiting],
    ['the handler role and the monitor role', 'operatorRole', both(arnOf(HANDLER), arnOf('states')), detached],
    ['the role of the report function', 'reportRole', arnOf('lambda'), waiting],
    ['the account', 'operatorRole', () => new iam.AccountRootPrincipal(), waiting],
    ['every principal, under a condition', 'operatorRole', () => new iam.StarPrincipal().withConditions({ StringEquals: { 'aws:PrincipalAccount': ACCOUNT } }), waiting],
    ['a role that may be the handler role', 'operatorRole', () => new iam.ArnPrincipal(`arn:aws:iam::${ACCOUNT}:role/handler`), waiting],
  ])('causes no warning if it names %s as principal of the %s', (_, name, trusted, completion) => {
    expect(warningsWith(name, trusted, { completion })).toEqual([]);
  });

  test.each([['handler', 0], ['other', 1]])('is compared with a handler role whose ARN is known: the role "%s" causes this number of warnings: %d', (name, count) => {
    const stack = newStack();
    const arn = (role: string) => `arn:aws:iam::${ACCOUNT}:role/${role}`;
    const provider = new FhirJobProvider(stack, 'Provider', { handlerRole: iam.Role.fromRoleArn(stack, 'Handler', arn('handler')) });
    importInto(stack, { provider, operatorRole: new iam.Role(stack, 'Role', { assumedBy: new iam.ArnPrincipal(arn(name)) }) });

    expect(Annotations.fromStack(stack).findWarning('*', Match.stringLikeRegexp('trust-of-operatorRole'))).toHaveLength(count);
  });

  test('causes no warning if the role is in another stack, which the stack of the import depends on', () => {
    const stack = newStack();
    const provider = new FhirJobProvider(stack, 'Provider');
    const operatorRole = new iam.Role(new Stack(stack.node.root, 'Roles'), 'Role', { assumedBy: new iam.ArnPrincipal(provider.handlerRole.roleArn) });
    const later = new Stack(stack.node.root, 'Later');
    const dataAccessRole = iam.Role.fromRoleName(later, 'DataAccess', 'data');
    importInto(later, { provider, operatorRole, dataAccessRole, storage: new FhirStorage(stack, 'Storage') });

    expect(Annotations.fromStack(later).findWarning('*', Match.stringLikeRegexp('trust-of-'))).toEqual([]);
  });
});

describe('the policies of a supplied dataAccessRole', () => {
  function warningsWith(addPolicies: (role: iam.Role, stack: Stack, fhirImport: FhirImport) => void): unknown[] {
    const stack = newStack();
    const role = new iam.Role(stack, 'Role', { assumedBy: new iam.ServicePrincipal('healthlake.amazonaws.com') });
    addPolicies(role, stack, importInto(stack, { dataAccessRole: role }));
    return Annotations.fromStack(stack).findWarning('*', Match.stringLikeRegexp('permissions-of-dataAccessRole')).map(({ entry }) => entry.data);
  }

  test('cause a warning if there are none, also in an app with the policies of roles in another Region', () => {
    const importElsewhere = (stack: Stack) => importInto(new Stack(stack.node.root, 'Elsewhere', { env: { region: 'eu-west-1', account: ACCOUNT } }));

    expect(warningsWith((_role, stack) => importElsewhere(stack))).toHaveLength(1);
  });

  test('cause a warning if there are none', () => {
    const other = (stack: Stack) => new iam.Role(stack, 'Other', { assumedBy: new iam.ServicePrincipal('ec2.amazonaws.com') });

    expect(warningsWith((_role, stack, { dataAccessStatements: [statement] }) => other(stack).addToPolicy(statement))).toEqual([
      'the dataAccessRole "Stack/Role" has no policy, so HealthLake could read and write nothing; add the dataAccessStatements of the import to it '
      + '[ack: cdk-healthlake-import:permissions-of-dataAccessRole]',
    ]);
  });

  test.each<[string, Parameters<typeof warningsWith>[0]]>([
    ['statements are added', (role, _stack, { dataAccessStatements }) => dataAccessStatements.forEach((statement) => role.addToPolicy(statement))],
    ['a managed policy is added', (role) => role.addManagedPolicy(iam.ManagedPolicy.fromAwsManagedPolicyName('ReadOnlyAccess'))],
    ['a policy of another stack names the role', (role, stack, { dataAccessStatements: statements }) => {
      new iam.Policy(new Stack(stack.node.root, 'Policies'), 'Policy', { statements, roles: [role] });
    }],
    ['a managed policy names the role', (role, stack, { dataAccessStatements: statements }) => {
      new iam.ManagedPolicy(stack, 'Policy', { statements, roles: [role] });
    }],
  ])('cause no warning if %s', (_, addPolicies) => {
    expect(warningsWith(addPolicies)).toEqual([]);
  });
});
