import type { LocalAws } from '../../local/aws';

/** All that anybody can read who may not read the buckets: logs, events and outputs of stacks, executions. */
export function everythingSaid(aws: LocalAws): string {
  const { cloudformation, states } = aws;
  return [
    everythingLogged(aws),
    ...cloudformation.stacks.all().map((stack) => JSON.stringify([stack.events.newestFirst(), [...stack.resources.values()], stack.outputs])),
    ...states.executions().map((execution) => JSON.stringify(execution.history)),
  ].join('\n');
}

/** All that functions have logged. */
export function everythingLogged({ logs }: LocalAws): string {
  return logs.groupNames().flatMap((group) => logs.events(group)).map(({ message }) => message).join('\n');
}
