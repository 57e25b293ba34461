import { randomUUID } from 'node:crypto';
import { reasonOf, requestFor, type Operation } from './engine';
import { physicalName } from '../../contract';
import type { ResourceRecord } from '../stacks/resource-record';
import type { ResourceStatus } from '../stacks/status';
import { inDependencyOrder, reversed } from '../template/dependency-order';

/** A physical resource to remove from the stack. */
export interface Doomed {
  readonly record: ResourceRecord;
  /** True if the resource is removed from the stack without being deleted. */
  readonly retained: boolean;
  /** False if nothing was created, so that no delete call is needed. */
  readonly called: boolean;
}

const LONGEST_PHYSICAL_ID = 1024;

/** Deletes resources, each after the resources that depend on it. Returns the logical ids of the resources that could not be deleted. */
export async function deleteResources(operation: Operation, doomed: readonly Doomed[]): Promise<string[]> {
  const failed: string[] = [];
  const nodes = new Map(doomed.map((item, index) => [String(index), item]));
  const needs = new Map([...nodes].map(([node, { record }]) => [node, [...nodes].filter(([other, { record: candidate }]) =>
    other !== node && record.logicalId !== candidate.logicalId && record.dependencies.includes(candidate.logicalId)).map(([other]) => other)]));

  await inDependencyOrder(reversed(needs), async (node) => {
    const item = nodes.get(node);
    if (!item || operation.signal.aborted) {
      return false;
    }
    if (await deleteResource(operation, item)) {
      return true;
    }
    failed.push(item.record.logicalId);
    return false;
  });
  return failed;
}

async function deleteResource(operation: Operation, { record, retained, called }: Doomed): Promise<boolean> {
  const { stack, engine } = operation;
  const isCurrent = stack.resources.get(record.logicalId)?.physicalId === record.physicalId;
  const tell = (status: ResourceStatus, statusReason?: string): void => {
    if (isCurrent) {
      stack.setResource({ ...record, status, statusReason });
    } else {
      stack.addResourceEvent({ ...record, status, statusReason });
    }
  };
  const forget = (): true => {
    if (isCurrent) {
      stack.forget(record.logicalId);
    }
    return true;
  };

  if (retained) {
    tell('DELETE_SKIPPED');
    return forget();
  }
  tell('DELETE_IN_PROGRESS');
  try {
    if (called) {
      await Promise.race([operation.aborted, engine.handlerOf(record.type).delete({
        ...requestFor(operation, record, record.properties),
        // If a custom resource never returned a physical id, its Delete request contains a generated physical id.
        physicalId: record.physicalId ?? physicalName(stack.name, record.logicalId, LONGEST_PHYSICAL_ID),
      }, { requestId: randomUUID(), signal: operation.signal })]);
    }
    tell('DELETE_COMPLETE');
    return forget();
  } catch (error) {
    tell('DELETE_FAILED', reasonOf(error));
    return false;
  }
}
