import { isDeepStrictEqual } from 'node:util';
import { known } from './attempt';
import { planned, reasonOf, requestFor, REVERSE_BY_UPDATE, scopeDuring, type CloudFormationOptions, type Operation } from './engine';
import { concludedAttempt, type Attempt, type Deployment, type Unfinished } from '../stacks/deployment';
import type { ResourceRecord } from '../stacks/resource-record';
import { inDependencyOrder } from '../template/dependency-order';
import { resolve, type Scope } from '../template/intrinsics';

const SKIPPED = 'Resource skipped during UpdateRollback';

/**
 * Restores every resource that existed before the failed deployment. Doesn't delete the physical resources that the deployment created: the
 * caller deletes them. Returns the logical ids of the resources that could not be restored.
 */
export async function reverse(operation: Operation, unfinished: Unfinished, before: Deployment, skip: ReadonlySet<string>): Promise<string[]> {
  const failed: string[] = [];
  const scope = scopeDuring(operation, before.program);
  await inDependencyOrder(before.program.dependencies, async (logicalId) => {
    const former = unfinished.resources.get(logicalId);
    if (!former || operation.signal.aborted) {
      return false;
    }
    const attempt = await concludedAttempt(unfinished, logicalId, operation.aborted);
    if (skip.has(logicalId)) {
      done(operation, unfinished, attempt, operation.stack.setResource({ ...former, status: 'UPDATE_COMPLETE', statusReason: SKIPPED }));
      return true;
    }
    if (await reverseResource(operation, unfinished, before, former, attempt, scope)) {
      return true;
    }
    failed.push(logicalId);
    return false;
  });
  return failed;
}

async function reverseResource(
  operation: Operation, unfinished: Unfinished, { program }: Deployment, former: ResourceRecord, attempt: Attempt | undefined, scope: Scope,
): Promise<boolean> {
  const { stack, engine } = operation;
  const plan = planned(operation, program, former.logicalId, former);
  const { record, mustUpdate, keepsReferences } = startingPoint(former, attempt, engine.options);
  const base = { ...record, ...plan, statusReason: undefined };
  try {
    const properties = (resolve(plan.definition.Properties ?? {}, scope) ?? {}) as Record<string, unknown>;
    if (!mustUpdate && isDeepStrictEqual(record.properties, properties)) {
      if (attempt?.called) {
        done(operation, unfinished, attempt, stack.setResource({ ...base, status: 'UPDATE_COMPLETE' }));
      } else {
        stack.resources.set(former.logicalId, former);
      }
      return true;
    }
    stack.setResource({ ...base, status: 'UPDATE_IN_PROGRESS' });
    const result = await Promise.race([operation.aborted, engine.handlerOf(plan.type).update({
      ...requestFor(operation, plan, properties), physicalId: record.physicalId ?? '', oldProperties: record.properties,
    }, { requestId: plan.requestId ?? '', signal: operation.signal })]);
    const shown = keepsReferences ? { attributes: former.attributes, reference: former.reference ?? former.physicalId } : {};
    if (record.physicalId !== result.physicalId) {
      unfinished.replaced.push(record);
    }
    done(operation, unfinished, attempt, stack.setResource({ ...base, ...known(result), ...shown, properties, status: 'UPDATE_COMPLETE' }));
    return true;
  } catch (error) {
    stack.setResource({ ...base, status: 'UPDATE_FAILED', statusReason: reasonOf(error) });
    return false;
  }
}

interface StartingPoint {
  /** The record from which the roll-back of the resource starts. */
  readonly record: ResourceRecord;
  readonly mustUpdate: boolean;
  /** Whether `Ref` and `Fn::GetAtt` return the values from before the deployment after the roll-back. */
  readonly keepsReferences: boolean;
}

function startingPoint(former: ResourceRecord, attempt: Attempt | undefined, options: CloudFormationOptions): StartingPoint {
  if (!attempt?.called) {
    return { record: former, mustUpdate: false, keepsReferences: false };
  }
  const { record } = attempt;
  if (record.physicalId === former.physicalId) {
    return { record: { ...former, properties: record.properties }, mustUpdate: true, keepsReferences: false };
  }
  // The update created a new physical resource and left the old one unchanged, so the old record is restored. For a custom resource, `options` decides.
  if (!attempt.abandonable) {
    return { record: former, mustUpdate: false, keepsReferences: false };
  }

  const reversal = options.rollbackAfterUpdate?.[attempt.succeeded ? 'succeeded' : 'failed'] ?? REVERSE_BY_UPDATE;
  const keepsReferences = reversal.references === 'old';
  const physicalId = reversal.id === 'old' ? former.physicalId : record.physicalId;
  if (reversal.sendsUpdate) {
    return { record: { ...record, physicalId }, mustUpdate: true, keepsReferences };
  }
  const shown = keepsReferences
    ? { attributes: former.attributes, reference: former.reference ?? former.physicalId }
    : { attributes: record.attributes, reference: record.physicalId };
  return { record: { ...former, ...shown, physicalId }, mustUpdate: false, keepsReferences };
}

/** Marks a resource as rolled back, so that ContinueUpdateRollback skips the resource. */
function done({ stack }: Operation, unfinished: Unfinished, attempt: Attempt | undefined, record: ResourceRecord): void {
  if (attempt) {
    unfinished.replaced.push(attempt.record);
  }
  unfinished.attempts.delete(record.logicalId);
  unfinished.resources.set(record.logicalId, record);
  stack.resources.set(record.logicalId, record);
}
