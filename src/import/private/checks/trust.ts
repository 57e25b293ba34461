import { Annotations, Stack } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import type { IConstruct } from 'constructs';

/**
 * Adds a check that the trust policy of a supplied role names the service that has to assume it. The check runs at synthesis, because the policy can change
 * until then. Only the policies of roles that the app creates are known.
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
