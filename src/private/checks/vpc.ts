import { Annotations } from 'aws-cdk-lib';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import type { Construct } from 'constructs';
import { validateEnvironment } from './environment';
import { referencedConstruct, resourceOfType } from '../cfn-resource';
import { resourcesOfApp, warnWhenFinished } from '../finished-app';

/** The network settings of functions. */
export interface VpcOptions {
  readonly vpc?: ec2.IVpc;
  readonly vpcSubnets?: ec2.SubnetSelection;
  readonly securityGroups?: ec2.ISecurityGroup[];
}

/** The owner of functions that run in a VPC. */
interface VpcUser {
  /** The name of the owner in error messages. */
  readonly name: string;
  /** The longest time for which a deployment hangs if the functions can't reach AWS. */
  readonly hangsFor: string;
}

/**
 * Throws if the network settings contradict each other, or if the VPC or a security group is known to be in the wrong Region or account. Warns of subnets
 * without a way to AWS.
 */
export function validateVpc(scope: Construct, user: VpcUser, { vpc, vpcSubnets, securityGroups }: VpcOptions): void {
  for (const [name, value] of Object.entries({ vpcSubnets, securityGroups })) {
    if (value && !vpc) {
      throw new Error(`${name} has no meaning without a VPC; give vpc too, or leave ${name} out`);
    }
  }
  if (!vpc) {
    return;
  }
  validateEnvironment(scope, user.name, { what: 'vpc', construct: vpc, env: vpc.env }, ['region', 'account']);
  for (const group of securityGroups ?? []) {
    validateEnvironment(scope, user.name, { what: 'the security group', construct: group, env: group.env }, ['region', 'account']);
    const [own, other] = [vpc.vpcId, resourceOfType(group, ec2.CfnSecurityGroup)?.vpcId].map(vpcOfApp);
    if (own && other && own !== other) {
      throw new Error(`the security group "${group.node.path}" belongs to another VPC than "${vpc.node.path}"; give security groups of the VPC of the functions`);
    }
  }
  const { subnets, isPendingLookup } = vpc.selectSubnets(vpcSubnets);
  if (subnets.length === 0 && !isPendingLookup) {
    throw new Error(`vpcSubnets selects no subnet of the VPC "${vpc.node.path}", and the functions need at least one; `
      + 'change vpcSubnets, or leave vpcSubnets out');
  }
  warnOfNoWayOutWhenFinished(scope, user, vpc, subnets);
}

/** Warns at synthesis of isolated subnets of a VPC of this app that have neither routes nor endpoints. */
function warnOfNoWayOutWhenFinished(scope: Construct, { hangsFor }: VpcUser, vpc: ec2.IVpc, subnets: ec2.ISubnet[]): void {
  const own = resourceOfType(vpc, ec2.CfnVPC);
  if (!own || !subnets.every((subnet) => vpc.isolatedSubnets.includes(subnet))) {
    return;
  }
  const routeTables = subnets.map((subnet) => subnet.routeTable.routeTableId);
  warnWhenFinished(scope, () => {
    const hasWayOut = resourcesOfApp(scope).some((resource) =>
      vpcOfApp(resourceOfType(resource, ec2.CfnVPCEndpoint)?.vpcId) === own
      || routeTables.some((id) => id === resourceOfType(resource, ec2.CfnRoute)?.routeTableId));
    if (!hasWayOut) {
      Annotations.of(scope).addWarningV2('cdk-healthlake-import:no-way-out',
        `the functions run in isolated subnets of the VPC "${vpc.node.path}", which has no endpoints, so they can't reach AWS and a deployment hangs for up to `
        + `${hangsFor}; add the endpoints of docs/permissions.md, or choose subnets with egress`);
    }
  });
}

/** Returns the VPC of the app to which an id refers. Other ids can't be compared, because an id that is not looked up yet is a dummy. */
function vpcOfApp(id?: string): ec2.CfnVPC | undefined {
  const construct = referencedConstruct(id);
  return construct && resourceOfType(construct, ec2.CfnVPC);
}
