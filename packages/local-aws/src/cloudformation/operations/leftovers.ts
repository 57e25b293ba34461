import type { Doomed } from './delete';
import type { Operation } from './engine';
import { concludedAttempt } from '../stacks/deployment';
import type { ResourceRecord } from '../stacks/resource-record';
import type { Stack } from '../stacks/stack';
import type { DeletionPolicy } from '../template/template';

/**
 * Returns the physical resources to remove: the stack's resources whose logical ids are not in `wanted`, and all replaced resources.
 * @param undoesCreation true if the resources are removed to roll back the deployment that created them
 */
export async function leftovers(operation: Operation, wanted: ReadonlySet<string>, undoesCreation: boolean): Promise<Doomed[]> {
  const { stack } = operation;
  const unwanted = [...stack.resources.values()].filter((record) => !wanted.has(record.logicalId));
  const current = await Promise.all(unwanted.map(async (record) => doomedCurrent(operation, record, undoesCreation)));
  const superseded = [...stack.unfinished?.replaced ?? [], ...[...stack.unfinished?.attempts.values() ?? []].map(({ record }) => record)];
  return [...current, ...doomedSuperseded(stack, superseded)];
}

async function doomedCurrent({ stack, engine, aborted }: Operation, record: ResourceRecord, undoesCreation: boolean): Promise<Doomed> {
  const attempt = stack.unfinished && await concludedAttempt(stack.unfinished, record.logicalId, aborted);
  // If the create call ended after the deployment was cancelled, only `attempt.record` contains the physical id.
  const newest = attempt?.called && record.physicalId === undefined
    ? { ...record, physicalId: attempt.record.physicalId }
    : record;
  stack.resources.set(record.logicalId, newest);
  return {
    record: newest,
    called: newest.physicalId !== undefined || (attempt?.called === true && engine.handlerOf(record.type).abandonable === true),
    retained: isRetained(newest.definition.DeletionPolicy, undoesCreation),
  };
}

function doomedSuperseded(stack: Stack, records: readonly ResourceRecord[]): Doomed[] {
  const seen = new Set([...stack.resources.values()].map(identity));
  return records.filter((record) => {
    if (record.physicalId === undefined || seen.has(identity(record))) {
      return false;
    }
    seen.add(identity(record));
    return true;
  }).map((record) => ({ record, called: true, retained: isRetained(record.definition.UpdateReplacePolicy, false) }));
}

function identity({ logicalId, physicalId }: ResourceRecord): string {
  return JSON.stringify([logicalId, physicalId]);
}

function isRetained(policy: DeletionPolicy | undefined, undoesCreation: boolean): boolean {
  return policy === 'Retain' || (policy === 'RetainExceptOnCreate' && !undoesCreation);
}
