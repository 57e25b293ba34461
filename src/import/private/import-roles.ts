import { Stack } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import type { Construct, IDependable } from 'constructs';
import { roleDescription } from '../../private/text';

/** The role that HealthLake assumes, for jobs of this data store only. */
export function createDataAccessRole(scope: Construct, datastoreArn: string, statements: iam.PolicyStatement[]): iam.Role {
  return new iam.Role(scope, 'DataAccessRole', {
    description: roleDescription(`HealthLake reads FHIR data and writes import results (${scope.node.path})`),
    assumedBy: new iam.ServicePrincipal('healthlake.amazonaws.com', {
      conditions: {
        StringEquals: { 'aws:SourceAccount': Stack.of(scope).account },
        ArnEquals: { 'aws:SourceArn': datastoreArn },
      },
    }),
    inlinePolicies: { DataAccess: new iam.PolicyDocument({ statements }) },
  });
}

/** Who assumes one of the roles that are made for one import, and what for. */
export interface AssumedRole {
  readonly description: string;
  readonly assumedBy: readonly iam.IRole[];
  readonly policyName: string;
  readonly policy: iam.PolicyDocument;
  /** What runs as those who assume it: a role that trusts a role that is seconds old can be refused. */
  readonly after: readonly IDependable[];
}

/** A role that roles of the provider assume for one import, and for nothing else. */
export function createAssumedRole(scope: Construct, id: string, { description, assumedBy, policyName, policy, after }: AssumedRole): iam.Role {
  const principals = assumedBy.map(({ roleArn }) => new iam.ArnPrincipal(roleArn));
  const role = new iam.Role(scope, id, {
    description: roleDescription(`${description} (${scope.node.path})`),
    assumedBy: principals.length === 1 ? principals[0] : new iam.CompositePrincipal(...principals),
    inlinePolicies: { [policyName]: policy },
  });
  role.node.addDependency(...after);
  return role;
}
