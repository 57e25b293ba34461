import { Annotations, Stack } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import type { IConstruct } from 'constructs';
import { warnWhenFinished } from '../finished-app';

/** Warns at synthesis if the trust policy of a supplied role doesn't name the service that has to assume the role. */
export function checkTrustWhenFinished(scope: IConstruct, name: string, role: iam.IRole, service: string): void {
  warnOfTrustWhenFinished(scope, name, role, (policy) => (JSON.stringify(policy).includes(service)
    ? undefined
    : `doesn't let ${service} assume the role, so the deployment would fail; create the role with assumedBy: new ServicePrincipal("${service}")`));
}

/** Warns at synthesis if the trust policy of a role has a problem. Roles that the app doesn't create are skipped, because their policies are not known. */
export function warnOfTrustWhenFinished(
  scope: IConstruct, name: string, role: iam.IRole, problemOf: (policy: TrustPolicyJson) => string | undefined,
): void {
  warnWhenFinished(scope, () => {
    const { assumeRolePolicy } = role instanceof iam.Role ? role : {};
    const problem = assumeRolePolicy && problemOf(Stack.of(role).resolve(assumeRolePolicy) as TrustPolicyJson);
    if (problem) {
      Annotations.of(scope).addWarningV2(`cdk-healthlake-import:trust-of-${name}`, `the trust policy of the ${name} "${role.node.path}" ${problem}`);
    }
  });
}

/** A resolved trust policy. A principal is a string or an intrinsic function. */
export interface TrustPolicyJson {
  readonly Statement?: readonly { readonly Principal?: '*' | { readonly AWS?: unknown } }[];
}
