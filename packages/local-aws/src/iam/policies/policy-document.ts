import { ServiceError } from '../../contract';

/** An IAM policy as JSON; the policy engine checks its shape. */
export interface PolicyDocument {
  readonly Version?: string;
  readonly Statement: unknown;
}

/** A policy with its name or ARN. */
export interface NamedPolicy {
  readonly name: string;
  readonly policy: unknown;
}

const LOGS = ['logs:CreateLogGroup', 'logs:CreateLogStream', 'logs:PutLogEvents'];

const NETWORK_INTERFACES = [
  'ec2:CreateNetworkInterface',
  'ec2:DescribeNetworkInterfaces',
  'ec2:DescribeSubnets',
  'ec2:DeleteNetworkInterface',
  'ec2:AssignPrivateIpAddresses',
  'ec2:UnassignPrivateIpAddresses',
];

/** The emulated AWS managed policies. The key is the part of the ARN after `:policy/`. */
const AWS_MANAGED_POLICIES: Readonly<Record<string, PolicyDocument>> = {
  'AdministratorAccess': allow(['*']),
  'service-role/AWSLambdaBasicExecutionRole': allow(LOGS),
  'service-role/AWSLambdaVPCAccessExecutionRole': allow([...LOGS, ...NETWORK_INTERFACES]),
};

/** Returns an AWS managed policy. Throws if the policy isn't emulated. */
export function managedPolicy(partition: string, arn: string): NamedPolicy {
  const prefix = `arn:${partition}:iam::aws:policy/`;
  const policy = arn.startsWith(prefix) ? AWS_MANAGED_POLICIES[arn.slice(prefix.length)] : undefined;
  if (!policy) {
    throw new ServiceError('NoSuchEntity', `Policy ${arn} does not exist or is not attachable. `
      + `(the local AWS emulates only AWS's own ${Object.keys(AWS_MANAGED_POLICIES).join(', ')})`, 404);
  }
  return { name: arn, policy };
}

export function administratorAccessArn(partition: string): string {
  return `arn:${partition}:iam::aws:policy/AdministratorAccess`;
}

/** Returns the size that IAM compares with its quotas: the number of characters without white space. */
export function policySize(document: PolicyDocument): number {
  return JSON.stringify(document).replace(/\s/g, '').length;
}

function allow(actions: string[]): PolicyDocument {
  return { Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action: actions, Resource: '*' }] };
}
