import { ArnFormat, Stack } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import type * as logs from 'aws-cdk-lib/aws-logs';
import type { Construct } from 'constructs';
import { validateDistinct } from './checks/supplied-roles';
import { CompleteRole, type CompleteRoleProps } from '../../private/complete-role';

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

/** The roles of the functions of a provider. Each role may write to the log group of the provider and, in a VPC, manage network interfaces. */
export class FunctionRoles {
  constructor(private readonly scope: Construct, private readonly logGroup: logs.ILogGroupRef, private readonly isInVpc: boolean) {}

  /** Creates a role with the permissions that every function needs. */
  public create(id: string, description: string): iam.Role {
    return new iam.Role(this.scope, id, this.roleProps(description));
  }

  /** Creates a role with the permissions that every function needs, and with the policies that functions of the provider framework need. */
  public createForFramework(id: string, policies: CompleteRoleProps['inlinePolicies']): iam.Role {
    const { inlinePolicies, ...props } = this.roleProps('Runs the provider framework');
    return new CompleteRole(this.scope, id, { ...props, inlinePolicies: { ...inlinePolicies, ...policies } });
  }

  /** Adds to a supplied role the permissions that every function needs. */
  public allowBasics(supplied?: iam.IRole): void {
    this.basics().forEach((statement) => supplied?.addToPrincipalPolicy(statement));
  }

  private roleProps(description: string): CompleteRoleProps {
    return {
      description,
      assumedBy: new iam.ServicePrincipal('lambda.amazonaws.com'),
      inlinePolicies: { Function: new iam.PolicyDocument({ statements: this.basics() }) },
    };
  }

  private basics(): iam.PolicyStatement[] {
    const logStreams = new iam.PolicyStatement({ actions: ['logs:CreateLogStream', 'logs:PutLogEvents'], resources: [this.logStreamsArn()] });
    return [logStreams, ...(this.isInVpc ? [networkInterfaces()] : [])];
  }

  /** Returns the ARN pattern that matches all streams of the log group, because Lambda chooses the names of the streams. */
  private logStreamsArn(): string {
    return Stack.of(this.scope).formatArn({
      service: 'logs',
      region: this.logGroup.env.region,
      account: this.logGroup.env.account,
      resource: 'log-group',
      resourceName: `${this.logGroup.logGroupRef.logGroupName}:*`,
      arnFormat: ArnFormat.COLON_RESOURCE_NAME,
    });
  }
}

function networkInterfaces(): iam.PolicyStatement {
  return new iam.PolicyStatement({
    actions: [
      'ec2:CreateNetworkInterface',
      'ec2:DescribeNetworkInterfaces',
      'ec2:DescribeSubnets',
      'ec2:DeleteNetworkInterface',
      'ec2:AssignPrivateIpAddresses',
      'ec2:UnassignPrivateIpAddresses',
    ],
    // Lambda requires these permissions on all resources: https://docs.aws.amazon.com/lambda/latest/dg/configuration-vpc.html
    resources: ['*'],
  });
}
