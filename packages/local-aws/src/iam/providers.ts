import type { Iam } from './iam';
import { ManagedPolicyProvider } from './managed-policy-provider';
import { PolicyProvider } from './policy-provider';
import { RoleProvider } from './role-provider';
import type { ResourceProviders } from '../contract';

/** The providers of IAM's resources. */
export function iamProviders(iam: Iam): ResourceProviders {
  return {
    'AWS::IAM::Role': new RoleProvider(iam),
    'AWS::IAM::Policy': new PolicyProvider(iam),
    'AWS::IAM::ManagedPolicy': new ManagedPolicyProvider(iam),
  };
}
