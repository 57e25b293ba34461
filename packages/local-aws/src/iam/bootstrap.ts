import { administratorAccessArn } from './policies/policy-document';
import type { RoleSettings } from './roles';
import type { Environment } from '../contract';

/** The default qualifier of `cdk bootstrap`. */
const QUALIFIER = 'hnb659fds';

/** The roles that `cdk bootstrap` creates, by the middle part of their names. */
const BOOTSTRAP_ROLES = ['deploy', 'file-publishing', 'image-publishing', 'lookup', 'cfn-exec'] as const;

type BootstrapRole = (typeof BOOTSTRAP_ROLES)[number];

type Place = Pick<Environment, 'partition' | 'accountId' | 'region'>;

function bootstrapRoleName(place: Place, role: BootstrapRole): string {
  return `cdk-${QUALIFIER}-${role}-role-${place.accountId}-${place.region}`;
}

export function bootstrapRoleArn(place: Place, role: BootstrapRole): string {
  return `arn:${place.partition}:iam::${place.accountId}:role/${bootstrapRoleName(place, role)}`;
}

/** Returns the name of the bucket to which the CDK CLI uploads assets. */
export function bootstrapBucketName(place: Place): string {
  return `cdk-${QUALIFIER}-assets-${place.accountId}-${place.region}`;
}

/** The SSM parameter from which the CDK CLI reads the version of the bootstrap stack. */
export const BOOTSTRAP_VERSION_PARAMETER = `/cdk-bootstrap/${QUALIFIER}/version`;

/** Returns the roles that `cdk bootstrap` creates. CloudFormation can assume `cfn-exec`; principals of the account can assume the other roles. */
export function bootstrapRoles(place: Place): { readonly name: string; readonly settings: RoleSettings }[] {
  const account = { AWS: `arn:${place.partition}:iam::${place.accountId}:root` };
  const cloudFormation = { Service: 'cloudformation.amazonaws.com' };
  return BOOTSTRAP_ROLES.map((role) => {
    const trust = { Effect: 'Allow', Action: 'sts:AssumeRole', Principal: role === 'cfn-exec' ? cloudFormation : account };
    return {
      name: bootstrapRoleName(place, role),
      settings: {
        trustPolicy: { Version: '2012-10-17', Statement: [trust] },
        inlinePolicies: {},
        managedPolicyArns: [administratorAccessArn(place.partition)],
      },
    };
  });
}
