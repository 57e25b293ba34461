import { ArnFormat, Stack } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import type * as logs from 'aws-cdk-lib/aws-logs';
import type { Construct } from 'constructs';
import { CompleteRole, type CompleteRoleProps } from './complete-role';

/** Roles of Lambda functions. Each role may write to the log group of the functions and, in a VPC, manage network interfaces. */
export class FunctionRoles {
  constructor(private readonly scope: Construct, private readonly logGroup: logs.ILogGroupRef, private readonly isInVpc: boolean) {}

  /** Creates a role with the permissions that every function needs, and with the given policies. */
  public create(id: string, description: string, policies: CompleteRoleProps['inlinePolicies'] = {}): iam.Role {
    return new iam.Role(this.scope, id, this.roleProps(description, policies));
  }

  /** Creates a role with the permissions that every function needs, and with the policies that functions of the provider framework need. */
  public createForFramework(id: string, policies: CompleteRoleProps['inlinePolicies']): iam.Role {
    return new CompleteRole(this.scope, id, this.roleProps('Runs the provider framework', policies));
  }

  /** Adds to a supplied role the permissions that every function needs. */
  public allowBasics(supplied?: iam.IRole): void {
    this.basics().forEach((statement) => supplied?.addToPrincipalPolicy(statement));
  }

  private roleProps(description: string, policies: CompleteRoleProps['inlinePolicies']): CompleteRoleProps {
    return {
      description,
      assumedBy: new iam.ServicePrincipal('lambda.amazonaws.com'),
      inlinePolicies: { Function: new iam.PolicyDocument({ statements: this.basics() }), ...policies },
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
