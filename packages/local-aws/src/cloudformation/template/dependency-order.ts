import { TemplateError } from './template';

/** The nodes that each node depends on. */
export type Dependencies = ReadonlyMap<string, readonly string[]>;

/** Throws CloudFormation's error if the dependencies are circular. */
export function refuseCycles(dependencies: Dependencies): void {
  const open = new Map([...dependencies].map(([node, needs]) => [node, new Set(needs)]));
  for (let removed = true; removed;) {
    removed = false;
    for (const [node, needs] of open) {
      if ([...needs].some((need) => open.has(need))) {
        continue;
      }
      open.delete(node);
      removed = true;
    }
  }
  const inCycle = withoutDependants(open);
  if (inCycle.length > 0) {
    throw new TemplateError(`Circular dependency between resources: [${inCycle.join(', ')}]`);
  }
}

/** Runs `work` for each node after its dependencies. Skips a node if `work` returned false for one of its dependencies. */
export async function inDependencyOrder(dependencies: Dependencies, work: (node: string) => Promise<boolean>): Promise<void> {
  const started = new Map<string, Promise<boolean>>();
  const run = (node: string): Promise<boolean> => {
    const before = started.get(node);
    if (before) {
      return before;
    }
    const needs = (dependencies.get(node) ?? []).map(run);
    const outcome = Promise.all(needs).then((done) => done.every(Boolean) && work(node));
    started.set(node, outcome);
    return outcome;
  };
  await Promise.all([...dependencies.keys()].map(run));
}

/** Returns, for each node, the nodes that depend on it. */
export function reversed(dependencies: Dependencies): Map<string, string[]> {
  const dependants = new Map<string, string[]>([...dependencies.keys()].map((node) => [node, []]));
  for (const [node, needs] of dependencies) {
    for (const need of needs) {
      dependants.get(need)?.push(node);
    }
  }
  return dependants;
}

function withoutDependants(open: ReadonlyMap<string, ReadonlySet<string>>): string[] {
  const nodes = new Set(open.keys());
  for (let removed = true; removed;) {
    removed = false;
    for (const node of nodes) {
      if ([...nodes].some((other) => open.get(other)?.has(node))) {
        continue;
      }
      nodes.delete(node);
      removed = true;
    }
  }
  return [...nodes];
}
