import { Stack, Token } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import type { Construct, IDependable } from 'constructs';
import { checkTrustInRoleWhenFinished } from './checks/supplied-roles';
import type { Kind } from './kind';
import { roleDescription } from '../../private/text';

/** Creates the role that HealthLake assumes. HealthLake may assume this role only for jobs of this data store. */
export function createDataAccessRole(scope: Construct, { dataAccess }: Kind, datastoreArn: string, statements: iam.PolicyStatement[]): iam.Role {
  return new iam.Role(scope, 'DataAccessRole', {
    description: roleDescription(`${dataAccess} (${scope.node.path})`),
    assumedBy: new iam.ServicePrincipal('healthlake.amazonaws.com', {
      conditions: {
        StringEquals: { 'aws:SourceAccount': Stack.of(scope).account },
        ArnEquals: { 'aws:SourceArn': datastoreArn },
      },
    }),
    inlinePolicies: { DataAccess: new iam.PolicyDocument({ statements }) },
  });
}

/** Properties of `AssumedRole`. */
export interface AssumedRoleProps {
  readonly kind: Kind;
  /** The property that may supply the role. */
  readonly name: 'operatorRole' | 'reportRole';
  /** A role to use instead of a new one. The statements are added to it, unless it is immutable. */
  readonly supplied?: iam.IRole;
  readonly description: string;
  readonly assumedBy: readonly iam.IRole[];
  readonly policyName: string;
  readonly statements: iam.PolicyStatement[];
  /**
   * The functions and state machines that run as the `assumedBy` roles. CloudFormation creates the new role after them. By then IAM accepts the `assumedBy`
   * roles as principals, which it can reject in the first seconds after their creation.
   */
  readonly after: readonly IDependable[];
}

/** A role that the provider's roles assume for one import or export only. */
export class AssumedRole {
  public readonly role: iam.IRole;
  private readonly policy: iam.PolicyDocument;

  constructor(scope: Construct, id: string, private readonly props: AssumedRoleProps) {
    this.policy = new iam.PolicyDocument({ statements: props.statements });
    const { supplied } = props;
    this.role = supplied ?? this.createRole(scope, id);
    if (supplied) {
      props.statements.forEach((statement) => this.addToPolicyOfRole(statement));
      props.assumedBy.forEach((role) => checkTrustInRoleWhenFinished(scope, props.kind, props.name, supplied, role));
    }
  }

  /** Adds a statement after the creation of the role. */
  public allow(statement: iam.PolicyStatement): void {
    this.policy.addStatements(statement);
    // If the name of a new role is known, the app uses `Role.customizeRoles()`, which has already copied the inline policy without this statement.
    if (this.props.supplied || !Token.isUnresolved(this.role.roleName)) {
      this.addToPolicyOfRole(statement);
    }
  }

  /** Adds a statement without its Sid, because Sids must be unique in a policy and several constructs can share a supplied role. */
  private addToPolicyOfRole(statement: iam.PolicyStatement): void {
    const copy = statement.copy();
    copy.sid = undefined;
    this.role.addToPrincipalPolicy(copy);
  }

  private createRole(scope: Construct, id: string): iam.Role {
    const principals = this.props.assumedBy.map(({ roleArn }) => new iam.ArnPrincipal(roleArn));
    const role = new iam.Role(scope, id, {
      description: roleDescription(`${this.props.description} (${scope.node.path})`),
      assumedBy: principals.length === 1 ? principals[0] : new iam.CompositePrincipal(...principals),
      inlinePolicies: { [this.props.policyName]: this.policy },
    });
    role.node.addDependency(...this.props.after);
    return role;
  }
}

/** Returns copies of the statements with the role as their principal, for the policy of a bucket or of a key. */
export function grantedTo(role: iam.IRole, statements: iam.PolicyStatement[]): iam.PolicyStatement[] {
  return statements.map((statement) => statement.copy({ principals: [new iam.ArnPrincipal(role.roleArn)] }));
}
