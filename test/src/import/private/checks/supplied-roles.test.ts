import { Stack } from 'aws-cdk-lib';
import { Annotations, Match } from 'aws-cdk-lib/assertions';
import * as iam from 'aws-cdk-lib/aws-iam';
import { type FhirImport, FhirImportProvider } from '../../../../../src';
import { importInto, newStack } from '../../../../support/synth';

const ROLES: [string, string, (stack: Stack, role: iam.IRole) => void][] = [
  ['dataAccessRole', 'healthlake.amazonaws.com', (stack, dataAccessRole) => importInto(stack, { dataAccessRole })],
  ...['handlerRole', 'frameworkOnEventRole', 'frameworkCompleteAndTimeoutRole', 'reportFunctionRole', 'monitorRole']
    .map((name): typeof ROLES[number] => [name, name === 'monitorRole' ? 'states.amazonaws.com' : 'lambda.amazonaws.com', (stack, role) => {
      new FhirImportProvider(stack, 'Provider', { [name]: role });
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

describe('the policies of a supplied dataAccessRole', () => {
  function warningsWith(addPolicies: (role: iam.Role, stack: Stack, fhirImport: FhirImport) => void): unknown[] {
    const stack = newStack();
    const role = new iam.Role(stack, 'Role', { assumedBy: new iam.ServicePrincipal('healthlake.amazonaws.com') });
    addPolicies(role, stack, importInto(stack, { dataAccessRole: role }));
    return Annotations.fromStack(stack).findWarning('*', Match.stringLikeRegexp('permissions-of-dataAccessRole')).map(({ entry }) => entry.data);
  }

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
