import { apply, type Failures } from './apply';
import { deleteResources } from './delete';
import { reasonOf, scopeDuring, type Operation } from './engine';
import { leftovers } from './leftovers';
import { reverse } from './reverse';
import type { Deployment } from '../stacks/deployment';
import { outputsOf } from '../stacks/outputs';
import { resolve } from '../template/intrinsics';
import type { Program } from '../template/program';
import { importedNames } from '../template/references';

/** Creates or updates a stack. Rolls back after a failure unless roll-back is disabled for the stack. */
export async function deploy(operation: Operation, deployment: Deployment): Promise<void> {
  const { stack, engine } = operation;
  const creates = stack.status === 'REVIEW_IN_PROGRESS';
  stack.unfinished ??= { before: stack.deployment, resources: new Map(stack.resources), attempts: new Map(), replaced: [] };
  stack.deployment = deployment;
  stack.imports = new Set([...stack.imports, ...importsOf(operation, deployment.program)]);
  stack.updatedAt = creates ? undefined : engine.environment.clock.now();
  stack.setStatus(creates ? 'CREATE_IN_PROGRESS' : 'UPDATE_IN_PROGRESS', 'User Initiated');

  const failures = await apply(operation, deployment.program);
  if (operation.signal.aborted) {
    return;
  }
  const reason = failureReason(failures) ?? conclude(operation, deployment.program);
  if (reason === undefined) {
    await succeed(operation, creates);
  } else if (stack.disableRollback) {
    stack.setStatus(creates ? 'CREATE_FAILED' : 'UPDATE_FAILED', reason);
  } else if (stack.parent) {
    stack.setStatus(creates ? 'CREATE_FAILED' : 'UPDATE_ROLLBACK_IN_PROGRESS', reason); // the roll-back of the parent stack deletes this stack or rolls it back
  } else {
    await rollBack(operation, reason);
  }
}

/** Rolls a stack back to its state before the unfinished deployment. */
export async function rollBack(operation: Operation, reason: string | undefined, skip: ReadonlySet<string> = new Set()): Promise<void> {
  const { stack } = operation;
  const { unfinished } = stack;
  if (!unfinished) {
    throw new Error(`stack ${stack.name} has nothing to roll back`);
  }
  const { before } = unfinished;
  if (!before) {
    await rollBackCreation(operation, reason);
    return;
  }

  stack.deployment = before;
  if (stack.status !== 'UPDATE_ROLLBACK_IN_PROGRESS') {
    stack.setStatus('UPDATE_ROLLBACK_IN_PROGRESS', reason);
  }
  const failed = await reverse(operation, unfinished, before, skip);
  if (operation.signal.aborted) {
    return;
  }
  const problem = failed.length > 0 ? listReason('update', failed) : conclude(operation, before.program);
  if (problem !== undefined) {
    stack.setStatus('UPDATE_ROLLBACK_FAILED', problem);
    return;
  }
  stack.setStatus('UPDATE_ROLLBACK_COMPLETE_CLEANUP_IN_PROGRESS');
  if (!stack.parent) {
    await cleanUp(operation);
  }
}

/** Deletes a stack with all its resources except the retained ones. */
export async function deleteStack(operation: Operation, retained: ReadonlySet<string>): Promise<void> {
  const { stack, engine } = operation;
  const { status } = stack;
  stack.setStatus('DELETE_IN_PROGRESS', 'User Initiated');
  const refusal = engine.stacks.deletionRefusal(stack);
  if (refusal !== undefined) {
    stack.setStatus(status, refusal);
    return;
  }
  const doomed = await leftovers(operation, new Set(), false);
  const items = doomed.map((item) => ({ ...item, retained: item.retained || retained.has(item.record.logicalId) }));
  const failed = await deleteResources(operation, items);
  if (operation.signal.aborted) {
    return;
  }
  if (failed.length > 0) {
    stack.setStatus('DELETE_FAILED', listReason('delete', failed));
    return;
  }
  stack.unfinished = undefined;
  stack.imports = new Set();
  stack.outputs = [];
  stack.deletedAt = Date.now();
  stack.setStatus('DELETE_COMPLETE');
}

async function rollBackCreation(operation: Operation, reason: string | undefined): Promise<void> {
  const { stack } = operation;
  stack.setStatus('ROLLBACK_IN_PROGRESS', [reason, 'Rollback requested by user.'].filter(Boolean).join(' '));
  const failed = await deleteResources(operation, await leftovers(operation, new Set(), true));
  if (operation.signal.aborted) {
    return;
  }
  stack.imports = new Set();
  if (failed.length > 0) {
    stack.setStatus('ROLLBACK_FAILED', listReason('delete', failed));
    return;
  }
  stack.unfinished = undefined;
  stack.setStatus('ROLLBACK_COMPLETE');
}

async function succeed(operation: Operation, creates: boolean): Promise<void> {
  const { stack } = operation;
  if (creates) {
    stack.unfinished = undefined;
    stack.setStatus('CREATE_COMPLETE');
    return;
  }
  stack.setStatus('UPDATE_COMPLETE_CLEANUP_IN_PROGRESS');
  if (!stack.parent) {
    await cleanUp(operation);
  }
}

/**
 * Ends an update or its roll-back: deletes the replaced and removed resources of a stack and of the stacks nested in it. Only the clean-up of the root
 * stack cleans up a nested stack, because the root stack may roll back the nested stack until then.
 */
async function cleanUp(operation: Operation): Promise<void> {
  const { stack, engine: { stacks } } = operation;
  const rolledBack = stack.status === 'UPDATE_ROLLBACK_COMPLETE_CLEANUP_IN_PROGRESS';
  const waiting = stacks.live().filter(({ parent, status }) => parent === stack && status.endsWith('_COMPLETE_CLEANUP_IN_PROGRESS'));
  await Promise.all(waiting.map(async (child) => cleanUp({ ...operation, stack: child })));

  const wanted = new Set((rolledBack ? stack.unfinished : stack.deployment?.program)?.resources.keys());
  await deleteResources(operation, await leftovers(operation, wanted, rolledBack));
  if (operation.signal.aborted) {
    return;
  }
  for (const logicalId of stack.resources.keys()) {
    if (!rolledBack && !wanted.has(logicalId)) {
      stack.resources.delete(logicalId);
    }
  }
  stack.unfinished = undefined;
  stack.setStatus(rolledBack ? 'UPDATE_ROLLBACK_COMPLETE' : 'UPDATE_COMPLETE');
}

/** Sets the outputs and imports of the stack. Returns an error message if an output or import is invalid. */
function conclude(operation: Operation, program: Program): string | undefined {
  const { stack, engine } = operation;
  try {
    const outputs = outputsOf(program, scopeDuring(operation, program), stack.resources);
    engine.stacks.refuseExportConflicts(stack, outputs);
    stack.outputs = outputs;
    stack.imports = new Set(importsOf(operation, program));
    return undefined;
  } catch (error) {
    return reasonOf(error);
  }
}

function importsOf(operation: Operation, program: Program): string[] {
  const scope = scopeDuring(operation, program);
  const values = [...program.resources.values()].map((resource) => resource.Properties);
  const outputs = [...program.outputs.values()].map((output) => output.Value);
  return importedNames([values, outputs], program.condition).map((name) => String(resolve(name, scope)));
}

function failureReason({ create, update }: Failures): string | undefined {
  const reasons = [...(create.length > 0 ? [listReason('create', create)] : []), ...(update.length > 0 ? [listReason('update', update)] : [])];
  return reasons.length > 0 ? reasons.join(' ') : undefined;
}

function listReason(verb: string, logicalIds: readonly string[]): string {
  return `The following resource(s) failed to ${verb}: [${logicalIds.join(', ')}].`;
}
