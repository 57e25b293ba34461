import type { PolicyDocument } from './policy-document';

const LOGS = ['logs:CreateLogGroup', 'logs:CreateLogStream', 'logs:PutLogEvents'];

const NETWORK_INTERFACES = [
  'ec2:CreateNetworkInterface',
  'ec2:DescribeNetworkInterfaces',
  'ec2:DescribeSubnets',
  'ec2:DeleteNetworkInterface',
  'ec2:AssignPrivateIpAddresses',
  'ec2:UnassignPrivateIpAddresses',
];

/** The AWS-managed policies that the local AWS knows, by what follows `:policy/` in their ARN. */
export const AWS_MANAGED_POLICIES: Readonly<Record<string, PolicyDocument>> = {
  'AdministratorAccess': allow(['*']),
  'service-role/AWSLambdaBasicExecutionRole': allow(LOGS),
  'service-role/AWSLambdaVPCAccessExecutionRole': allow([...LOGS, ...NETWORK_INTERFACES]),
};

export function administratorAccessArn(partition: string): string {
  return `arn:${partition}:iam::aws:policy/AdministratorAccess`;
}

function allow(actions: string[]): PolicyDocument {
  return { Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action: actions, Resource: '*' }] };
}
