import { type Duration, Stack } from 'aws-cdk-lib';
import type * as lambda from 'aws-cdk-lib/aws-lambda';
import * as scheduler from 'aws-cdk-lib/aws-scheduler';
import { LambdaInvoke } from 'aws-cdk-lib/aws-scheduler-targets';
import type { Construct } from 'constructs';
import type { JobMonitorInput } from '../../contract';
import { createScheduleRole } from '../../private/schedule-role';

/** Properties of the schedule that `createSchedule()` creates. */
export interface JobScheduleProps {
  readonly fn: lambda.IFunction;
  readonly interval: Duration;
  readonly input: Omit<JobMonitorInput, 'scheduledTime'>;
}

/** Creates the schedule that invokes the function at the start of each window, with the role that EventBridge Scheduler assumes. */
export function createSchedule(scope: Construct, { fn, interval, input }: JobScheduleProps): void {
  const stack = Stack.of(scope);
  const minutes = interval.toMinutes();
  const tick: JobMonitorInput = { ...input, scheduledTime: scheduler.ContextAttribute.scheduledTime };
  new scheduler.Schedule(scope, 'Schedule', {
    description: 'Lists the jobs of HealthLake data stores',
    // A rate would count from the creation of the schedule, and the windows count from the epoch.
    schedule: scheduler.ScheduleExpression.cron({ minute: minutes === 60 ? '0' : `0/${minutes}` }),
    target: new LambdaInvoke(fn, {
      input: scheduler.ScheduleTargetInput.fromText(stack.toJsonString(tick)), // `fromObject()` would turn a number token into a string
      role: createScheduleRole(scope, 'Invokes the function that lists the jobs of HealthLake data stores', {
        actions: ['lambda:InvokeFunction'], resources: [fn.functionArn],
      }),
      // The next tick counts what a lost tick would have counted.
      retryAttempts: 2,
      maxEventAge: interval,
    }),
  });
}
