import { Annotations, Token } from 'aws-cdk-lib';
import * as logs from 'aws-cdk-lib/aws-logs';
import type { IConstruct } from 'constructs';
import { resourceOfType } from '../cfn-resource';
import { validateEnvironment } from './environment';

/** The names of log groups: https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_CreateLogGroup.html */
const LOG_GROUP_NAME = /^[.\-_/#A-Za-z0-9]{1,512}$/;

/**
 * Throws if a supplied log group of functions is known to be in another Region or account, or if its name is not valid. Warns if its class doesn't support
 * metrics from log lines.
 *
 * @param user the name of `scope` in error messages.
 * @param without the effect of the missing metrics, as the warning states it, for example `imports have no metrics`.
 * @see https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/CloudWatch_Logs_Log_Classes.html
 */
export function validateLogGroup(scope: IConstruct, user: string, logGroup: logs.ILogGroupRef, without: string): void {
  validateEnvironment(scope, user, { what: 'logGroup', construct: logGroup, env: logGroup.env }, ['region', 'account']);
  const { logGroupName: name } = logGroup.logGroupRef;
  if (!Token.isUnresolved(name) && !LOG_GROUP_NAME.test(name)) {
    throw new Error(`logGroup "${logGroup.node.path}" must have a name of 1 to 512 letters, digits and .-_/#, got "${name}"; `
      + 'correct the name, or leave logGroup out');
  }
  const { logGroupClass = logs.LogGroupClass.STANDARD } = resourceOfType(logGroup, logs.CfnLogGroup) ?? {};
  if (!Token.isUnresolved(logGroupClass) && logGroupClass !== logs.LogGroupClass.STANDARD) {
    Annotations.of(scope).addWarningV2('cdk-healthlake-import:log-class',
      `the log group "${logGroup.node.path}" has the class ${logGroupClass}, in which ${without}; use the class STANDARD`);
  }
}
