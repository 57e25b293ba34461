import type { LocalAws } from '../../packages/local-aws/src/aws';
import type { Execution } from '../../packages/local-aws/src/stepfunctions/stepfunctions';

/** Matches the type of the last history event of an execution that waits before its next poll or retry. */
const PAUSE = /^WaitStateEntered$|Failed$/;

/** Returns whether these executions are paused and no function is running. Only then may a test advance the fake clock. */
export function arePaused({ lambda }: LocalAws, executions: readonly Execution[]): boolean {
  return executions.every(({ history }) => PAUSE.test(history.events.at(-1)!.type))
    && lambda.invocations.every(({ endedAt }) => endedAt !== undefined);
}

/** Returns whether the execution monitors a detached job. The input of the framework's waiter has neither `Import` nor `Export`. */
export function isMonitor({ setup }: Execution): boolean {
  const input = JSON.parse(setup.input) as object;
  return 'Import' in input || 'Export' in input;
}
