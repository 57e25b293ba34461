import * as iam from 'aws-cdk-lib/aws-iam';
import { type Construct, DependencyGroup } from 'constructs';

/** Properties of `CompleteRole`. */
export interface CompleteRoleProps extends iam.RoleProps {
  readonly inlinePolicies: { readonly [name: string]: iam.PolicyDocument };
}

/**
 * A role whose inline policies are complete. It ignores statements that have only actions of these policies: aws-cdk-lib would repeat the actions in a second
 * policy with wider resources. It accepts other statements, which an app needs if its property injectors or Aspects give every function tracing or a
 * dead-letter queue.
 */
export class CompleteRole extends iam.Role {
  private readonly actions: ReadonlySet<string>;

  constructor(scope: Construct, id: string, props: CompleteRoleProps) {
    super(scope, id, props);
    this.actions = new Set(Object.values(props.inlinePolicies).flatMap(actionsOf));
  }

  public override addToPrincipalPolicy(statement: iam.PolicyStatement): iam.AddToPrincipalPolicyResult {
    return statement.actions.every((action) => this.actions.has(action))
      ? { statementAdded: true, policyDependable: new DependencyGroup() }
      : super.addToPrincipalPolicy(statement);
  }
}

function actionsOf(policy: iam.PolicyDocument): string[] {
  const { Statement: statements } = policy.toJSON() as { Statement: { Action: string | string[] }[] };
  return statements.flatMap(({ Action: action }) => action);
}
