import type * as logs from 'aws-cdk-lib/aws-logs';
import type { Construct } from 'constructs';
import { validateArn } from '../../../private/checks/arn';
import { validateEnvironment } from '../../../private/checks/environment';
import { validateLogGroup } from '../../../private/checks/log-group';
import { checkTrustWhenFinished } from '../../../private/checks/trust';
import { validateVpc, type VpcOptions } from '../../../private/checks/vpc';
import { type SuppliedRoles, suppliedRoles, validateRoles } from '../function-roles';

/** The resources that the functions of a provider use. */
interface ProviderResources extends SuppliedRoles, VpcOptions {
  readonly logGroup?: logs.ILogGroupRef;
}

/**
 * Throws if the properties of a provider contradict each other, or if a resource that its functions use is known to be in the wrong Region or account. Warns of
 * unusable roles, of an unsuitable log group, and of subnets without a way to AWS.
 */
export function validateProviderResources(scope: Construct, props: ProviderResources): void {
  validateVpc(scope, { name: 'the provider', hangsFor: '55 minutes' }, props);
  validateRoles(props);
  for (const [name, role] of suppliedRoles(props)) {
    validateArn(scope, name, role.roleArn, 'an IAM role');
    validateEnvironment(scope, 'the provider', { what: name, construct: role, env: role.env }, ['account']);
    checkTrustWhenFinished(scope, name, role, name === 'monitorRole' ? 'states.amazonaws.com' : 'lambda.amazonaws.com');
  }
  if (props.logGroup) {
    validateLogGroup(scope, 'the provider', props.logGroup, 'imports have no metrics and alarmOnFailure() never fires');
  }
}
