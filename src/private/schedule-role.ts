import { Stack } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import type { Construct } from 'constructs';
import { CompleteRole } from './complete-role';

/**
 * Creates the role that EventBridge Scheduler assumes to call a target. Its trust policy names the default schedule group, because EventBridge Scheduler passes
 * the ARN of the group as `aws:SourceArn`.
 */
export function createScheduleRole(scope: Construct, description: string,
  permission: { readonly actions: string[]; readonly resources: string[] }): iam.IRole {
  const { account } = Stack.of(scope);
  const group = Stack.of(scope).formatArn({ service: 'scheduler', resource: 'schedule-group', resourceName: 'default' });
  return new CompleteRole(scope, 'ScheduleRole', {
    description,
    assumedBy: new iam.ServicePrincipal('scheduler.amazonaws.com', {
      conditions: { StringEquals: { 'aws:SourceAccount': account, 'aws:SourceArn': group } },
    }),
    inlinePolicies: { Invoke: new iam.PolicyDocument({ statements: [new iam.PolicyStatement(permission)] }) },
  });
}
