import type { LocalAws } from '../../local/aws';

/** All that anybody can read who may not read the buckets: logs, metrics, events and outputs of stacks, executions, events, notifications. */
export function everythingSaid(aws: LocalAws): string {
  const { cloudformation, events, sns, states } = aws;
  return [
    everythingLogged(aws),
    ...cloudformation.stacks.all().map((stack) => JSON.stringify([stack.events.newestFirst(), [...stack.resources.values()], stack.outputs])),
    ...states.executions().map(({ history, error, cause }) => JSON.stringify([history, error, cause])),
    JSON.stringify([events.entries, events.delivered, events.undelivered]),
    JSON.stringify(sns.published()),
  ].join('\n');
}

/** All that functions have logged. */
export function everythingLogged({ logs }: LocalAws): string {
  return logs.groupNames().flatMap((group) => logs.events(group)).map(({ message }) => message).join('\n');
}
