import { Aws } from 'aws-cdk-lib';
import type { InvokeState, Kind } from './kind';
import { JOB_STATUSES, type JobOutcomeProperties, type WatchAnswer, type WatchedJob } from '../../contract';

/** The JSON path of a member of an execution's input. */
type InputPath = `$.${keyof WatchedJob | Kind['name']}` | `$.${Kind['name']}.${keyof JobOutcomeProperties}` | '$.Poll.Seconds';

const path = (to: InputPath): InputPath => to;

/** The statuses of a job that has not ended. If a job has any other status, the handler judges it. */
const RUNNING = [...JOB_STATUSES.queued, ...JOB_STATUSES.inProgress, ...JOB_STATUSES.cancelling];

/**
 * The number of seconds by which each pause is longer than the pause before it. After some hours, the monitor polls only every few minutes. So the longest
 * execution stays below the 25,000 events that Step Functions allows.
 *
 * @see https://docs.aws.amazon.com/step-functions/latest/dg/service-quotas.html
 */
const PAUSE_INCREMENT_SECONDS = 2;

/**
 * Returns the definition of the monitor. The monitor pauses and describes the job in a loop while the job is running. When the job has ended, the handler
 * judges it. If the Describe call fails, the handler repeats the call and decides whether the monitor goes on.
 *
 * @see https://docs.aws.amazon.com/step-functions/latest/dg/supported-services-awssdk.html
 */
export function monitorDefinition({ name, noun, firstStates }: Kind, judgeFunctionArn: string): object {
  const jobStatus = `$.Look.${name}JobProperties.JobStatus`;
  const taskOf = (action: string) => `arn:${Aws.PARTITION}:states:::${action}`;
  const invoke: InvokeState = (payload, answer, next) => ({
    Type: 'Task',
    Resource: taskOf('lambda:invoke'),
    Parameters: { FunctionName: judgeFunctionArn, Payload: payload },
    ResultSelector: Object.fromEntries(answer.members.map((member) => [`${member}.$`, `$.Payload.${member}`])),
    ResultPath: answer.path,
    // The retries last for more than three hours, in case the function can't run or can't send the event.
    Retry: [{ ErrorEquals: ['States.ALL'], IntervalSeconds: 10, MaxAttempts: 20, BackoffRate: 2, MaxDelaySeconds: 900 }],
    Next: next,
  });
  const first = firstStates?.({ invoke, next: 'Pause', failed: 'Failed' }) ?? {};
  return {
    StartAt: Object.keys(first)[0] ?? 'Pause',
    States: {
      ...first,
      Pause: { Type: 'Wait', SecondsPath: path('$.Poll.Seconds'), Next: 'Describe' },
      Describe: {
        Type: 'Task',
        Resource: taskOf(`aws-sdk:healthlake:describeFHIR${name}Job`),
        Credentials: { 'RoleArn.$': path(`$.${name}.OperatorRoleArn`) },
        Parameters: { 'DatastoreId.$': path(`$.${name}.DatastoreId`), 'JobId.$': path(`$.${name}.JobId`) },
        ResultPath: '$.Look',
        Catch: [{ ErrorEquals: ['States.ALL'], ResultPath: null, Next: 'Judge' }],
        Next: 'IsRunning',
      },
      IsRunning: {
        Type: 'Choice',
        Choices: [{
          And: [
            { Variable: jobStatus, IsPresent: true },
            { Or: RUNNING.map((status) => ({ Variable: jobStatus, StringEquals: status })) },
            { Variable: '$$.State.EnteredTime', TimestampLessThanPath: path('$.GiveUpAt') },
          ],
          Next: 'PauseLonger',
        }],
        Default: 'Judge',
      },
      PauseLonger: pauseLonger({ FailingSince: 0 }),
      PauseAfterJudging: pauseLonger({ 'FailingSince.$': '$.Judged.FailingSince' }),
      Judge: invoke({
        [`${name}.$`]: path(`$.${name}`),
        'RequestedAt.$': path('$.RequestedAt'),
        'Deadline.$': path('$.Deadline'),
        'GiveUpAt.$': path('$.GiveUpAt'),
        'Poll.$': path('$.Poll'),
      } satisfies { [Member in keyof WatchedJob as `${Member}.$`]: InputPath }, { path: '$.Judged', members: ['Decision', 'FailingSince'] }, 'HasEnded'),
      HasEnded: {
        Type: 'Choice',
        Choices: [decided('wait', 'PauseAfterJudging'), decided('succeeded', 'Succeeded')],
        Default: 'Failed',
      },
      // Step Functions publishes the output in an event. So the output has only the verdict, and no text of HealthLake.
      Succeeded: { Type: 'Succeed', OutputPath: '$.Judged' },
      Failed: { Type: 'Fail', Error: `Fhir${name}Failed`, Cause: `the ${noun} failed: the log of the provider and the event that was put say how` },
    },
  };
}

/** Returns a state that computes the next pause. The state also records the time at which the handler's polls began to fail. */
function pauseLonger(failingSince: { readonly FailingSince: 0 } | { readonly 'FailingSince.$': string }) {
  return {
    Type: 'Pass',
    Parameters: { 'Seconds.$': `States.MathAdd(${path('$.Poll.Seconds')}, ${PAUSE_INCREMENT_SECONDS})`, ...failingSince },
    ResultPath: path('$.Poll'),
    Next: 'Pause',
  };
}

function decided(decision: WatchAnswer['Decision'], next: string) {
  return { Variable: '$.Judged.Decision', StringEquals: decision, Next: next };
}
