import type { LocalAws } from '../../packages/local-aws/src/aws';
import type { Execution } from '../../packages/local-aws/src/stepfunctions/stepfunctions';

/**
 * Returns everything that can be read without access to the buckets: logs with metrics, events and outputs of stacks, executions, events and
 * notifications.
 *
 * @param historyOf returns the part of an execution's history to include, all of it unless given
 */
export function everythingSaid(aws: LocalAws, historyOf: (execution: Execution) => unknown = ({ history }) => history): string {
  const { cloudformation, events, sns, states } = aws;
  return [
    everythingLogged(aws),
    ...cloudformation.stacks.all().map((stack) => JSON.stringify([stack.events.newestFirst(), [...stack.resources.values()], stack.outputs])),
    ...states.executions().map((execution) => JSON.stringify([historyOf(execution), execution.error, execution.cause])),
    JSON.stringify([events.entries, events.delivered, events.undelivered]),
    JSON.stringify(sns.published()),
  ].join('\n');
}

/** Returns all log lines of functions. */
export function everythingLogged({ logs }: LocalAws): string {
  return logs.groupNames().flatMap((group) => logs.events(group)).map(({ message }) => message).join('\n');
}
