import { Annotations, Stack } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import type { IConstruct } from 'constructs';
import { resourceOfType } from '../../../private/cfn-resource';
import { checkTrustWhenFinished, type TrustPolicyJson, warnOfTrustWhenFinished } from '../../../private/checks/trust';
import { referencesIn } from '../../../private/deployment-order';
import { resourcesOfApp, warnWhenFinished } from '../../../private/finished-app';
import type { Kind } from '../kind';

/** Throws if two properties have the same role. In the error, the text that `why` returns for the second property follows the word "which". */
export function validateDistinct<T extends string>(roles: readonly (readonly [name: T, role: iam.IRole])[], why: (name: T) => string): void {
  roles.forEach(([name, role], index) => {
    const [twin] = roles.slice(0, index).find(([, other]) => other.roleArn === role.roleArn) ?? [];
    if (twin) {
      throw new Error(`${twin} and ${name} are the same role "${role.node.path}", which ${why(name)}; give each its own role`);
    }
  });
}

/** Warns at synthesis if the trust policy of a supplied role doesn't name the role that has to assume it. */
export function checkTrustInRoleWhenFinished(scope: IConstruct, { noun }: Kind, name: string, role: iam.IRole, assumedBy: iam.IRole): void {
  warnOfTrustWhenFinished(scope, name, role, (policy) => {
    const arn: unknown = Stack.of(role).resolve(assumedBy.roleArn);
    return principalsOf(policy).some((principal) => !isOtherRole(principal, arn))
      ? undefined
      : `doesn't let the role "${assumedBy.node.path}" assume it, so the ${noun} couldn't use it; `
        + `create the ${name} with assumedBy: new ArnPrincipal() and the ARN of that role`;
  });
}

/** Returns the accounts, users and roles that a trust policy names. */
function principalsOf({ Statement: statements = [] }: TrustPolicyJson): unknown[] {
  return statements.flatMap(({ Principal: principal }) => (principal === '*' ? principal : principal?.AWS ?? []));
}

/** Returns whether a principal is certainly not the role with this ARN. Compares two ARNs of roles, or two attributes of resources in the template. */
function isOtherRole(principal: unknown, arn: unknown): boolean {
  const isComparable = [/^"arn:[^:]+:iam::\d+:role\//, /^{"Fn::GetAtt":/].some((form) => [principal, arn].every((value) => form.test(JSON.stringify(value))));
  return isComparable && JSON.stringify(principal) !== JSON.stringify(arn);
}

/** Warns at synthesis if HealthLake can't assume a supplied data access role, or if the role has no policy. */
export function checkDataAccessRoleWhenFinished(scope: IConstruct, { noun }: Kind, role?: iam.IRole): void {
  if (!role) {
    return;
  }
  checkTrustWhenFinished(scope, 'dataAccessRole', role, 'healthlake.amazonaws.com');
  warnWhenFinished(scope, () => {
    const resource = resourceOfType(role, iam.CfnRole);
    if (resource && !hasPolicy(resource)) {
      Annotations.of(scope).addWarningV2('cdk-healthlake-import:permissions-of-dataAccessRole',
        `the dataAccessRole "${role.node.path}" has no policy, so HealthLake could read and write nothing; add the dataAccessStatements of the ${noun} to it`);
    }
  });
}

/** Returns whether a role has inline or managed policies, or whether a policy that the app creates names the role. */
function hasPolicy(role: iam.CfnRole): boolean {
  const own: unknown[][] = Stack.of(role).resolve([role.policies, role.managedPolicyArns]);
  const isOfRole = (resource: IConstruct) => {
    const policy = resourceOfType(resource, iam.CfnPolicy) ?? resourceOfType(resource, iam.CfnManagedPolicy);
    return policy !== undefined && referencesIn(policy.roles, policy).has(role);
  };
  return own.flat().length > 0 || resourcesOfApp(role).some(isOfRole);
}
