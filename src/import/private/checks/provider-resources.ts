import { Annotations, Token } from 'aws-cdk-lib';
import type * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as logs from 'aws-cdk-lib/aws-logs';
import type { Construct } from 'constructs';
import { checkTrustWhenFinished } from './supplied-roles';
import { validateArn } from '../../../private/arn';
import { resourceOfType } from '../../../private/cfn-resource';
import { validateEnvironment } from '../../../private/environment';
import { type SuppliedRoles, suppliedRoles, validateRoles } from '../function-roles';

/** The resources that the functions of a provider use. */
interface ProviderResources extends SuppliedRoles {
  readonly vpc?: ec2.IVpc;
  readonly vpcSubnets?: ec2.SubnetSelection;
  readonly securityGroups?: ec2.ISecurityGroup[];
  readonly logGroup?: logs.ILogGroupRef;
}

/**
 * Throws if the properties of a provider contradict each other, or if a resource that its functions use is known to be in the wrong Region or account. Warns of
 * unusable roles and of an unsuitable log group.
 */
export function validateProviderResources(scope: Construct, props: ProviderResources): void {
  validateVpc(scope, props);
  validateRoles(props);
  for (const [name, role] of suppliedRoles(props)) {
    validateArn(scope, name, role.roleArn, 'an IAM role');
    validateEnvironment(scope, 'the provider', { what: name, construct: role, env: role.env }, ['account']);
    checkTrustWhenFinished(scope, name, role, name === 'monitorRole' ? 'states.amazonaws.com' : 'lambda.amazonaws.com');
  }
  if (props.logGroup) {
    validateEnvironment(scope, 'the provider', { what: 'logGroup', construct: props.logGroup, env: props.logGroup.env }, ['region', 'account']);
    warnOfLogClass(scope, props.logGroup);
  }
}

function validateVpc(scope: Construct, { vpc, vpcSubnets, securityGroups }: ProviderResources): void {
  for (const [name, value] of Object.entries({ vpcSubnets, securityGroups })) {
    if (value && !vpc) {
      throw new Error(`${name} has no meaning without a VPC; give vpc too, or leave ${name} out`);
    }
  }
  if (!vpc) {
    return;
  }
  validateEnvironment(scope, 'the provider', { what: 'vpc', construct: vpc, env: vpc.env }, ['region', 'account']);
  securityGroups?.forEach((group) =>
    validateEnvironment(scope, 'the provider', { what: 'the security group', construct: group, env: group.env }, ['region', 'account']));
  const { subnets, isPendingLookup } = vpc.selectSubnets(vpcSubnets);
  if (subnets.length === 0 && !isPendingLookup) {
    throw new Error(`vpcSubnets selects no subnet of the VPC "${vpc.node.path}", and the functions need at least one; `
      + 'change vpcSubnets, or leave vpcSubnets out');
  }
}

/**
 * Warns of a log group whose class doesn't support metrics from log lines.
 *
 * @see https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/CloudWatch_Logs_Log_Classes.html
 */
function warnOfLogClass(scope: Construct, logGroup: logs.ILogGroupRef): void {
  const { logGroupClass = logs.LogGroupClass.STANDARD } = resourceOfType(logGroup, logs.CfnLogGroup) ?? {};
  if (!Token.isUnresolved(logGroupClass) && logGroupClass !== logs.LogGroupClass.STANDARD) {
    Annotations.of(scope).addWarningV2('cdk-healthlake-import:log-class',
      `the log group "${logGroup.node.path}" has the class ${logGroupClass}, in which imports have no metrics and alarmOnFailure() never fires; `
      + 'use the class STANDARD');
  }
}
