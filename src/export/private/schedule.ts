import { type CfnResource, Duration, Lazy, Stack } from 'aws-cdk-lib';
import * as scheduler from 'aws-cdk-lib/aws-scheduler';
import { StepFunctionsStartExecution } from 'aws-cdk-lib/aws-scheduler-targets';
import type { IStateMachine } from 'aws-cdk-lib/aws-stepfunctions';
import type { Construct } from 'constructs';
import type { ScheduledExport } from '../../contract';
import type { JobRuns } from '../../jobs/private/job-resources';
import { createScheduleRole } from '../../private/schedule-role';

/** The schedule that starts the runs of an export. */
export class ExportSchedule implements JobRuns {
  public readonly job: scheduler.Schedule;
  public readonly last: scheduler.Schedule;

  constructor(private readonly scope: Construct, schedule: scheduler.ScheduleExpression, stateMachine: IStateMachine, run: ScheduledExport['Run']) {
    const input: ScheduledExport = { Run: run, ScheduledTime: scheduler.ContextAttribute.scheduledTime };
    this.job = new scheduler.Schedule(scope, 'Schedule', {
      description: 'Exports a HealthLake data store',
      schedule,
      target: new StepFunctionsStartExecution(stateMachine, {
        input: scheduler.ScheduleTargetInput.fromText(Stack.of(scope).toJsonString(input)),
        role: createScheduleRole(scope, 'Starts runs of a FHIR export', { actions: ['states:StartExecution'], resources: [stateMachine.stateMachineArn] }),
        // A run that can't be started for an hour is lost. The next run makes a copy.
        maxEventAge: Duration.hours(1),
      }),
    });
    this.last = this.job;
  }

  public get ends(): JobRuns['ends'] {
    const resource = this.job.node.defaultChild as CfnResource;
    return { first: resource, last: resource };
  }

  /** Returns a token that throws when it is resolved, because the jobs run after the deployment. */
  public result(name: string): string {
    return Lazy.string({
      produce: () => {
        throw new Error(`the scheduled export "${this.scope.node.path}" runs after the deployment, which has no ${name} of it; `
          + 'act on its event, see onSucceeded()');
      },
    });
  }

  public get jobId(): string {
    return this.result('JobId');
  }
}
