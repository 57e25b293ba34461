import type { RunAnswer, RunRequest, ScheduledExport } from '../../contract';
import type { FirstStates } from '../../jobs/private/kind';

/** The pause between two attempts to start a run, in seconds. */
const PAUSE_SECONDS = 60;

/**
 * The first states of an execution of the monitor. An execution that EventBridge Scheduler starts has a run as its input: the handler finds or starts the job
 * of the run, and starts another execution, which monitors the job. Every other execution goes to `next` at once.
 */
export const RUN_STATES: FirstStates = ({ invoke, next, failed }) => ({
  IsRun: { Type: 'Choice', Choices: [{ Variable: '$.Run', IsPresent: true, Next: 'StartRun' }], Default: next },
  StartRun: invoke({
    'Run.$': '$.Run',
    'ScheduledTime.$': '$.ScheduledTime',
    'StartedAt.$': '$$.Execution.StartTime',
  } satisfies { [Member in keyof RunRequest as `${Member}.$`]: Member extends keyof ScheduledExport ? `$.${Member}` : string },
  { path: '$.Answer', members: ['Decision'] }, 'IsRunStarted'),
  IsRunStarted: {
    Type: 'Choice',
    Choices: [answered('wait', 'PauseBeforeRun'), answered('started', 'RunEnded'), answered('skipped', 'RunEnded')],
    Default: failed,
  },
  PauseBeforeRun: { Type: 'Wait', Seconds: PAUSE_SECONDS, Next: 'StartRun' },
  RunEnded: { Type: 'Succeed', OutputPath: '$.Answer' },
});

function answered(decision: RunAnswer['Decision'], next: string) {
  return { Variable: '$.Answer.Decision', StringEquals: decision, Next: next };
}
