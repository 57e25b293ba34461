import type { LocalAws } from '../../packages/local-aws/src/aws';
import type { Execution } from '../../packages/local-aws/src/stepfunctions/stepfunctions';

/** The last event of an execution that pauses before its next poll, or before another attempt. */
const PAUSE = /^WaitStateEntered$|Failed$/;

/** Whether these executions pause and no function runs. Only then may a test skip time. */
export function arePaused({ lambda }: LocalAws, executions: readonly Execution[]): boolean {
  return executions.every(({ history }) => PAUSE.test(history.events.at(-1)!.type))
    && lambda.invocations.every(({ endedAt }) => endedAt !== undefined);
}

/** Whether the execution monitors a detached job. The waiters of the provider framework have another input. */
export function isMonitor({ setup }: Execution): boolean {
  return 'Import' in JSON.parse(setup.input);
}
