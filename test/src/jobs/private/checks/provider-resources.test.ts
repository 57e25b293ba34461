import { Stack } from 'aws-cdk-lib';
import { Annotations, Match } from 'aws-cdk-lib/assertions';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as logs from 'aws-cdk-lib/aws-logs';
import { FhirJobProvider, type FhirJobProviderProps } from '../../../../../src';
import { ACCOUNT, newStack, REGION } from '../../../../support/synth';

const ENV = { region: REGION, account: ACCOUNT };
const ROLES = ['handlerRole', 'frameworkOnEventRole', 'frameworkCompleteAndTimeoutRole', 'reportFunctionRole', 'monitorRole'] as const;

type PropsOf = (stack: Stack) => FhirJobProviderProps;

function providerWith(propsOf: PropsOf, stack = newStack({}, ENV)): Stack {
  new FhirJobProvider(stack, 'Provider', propsOf(stack));
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

const asCreated = () => undefined;

/** Returns the warnings of this library after the provider is created and the stack is completed. */
function warningsWith(propsOf: PropsOf, complete: (stack: Stack) => void = asCreated): unknown[] {
  const stack = providerWith(propsOf);
  complete(stack);
  return Annotations.fromStack(stack).findWarning('*', Match.stringLikeRegexp('cdk-healthlake-import')).map(({ entry }) => entry.data);
}

test('a log group whose class does not support metrics causes a warning', () => {
  const warningsOf = (logGroupClass?: logs.LogGroupClass) =>
    warningsWith((scope) => ({ logGroup: new logs.LogGroup(scope, 'Logs', { logGroupClass }) }));

  expect(warningsOf(logs.LogGroupClass.INFREQUENT_ACCESS)).toEqual([
    'the log group "Stack/Logs" has the class INFREQUENT_ACCESS, in which imports have no metrics and alarmOnFailure() never fires; use the class STANDARD '
    + '[ack: cdk-healthlake-import:log-class]',
  ]);
  expect(warningsOf()).toEqual([]);
});

describe('a VPC', () => {
  const isolated: PropsOf = (stack) => ({ vpc: new ec2.Vpc(stack, 'Vpc', { natGateways: 0 }) });
  const vpcOf = (stack: Stack) => stack.node.findChild('Vpc') as ec2.Vpc;

  test('without a way out causes a warning', () => {
    expect(warningsWith(isolated, (stack) => new ec2.Vpc(stack, 'Other').addGatewayEndpoint('S3', { service: ec2.GatewayVpcEndpointAwsService.S3 }))).toEqual([
      'the functions run in isolated subnets of the VPC "Stack/Vpc", which has no endpoints, so they can\'t reach AWS and a deployment hangs for up to 55 minutes; '
      + 'add the endpoints of docs/permissions.md, or choose subnets with egress [ack: cdk-healthlake-import:no-way-out]',
    ]);
  });

  test.each<[string, PropsOf, (stack: Stack) => void]>([
    ['with subnets with egress', (stack) => ({ vpc: new ec2.Vpc(stack, 'Vpc') }), asCreated],
    ['with one subnet that another app creates', (stack) => {
      const vpc = new ec2.Vpc(stack, 'Vpc', { natGateways: 0 });
      const subnet = ec2.Subnet.fromSubnetAttributes(stack, 'Subnet', { subnetId: 'subnet-1', availabilityZone: 'us-east-1a', routeTableId: 'rtb-1' });
      return { vpc, vpcSubnets: { subnets: [vpc.isolatedSubnets[0], subnet] } };
    }, asCreated],
    ['with an endpoint', isolated, (stack) => vpcOf(stack).addGatewayEndpoint('S3', { service: ec2.GatewayVpcEndpointAwsService.S3 })],
    ['with an endpoint in another stack', isolated, (stack) => {
      const other = new Stack(stack.node.root, 'Other', { env: ENV });
      new ec2.InterfaceVpcEndpoint(other, 'Sts', { vpc: vpcOf(stack), service: ec2.InterfaceVpcEndpointAwsService.STS });
    }],
    ['with a route to a transit gateway', isolated, (stack) => {
      const [subnet] = vpcOf(stack).isolatedSubnets as ec2.Subnet[];
      subnet.addRoute('Out', { routerType: ec2.RouterType.TRANSIT_GATEWAY, routerId: 'tgw-1', destinationCidrBlock: '0.0.0.0/0' });
    }],
    ['that another app creates', (stack) => ({
      vpc: ec2.Vpc.fromVpcAttributes(stack, 'Vpc', {
        vpcId: 'vpc-1', availabilityZones: ['us-east-1a'], isolatedSubnetIds: ['subnet-1'], isolatedSubnetRouteTableIds: ['rtb-1'],
      }),
    }), asCreated],
  ])('%s causes no warning', (_, propsOf, complete) => {
    expect(warningsWith(propsOf, complete)).toEqual([]);
  });
});
