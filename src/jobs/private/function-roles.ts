import type * as iam from 'aws-cdk-lib/aws-iam';
import { validateDistinct } from './checks/supplied-roles';

const ROLES = ['handlerRole', 'frameworkOnEventRole', 'frameworkCompleteAndTimeoutRole', 'reportFunctionRole', 'monitorRole'] as const;

/**
 * For each role, the reason why it must differ from every role before it in `ROLES`. For a role without an entry, the reason is that sharing makes a circular
 * dependency.
 */
const WHY_NOT_SHARED: { readonly [Name in typeof ROLES[number]]?: string } = {
  reportFunctionRole: 'would let other functions read what failed',
  monitorRole: 'would let the state machine do what these functions may',
};

/** The roles that a user supplies for the functions of a provider. */
export type SuppliedRoles = { readonly [Name in typeof ROLES[number]]?: iam.IRole };

/** Returns the names of the properties that have a role, with their roles. */
export function suppliedRoles(props: SuppliedRoles): [name: typeof ROLES[number], role: iam.IRole][] {
  return ROLES.flatMap((name) => {
    const role = props[name];
    return role ? [[name, role] as [typeof name, iam.IRole]] : [];
  });
}

/** Throws if two properties have the same role. */
export function validateRoles(props: SuppliedRoles): void {
  validateDistinct(suppliedRoles(props), (name) => WHY_NOT_SHARED[name] ?? 'makes a circular dependency');
}
