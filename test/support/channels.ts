import type { LocalAws } from '../../packages/local-aws/src/aws';
import type { Execution } from '../../packages/local-aws/src/stepfunctions/stepfunctions';

/**
 * Returns all text that can be read without access to the buckets: logs, metrics, stack events and outputs, executions, events, notifications.
 *
 * @param historyOf returns the visible part of an execution's history; by default, the whole history
 */
export function visibleText(aws: LocalAws, historyOf: (execution: Execution) => unknown = ({ history }) => history): string {
  const { cloudformation, events, sns, states } = aws;
  return [
    loggedText(aws),
    ...cloudformation.stacks.all().map((stack) => JSON.stringify([stack.events.newestFirst(), [...stack.resources.values()], stack.outputs])),
    ...states.executions().map((execution) => JSON.stringify([historyOf(execution), execution.error, execution.cause])),
    JSON.stringify([events.entries, events.delivered, events.undelivered]),
    JSON.stringify(sns.published()),
  ].join('\n');
}

/** Returns all log lines of the functions. */
export function loggedText({ logs }: LocalAws): string {
  return logs.groupNames().flatMap((group) => logs.events(group)).map(({ message }) => message).join('\n');
}
