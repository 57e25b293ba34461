import { Aws } from 'aws-cdk-lib';
import type { WatchAnswer, WatchedImport } from '../../contract';

/** A path to a member of an execution's input. */
type InputPath = `$.${keyof WatchedImport}` | `$.Import.${keyof WatchedImport['Import']}` | '$.Poll.Seconds';

const path = (to: InputPath): InputPath => to;

/** What HealthLake says of a job that has not ended. Anything else is for the handler to judge. */
const RUNNING = ['SUBMITTED', 'QUEUED', 'IN_PROGRESS', 'CANCEL_SUBMITTED', 'CANCEL_IN_PROGRESS'];

/**
 * By how much each pause is longer than the one before, in seconds. Hours of import are looked at every few minutes then, and the events of the longest
 * watch stay below what Step Functions keeps of an execution.
 */
const LONGER = 2;

const STATUS = '$.Look.ImportJobProperties.JobStatus';

/**
 * The state machine that watches jobs of detached imports: pause, ask HealthLake, and as soon as the answer is anything but that of a running job,
 * have the handler judge. So a call that fails for whatever reason is the handler's to make again, and it alone decides what it means.
 *
 * @see https://docs.aws.amazon.com/step-functions/latest/dg/supported-services-awssdk.html
 */
export function watchDefinition(judgeFunctionArn: string): object {
  const taskOf = (action: string) => `arn:${Aws.PARTITION}:states:::${action}`;
  return {
    StartAt: 'Pause',
    States: {
      Pause: { Type: 'Wait', SecondsPath: path('$.Poll.Seconds'), Next: 'Describe' },
      Describe: {
        Type: 'Task',
        Resource: taskOf('aws-sdk:healthlake:describeFHIRImportJob'),
        Credentials: { 'RoleArn.$': path('$.Import.OperatorRoleArn') },
        Parameters: { 'DatastoreId.$': path('$.Import.DatastoreId'), 'JobId.$': path('$.Import.JobId') },
        ResultPath: '$.Look',
        Catch: [{ ErrorEquals: ['States.ALL'], ResultPath: null, Next: 'Judge' }],
        Next: 'IsRunning',
      },
      IsRunning: {
        Type: 'Choice',
        Choices: [{
          And: [
            { Variable: STATUS, IsPresent: true },
            { Or: RUNNING.map((status) => ({ Variable: STATUS, StringEquals: status })) },
            { Variable: '$$.State.EnteredTime', TimestampLessThanPath: path('$.GiveUpAt') },
          ],
          Next: 'PauseLonger',
        }],
        Default: 'Judge',
      },
      PauseLonger: pauseLonger({ FailingSince: 0 }),
      PauseAfterJudging: pauseLonger({ 'FailingSince.$': '$.Judged.FailingSince' }),
      Judge: {
        Type: 'Task',
        Resource: taskOf('lambda:invoke'),
        Parameters: {
          FunctionName: judgeFunctionArn,
          Payload: {
            'Import.$': path('$.Import'),
            'RequestedAt.$': path('$.RequestedAt'),
            'Deadline.$': path('$.Deadline'),
            'GiveUpAt.$': path('$.GiveUpAt'),
            'Poll.$': path('$.Poll'),
          } satisfies { [Member in keyof WatchedImport as `${Member}.$`]: InputPath },
        },
        ResultSelector: { 'Decision.$': '$.Payload.Decision', 'FailingSince.$': '$.Payload.FailingSince' },
        ResultPath: '$.Judged',
        // More than three hours, for whatever keeps the function from running or the event from being put.
        Retry: [{ ErrorEquals: ['States.ALL'], IntervalSeconds: 10, MaxAttempts: 20, BackoffRate: 2, MaxDelaySeconds: 900 }],
        Next: 'HasEnded',
      },
      HasEnded: {
        Type: 'Choice',
        Choices: [decided('wait', 'PauseAfterJudging'), decided('succeeded', 'Succeeded')],
        Default: 'Failed',
      },
      // The output goes with an event of AWS to whoever listens: no more of HealthLake's answer than the verdict.
      Succeeded: { Type: 'Succeed', OutputPath: '$.Judged' },
      Failed: { Type: 'Fail', Error: 'FhirImportFailed', Cause: 'the import failed: the log of the provider and the event that was put say how' },
    },
  };
}

/** Gives the next pause, and since when looks have failed. */
function pauseLonger(failingSince: { readonly FailingSince: 0 } | { readonly 'FailingSince.$': string }) {
  return {
    Type: 'Pass',
    Parameters: { 'Seconds.$': `States.MathAdd(${path('$.Poll.Seconds')}, ${LONGER})`, ...failingSince },
    ResultPath: path('$.Poll'),
    Next: 'Pause',
  };
}

function decided(decision: WatchAnswer['Decision'], next: string) {
  return { Variable: '$.Judged.Decision', StringEquals: decision, Next: next };
}
