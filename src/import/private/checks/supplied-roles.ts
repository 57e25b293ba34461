import { Annotations, Stack } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import type { IConstruct } from 'constructs';
import { resourceOfType } from '../../../private/cfn-resource';

/**
 * Warns at synthesis if the trust policy of a supplied role doesn't name the service that has to assume the role. The policy can change until then. Roles that
 * the app doesn't create are skipped, because their policies are not known.
 */
export function checkTrustWhenFinished(scope: IConstruct, name: string, role: iam.IRole, service: string): void {
  scope.node.addValidation({
    validate: () => {
      const { assumeRolePolicy } = role instanceof iam.Role ? role : {};
      if (assumeRolePolicy && !JSON.stringify(Stack.of(role).resolve(assumeRolePolicy)).includes(service)) {
        Annotations.of(scope).addWarningV2(`cdk-healthlake-import:trust-of-${name}`,
          `the trust policy of the ${name} "${role.node.path}" doesn't let ${service} assume the role, so the deployment would fail; `
          + `create the role with assumedBy: new ServicePrincipal("${service}")`);
      }
      return [];
    },
  });
}

/** Warns at synthesis if HealthLake can't assume a supplied data access role, or if the role has no policy. */
export function checkDataAccessRoleWhenFinished(scope: IConstruct, role?: iam.IRole): void {
  if (!role) {
    return;
  }
  checkTrustWhenFinished(scope, 'dataAccessRole', role, 'healthlake.amazonaws.com');
  scope.node.addValidation({
    validate: () => {
      const resource = resourceOfType(role, iam.CfnRole);
      if (resource && !hasPolicy(resource)) {
        Annotations.of(scope).addWarningV2('cdk-healthlake-import:permissions-of-dataAccessRole',
          `the dataAccessRole "${role.node.path}" has no policy, so HealthLake could read and write nothing; add the dataAccessStatements of the import to it`);
      }
      return [];
    },
  });
}

/** Returns whether a role has inline or managed policies, or whether a policy that the app creates names the role. */
function hasPolicy(role: iam.CfnRole): boolean {
  const stack = Stack.of(role);
  const own: unknown[][] = stack.resolve([role.policies, role.managedPolicyArns]);
  const ref = JSON.stringify(stack.resolve(role.ref));
  const isOfRole = (construct: IConstruct) => {
    const policy = resourceOfType(construct, iam.CfnPolicy) ?? resourceOfType(construct, iam.CfnManagedPolicy);
    return policy !== undefined && JSON.stringify(stack.resolve([policy.roles])).includes(ref);
  };
  return own.flat().length > 0 || role.node.root.node.findAll().some(isOfRole);
}
