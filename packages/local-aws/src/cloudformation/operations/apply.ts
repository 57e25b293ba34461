import { isDeepStrictEqual } from 'node:util';
import { attempt, known, knownOfFailure, UNKNOWN } from './attempt';
import { planned, reasonOf, scopeDuring, type Operation } from './engine';
import type { ResourceRecord } from '../stacks/resource-record';
import { inDependencyOrder } from '../template/dependency-order';
import { resolve, type Scope } from '../template/intrinsics';
import type { Program } from '../template/program';

/** The logical ids of the resources that could not be created or updated. */
export interface Failures {
  readonly create: readonly string[];
  readonly update: readonly string[];
}

const STATUSES = {
  create: { started: 'CREATE_IN_PROGRESS', complete: 'CREATE_COMPLETE', failed: 'CREATE_FAILED', noun: 'creation' },
  update: { started: 'UPDATE_IN_PROGRESS', complete: 'UPDATE_COMPLETE', failed: 'UPDATE_FAILED', noun: 'update' },
} as const;

/**
 * Creates and updates the resources of a program, each as soon as the resources that it depends on are done. Doesn't delete replaced and
 * removed resources, because the deployment may still be rolled back.
 */
export async function apply(operation: Operation, program: Program): Promise<Failures> {
  const { stack } = operation;
  const failures = { create: [] as string[], update: [] as string[] };
  const cancelled = new AbortController();
  const cancel = AbortSignal.any([operation.signal, cancelled.signal]);
  const cancellation = new Promise<'cancelled'>((give) => cancel.addEventListener('abort', () => give('cancelled'), { once: true }));
  const scope = scopeDuring(operation, program);

  await inDependencyOrder(program.dependencies, async (logicalId) => {
    if (cancel.aborted) {
      return false;
    }
    const former = stack.resources.get(logicalId);
    const kind = former && former.status !== 'CREATE_FAILED' ? 'update' : 'create';
    if (await applyResource(operation, program, logicalId, former, kind, scope, cancellation)) {
      return true;
    }
    failures[kind].push(logicalId);
    if (!stack.disableRollback) {
      cancelled.abort();
    }
    return false;
  });
  return failures;
}

async function applyResource(
  operation: Operation, program: Program, logicalId: string, former: ResourceRecord | undefined, kind: 'create' | 'update', scope: Scope,
  cancelled: Promise<'cancelled'>,
): Promise<boolean> {
  const { stack } = operation;
  const { started, complete, failed, noun } = STATUSES[kind];
  const plan = planned(operation, program, logicalId, former);
  const base = { ...UNKNOWN, ...(kind === 'update' ? former : {}), ...plan, statusReason: undefined };

  let properties: Record<string, unknown>;
  try {
    properties = (resolve(plan.definition.Properties ?? {}, scope) ?? {}) as Record<string, unknown>;
  } catch (error) {
    stack.setResource({ ...base, status: failed, statusReason: reasonOf(error) });
    return false;
  }
  if (former && kind === 'update' && former.status !== 'UPDATE_FAILED' && isDeepStrictEqual(former.properties, properties)) {
    stack.resources.set(logicalId, { ...former, definition: plan.definition, dependencies: plan.dependencies });
    return true;
  }

  if (kind === 'create' && former) {
    stack.unfinished?.replaced.push(former);
  }
  stack.setResource({ ...base, status: started });
  const initiated = (physicalId: string) => stack.setResource({ ...base, physicalId, status: started, statusReason: 'Resource creation Initiated' });
  const outcome = await attempt(operation, plan, kind === 'update' ? former : undefined, properties, cancelled, initiated);
  // A failed update leaves the old properties in the record. A failed creation records the new properties, because the Delete request contains them.
  const left = kind === 'create' ? { ...base, properties } : base;
  if (outcome === 'cancelled') {
    stack.setResource({ ...left, status: failed, statusReason: `Resource ${noun} cancelled` });
    return false;
  }
  if ('error' in outcome) {
    const physicalId = kind === 'create' ? knownOfFailure(outcome.error).physicalId : former?.physicalId;
    stack.setResource({ ...left, physicalId, status: failed, statusReason: reasonOf(outcome.error) });
    return false;
  }
  const { result } = outcome;
  if (kind === 'create' && stack.resources.get(logicalId)?.physicalId === undefined) {
    initiated(result.physicalId);
  }
  if (kind === 'update' && former && former.physicalId !== result.physicalId) {
    stack.unfinished?.replaced.push(former);
  }
  stack.setResource({ ...base, ...known(result), properties, status: complete });
  return true;
}
