import type * as ec2 from 'aws-cdk-lib/aws-ec2';
import type * as iam from 'aws-cdk-lib/aws-iam';
import type * as logs from 'aws-cdk-lib/aws-logs';

/** Properties of `FhirJobProvider`. */
export interface FhirJobProviderProps {
  /**
   * The VPC of the functions. Imports and exports wait for the endpoints that were added by methods of this VPC, such as `addInterfaceEndpoint()`. For an
   * endpoint that is created in another way, call `executeAfter(endpoint)` of the import or export. The functions need to reach the endpoints of healthlake,
   * sts, lambda, states, s3, kms and cloudformation. For imports and exports that send events, they also need to reach the endpoint of events.
   *
   * @default - the functions run outside a VPC
   */
  readonly vpc?: ec2.IVpc;

  /**
   * The subnets of the functions.
   *
   * @default - the default strategy of the VPC
   */
  readonly vpcSubnets?: ec2.SubnetSelection;

  /**
   * The security groups of the functions. The functions need outbound HTTPS only.
   *
   * @default - a new security group for each function, if a VPC is given
   */
  readonly securityGroups?: ec2.ISecurityGroup[];

  /**
   * The log group of the functions. Logs hold no patient data.
   *
   * @default - a new log group, with a retention of one year, that stays when the stack is deleted
   */
  readonly logGroup?: logs.ILogGroupRef;

  /**
   * The role of the functions that call HealthLake. It may write to the log group and, in a VPC, manage network interfaces. For each import or
   * export, the functions assume its operator role. A supplied role is given these permissions, unless it is immutable. It must not be one of the other roles
   * of this provider.
   *
   * @default - a new role
   */
  readonly handlerRole?: iam.IRole;

  /**
   * The role of the provider framework's onEvent function. A supplied role is given the permissions of that function, unless it is immutable.
   *
   * @default - a new role
   */
  readonly frameworkOnEventRole?: iam.IRole;

  /**
   * The role of the provider framework's isComplete and onTimeout functions. A supplied role is given the permissions of these functions, unless it is
   * immutable. It must not be `frameworkOnEventRole`.
   *
   * @default - a new role
   */
  readonly frameworkCompleteAndTimeoutRole?: iam.IRole;

  /**
   * The role of the function that writes reports. It may write to the log group and, in a VPC, manage network interfaces. For each import or export, the
   * function assumes its report role. A supplied role is given these permissions, unless it is immutable. It must not be one of the other roles of this
   * provider.
   *
   * @default - a new role
   */
  readonly reportFunctionRole?: iam.IRole;

  /**
   * The role of the monitors, the state machines that follow detached imports and exports. It may invoke the function that judges their jobs, and deliver logs
   * and traces. To describe a job, it assumes the operator role of the import or export. A supplied role is given these permissions, unless it is immutable.
   * It must let `states.amazonaws.com` assume it, and must not be one of the other roles of this provider.
   *
   * @default - a new role for each monitor
   */
  readonly monitorRole?: iam.IRole;
}
