import { Stack } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import type { Construct, IDependable } from 'constructs';
import { roleDescription } from '../../private/text';

/** Creates the role that HealthLake assumes. HealthLake may assume this role only for jobs of this data store. */
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

/** Properties of a role that the provider's roles assume for one import only. */
export interface AssumedRole {
  readonly description: string;
  readonly assumedBy: readonly iam.IRole[];
  readonly policyName: string;
  readonly policy: iam.PolicyDocument;
  /**
   * The functions and state machines that run as the `assumedBy` roles. CloudFormation creates the new role after them. By then IAM accepts the `assumedBy`
   * roles as principals, which it can reject in the first seconds after their creation.
   */
  readonly after: readonly IDependable[];
}

/** Creates a role that the provider's roles assume for one import only. */
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

/** Returns copies of the statements with the role as their principal, for the policy of a bucket or of a key. */
export function grantedTo(role: iam.IRole, statements: iam.PolicyStatement[]): iam.PolicyStatement[] {
  return statements.map((statement) => statement.copy({ principals: [new iam.ArnPrincipal(role.roleArn)] }));
}
