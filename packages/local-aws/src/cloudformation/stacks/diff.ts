import { isDeepStrictEqual } from 'node:util';
import type { ResourceChange } from './change-set';
import type { Deployment } from './deployment';
import type { ResourceRecord, Tag } from './resource-record';
import { STACK_TYPE, type Stack } from './stack';
import { isCustomResource } from '../resources/custom-resource';
import { KNOWN_AFTER_APPLY, resolve, type Scope } from '../template/intrinsics';
import type { Program } from '../template/program';
import type { ResourceDefinition } from '../template/template';

/**
 * Returns the resource changes that the deployment of a program would make to a stack.
 * @param scope evaluates references to the current resources of the stack
 */
export function changes(stack: Stack, program: Program, scope: Scope): ResourceChange[] {
  const unknown = new Set<string>();
  const planning = planningScope(scope, unknown, program);
  const found: ResourceChange[] = [];
  for (const logicalId of dependenciesFirst(program)) {
    const definition = program.resources.get(logicalId);
    if (!definition) {
      continue;
    }
    const change = changeOf(logicalId, definition, stack.resources.get(logicalId), planning);
    if (!change) {
      continue;
    }
    found.push(change);
    // The attributes of a new resource are unknown before it is created. Any update of a custom resource or nested stack can also change its attributes.
    const hasOwnAttributes = isCustomResource(change.type) || change.type === STACK_TYPE;
    if (change.action === 'Add' || (change.properties.length > 0 && hasOwnAttributes)) {
      unknown.add(logicalId);
    }
  }
  const removed = [...stack.resources.values()].filter((record) => !program.resources.has(record.logicalId)).map((record) => ({
    action: 'Remove' as const,
    logicalId: record.logicalId,
    type: record.type,
    physicalId: record.physicalId,
    properties: [],
    attributes: [],
    before: record.properties,
  }));
  return [...removed, ...found];
}

/** Returns whether a deployment would change no resource, output or tag of a stack. */
export function changesNothing(stack: Stack, resources: readonly ResourceChange[], program: Program, tags: readonly Tag[]): boolean {
  const { deployment } = stack;
  return deployment !== undefined && stack.unfinished === undefined && resources.length === 0
    && isDeepStrictEqual([...deployment.program.outputs], [...program.outputs])
    && isDeepStrictEqual(sorted(deployment), sorted({ tags }));
}

function changeOf(logicalId: string, definition: ResourceDefinition, record: ResourceRecord | undefined, scope: Scope): ResourceChange | undefined {
  const after = (resolve(definition.Properties ?? {}, scope) ?? {}) as Record<string, unknown>;
  if (!record || record.status === 'CREATE_FAILED') {
    return { action: 'Add', logicalId, type: definition.Type, properties: [], attributes: [], after };
  }
  const before = record.properties;
  const properties = [...new Set([...Object.keys(before), ...Object.keys(after)])]
    .filter((name) => !isDeepStrictEqual(before[name], after[name]))
    .map((name) => ({ name, before: before[name], after: after[name] }));
  const attributes = (['Metadata', 'DeletionPolicy', 'UpdateReplacePolicy'] as const)
    .filter((name) => !isDeepStrictEqual(record.definition[name], definition[name]));
  const unchanged = properties.length === 0 && attributes.length === 0 && record.status !== 'UPDATE_FAILED';
  if (unchanged) {
    return undefined;
  }
  return { action: 'Modify', logicalId, type: definition.Type, physicalId: record.physicalId, properties, attributes, before, after };
}

function planningScope(scope: Scope, unknown: ReadonlySet<string>, program: Program): Scope {
  return {
    ...scope,
    ref: (name) => program.resources.has(name) && unknown.has(name) ? KNOWN_AFTER_APPLY : scope.ref(name),
    getAtt: (logicalId, attribute) => unknown.has(logicalId) ? KNOWN_AFTER_APPLY : scope.getAtt(logicalId, attribute),
  };
}

function dependenciesFirst({ dependencies }: Program): Set<string> {
  const order = new Set<string>();
  const visit = (logicalId: string): void => {
    if (order.has(logicalId)) {
      return;
    }
    (dependencies.get(logicalId) ?? []).forEach(visit);
    order.add(logicalId);
  };
  [...dependencies.keys()].forEach(visit);
  return order;
}

function sorted({ tags }: Pick<Deployment, 'tags'>): string[] {
  return tags.map(({ Key, Value }) => JSON.stringify([Key, Value])).sort();
}
