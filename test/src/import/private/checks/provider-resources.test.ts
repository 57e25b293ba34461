import { Stack } from 'aws-cdk-lib';
import { Annotations, Match } from 'aws-cdk-lib/assertions';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as logs from 'aws-cdk-lib/aws-logs';
import { FhirImportProvider, type FhirImportProviderProps } from '../../../../../src';
import { ACCOUNT, newStack, REGION } from '../../../../support/synth';

const ENV = { region: REGION, account: ACCOUNT };
const ROLES = ['handlerRole', 'frameworkOnEventRole', 'frameworkCompleteAndTimeoutRole', 'reportFunctionRole', 'monitorRole'] as const;

type PropsOf = (stack: Stack) => FhirImportProviderProps;

function providerWith(propsOf: PropsOf, stack = newStack({}, ENV)): Stack {
  new FhirImportProvider(stack, 'Provider', propsOf(stack));
  return stack;
}

const west = (stack: Stack) => new Stack(stack.node.root, 'West', { env: { ...ENV, region: 'us-west-2' } });
const roleOf = (arn: string) => (stack: Stack) => iam.Role.fromRoleArn(stack, 'Role', arn);
const logGroupOf = (arn: string) => (stack: Stack) => ({ logGroup: logs.LogGroup.fromLogGroupArn(stack, 'Logs', arn) });

const NAME = (name: string) => `logGroup "Stack/Logs" must have a name of 1 to 512 letters, digits and .-_/#, got "${name}"; correct the name, or leave logGroup out`;

test.each<[string, PropsOf, string]>([
  ['a VPC of another Region', (stack) => ({ vpc: new ec2.Vpc(west(stack), 'Vpc') }), 'vpc "West/Vpc" is in the region us-west-2 and the provider in us-east-1; use'],
  ['a security group of another Region', (stack) => {
    const group = new ec2.SecurityGroup(west(stack), 'Group', { vpc: ec2.Vpc.fromVpcAttributes(stack, 'There', { vpcId: 'vpc-1', availabilityZones: ['us-east-1a'] }) });
    return { vpc: new ec2.Vpc(stack, 'Vpc'), securityGroups: [group] };
  }, 'the security group "West/Group" is in the region us-west-2 and the provider in us-east-1; use'],
  ['a security group of another VPC', (stack) => {
    const [vpc, other] = ['Vpc', 'Other'].map((id) => new ec2.Vpc(stack, id));
    return { vpc, securityGroups: [new ec2.SecurityGroup(stack, 'Own', { vpc }), new ec2.SecurityGroup(stack, 'Group', { vpc: other })] };
  }, 'the security group "Stack/Group" belongs to another VPC than "Stack/Vpc"; give security groups of the VPC of the functions'],
  ['an empty list of subnets', (stack) => ({ vpc: new ec2.Vpc(stack, 'Vpc'), vpcSubnets: { subnets: [] } }),
    'vpcSubnets selects no subnet of the VPC "Stack/Vpc", and the functions need at least one; change vpcSubnets, or leave vpcSubnets out'],
  ['subnets of a zone that the VPC is not in', (stack) => ({ vpc: new ec2.Vpc(stack, 'Vpc'), vpcSubnets: { availabilityZones: ['us-east-1z'] } }),
    'vpcSubnets selects no subnet of the VPC "Stack/Vpc"'],
  ['a log group of another Region', logGroupOf(`arn:aws:logs:us-west-2:${ACCOUNT}:log-group:fhir:*`), 'logGroup "Stack/Logs" is in the region us-west-2 and the provider in'],
  ['a log group of another account', logGroupOf(`arn:aws:logs:${REGION}:444455556666:log-group:fhir:*`), 'logGroup "Stack/Logs" is in the account 444455556666 and the provider'],
  ['a log group without a name', (stack) => ({ logGroup: logs.LogGroup.fromLogGroupName(stack, 'Logs', '') }), NAME('')],
  ['a log group with an invalid name', (stack) => ({ logGroup: logs.LogGroup.fromLogGroupName(stack, 'Logs', '/fhir imports') }), NAME('/fhir imports')],
])('a provider throws for %s', (_, propsOf, message) => {
  expect(() => providerWith(propsOf)).toThrow(message);
});

test.each<[string, PropsOf]>([
  ['a VPC that is not looked up yet', (stack) => ({ vpc: ec2.Vpc.fromLookup(stack, 'Vpc', { vpcId: 'vpc-12345678' }), vpcSubnets: { availabilityZones: ['us-east-1a'] } })],
  ['a security group whose VPC is not looked up yet', (stack) => ({
    vpc: ec2.Vpc.fromVpcAttributes(stack, 'Vpc', { vpcId: 'vpc-87654321', availabilityZones: ['us-east-1a'], privateSubnetIds: ['subnet-1'] }),
    securityGroups: [new ec2.SecurityGroup(stack, 'Group', { vpc: ec2.Vpc.fromLookup(stack, 'Same', { vpcId: 'vpc-87654321' }) })],
  })],
  ['a log group by its name', (stack) => ({ logGroup: logs.LogGroup.fromLogGroupName(stack, 'Logs', '/aws/lambda/fhir_imports.log-#1') })],
])('a provider accepts %s', (_, propsOf) => {
  expect(() => providerWith(propsOf)).not.toThrow();
});

describe.each(ROLES)('%s', (name) => {
  const withRole = (role: (stack: Stack) => iam.IRole): PropsOf => (stack) => ({ [name]: role(stack) });

  test.each([
    ['a role of another account', 'arn:aws:iam::444455556666:role/fhir', '"Stack/Role" is in the account 444455556666 and the provider in 111122223333; use one in the account 111122223333'],
    ['the ARN of a policy', 'arn:aws:iam::111122223333:policy/fhir', 'must have the ARN of an IAM role, got "arn:aws:iam::111122223333:policy/fhir"; correct the ARN'],
  ])('throws for %s', (_, arn, problem) => {
    expect(() => providerWith(withRole(roleOf(arn)))).toThrow(`${name} ${problem}`);
  });
});

test('a provider whose environment is not known accepts a role of any account', () => {
  expect(() => providerWith((stack) => ({ handlerRole: roleOf('arn:aws:iam::444455556666:role/fhir')(stack) }), newStack())).not.toThrow();
});

test('a provider throws for two roles with the same ARN', () => {
  expect(() => providerWith((stack) => {
    const [handlerRole, reportFunctionRole] = ['One', 'Same'].map((id) => iam.Role.fromRoleArn(stack, id, 'arn:aws:iam::111122223333:role/fhir'));
    return { handlerRole, reportFunctionRole };
  })).toThrow('handlerRole and reportFunctionRole are the same role "Stack/Same"');
});

test('a log group whose class does not support metrics causes a warning', () => {
  const warningsOf = (logGroupClass?: logs.LogGroupClass) => {
    const stack = providerWith((scope) => ({ logGroup: new logs.LogGroup(scope, 'Logs', { logGroupClass }) }));
    return Annotations.fromStack(stack).findWarning('*', Match.stringLikeRegexp('cdk-healthlake-import')).map(({ entry }) => entry.data);
  };

  expect(warningsOf(logs.LogGroupClass.INFREQUENT_ACCESS)).toEqual([
    'the log group "Stack/Logs" has the class INFREQUENT_ACCESS, in which imports have no metrics and alarmOnFailure() never fires; use the class STANDARD '
    + '[ack: cdk-healthlake-import:log-class]',
  ]);
  expect(warningsOf()).toEqual([]);
});
