import { TemplateError } from './template';

/** The dependencies of each node. */
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

/** Runs `work` for each node as soon as its dependencies are done. Skips a node if one of its dependencies failed. */
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

/** Returns the dependants of each node. */
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
