import { ALREADY_IMPORTED } from '../../../src/contract';
import type { Variant } from '../plan/plan';
import { hasSucceeded, isSuccess, type Observed, type ObservedOperation, title, type Wanted } from '../run/observed';

/** The properties of a variant with which the custom resources of an import are created or replaced. */
const CONSTRUCT = ['kind', 'id', 'provider'] as const satisfies readonly (keyof Variant)[];

/**
 * Returns two versions of the app before an operation. `deployed` is the version of the last successful deployment. `current` is the version of a later
 * deployment that failed without a roll-back. If there is no such deployment, `current` equals `deployed`.
 */
export function versionsBefore(operations: readonly ObservedOperation[], index: number): { readonly deployed?: Wanted; readonly current?: Wanted } {
  let deployed: Wanted | undefined;
  let current: Wanted | undefined;
  for (const operation of operations.slice(0, index)) {
    if (operation.kind === 'delete' || operation.wasDeleted) {
      deployed = undefined;
    } else if (isSuccess(operation)) {
      deployed = operation.wanted;
    }
    current = operation.wanted && /^(CREATE|UPDATE)_FAILED$/.test(operation.after) ? operation.wanted : deployed;
  }
  return { deployed, current };
}

/** Returns the operation at `index` and the operations directly before it that deploy the same data set. */
export function attemptsUpTo(operations: readonly ObservedOperation[],
  index: number): { readonly first: number; readonly all: readonly ObservedOperation[] } {
  const { wanted } = operations[index];
  let first = index;
  for (let earlier = index - 1; earlier >= 0 && (operations[earlier].wanted ?? wanted)?.dataSet === wanted?.dataSet; earlier -= 1) {
    if (operations[earlier].wanted) {
      first = earlier;
    }
  }
  return { first, all: operations.slice(first, index + 1) };
}

/**
 * Returns whether one of the deployment attempts created or replaced the custom resources of the import. `before` is the version of the import before these
 * attempts.
 */
export function isRecreated(attempts: readonly ObservedOperation[], before: Wanted | undefined): boolean {
  const variants = [before, ...attempts.map(({ wanted }) => wanted)].flatMap((wanted) => wanted?.variant ?? []);
  return before === undefined || attempts.some(({ kind, wasDeleted }) => kind === 'create' || kind === 'delete' || wasDeleted)
    || variants.some((variant) => CONSTRUCT.some((name) => variant[name] !== variants[0][name]));
}

/**
 * Returns whether `alreadyImported` applies to the data set of an operation. It applies if the operation sets `alreadyImported`, creates the import, or changes
 * the data store.
 */
export function isDeclared({ operations }: Pick<Observed, 'operations'>, index: number): boolean {
  const { wanted } = operations[index];
  if (!wanted?.variant.declares) {
    return false;
  }
  const { first, all } = attemptsUpTo(operations, index);
  const { deployed, current } = versionsBefore(operations, first);
  // After a failed deployment, each custom resource may have either version.
  const isNew = [deployed, current].every((before) => !before?.variant.declares || before.datastoreId !== wanted.datastoreId
    || CONSTRUCT.some((name) => before.variant[name] !== wanted.variant[name]));
  return isNew || all.some((operation) => operation.wanted?.variant.declares === false && isSuccess(operation));
}

/** Returns whether `alreadyImported` applied to the data set in this operation or in an earlier one. */
export function wasDeclared(observed: Pick<Observed, 'operations' | 'plan'>, index: number): boolean {
  const { operations, plan } = observed;
  const isOfDataSet = ({ wanted }: ObservedOperation): boolean => wanted?.dataSet === operations[index].wanted?.dataSet;
  return operations.slice(0, index + 1).some((operation, earlier) => isOfDataSet(operation) && (isDeclared(observed, earlier)
    // A roll-back that finds no job returns `ALREADY_IMPORTED` if the properties to which the stack returns set `alreadyImported`.
    || (plan.environment.listDelaySeconds > 0 && operation.wanted!.variant.declares)));
}

/** Returns the outputs that are wrong for an import with `alreadyImported`. */
export function wrongOutputsOfDeclared(operation: ObservedOperation): string[] {
  const results = { jobStatus: ALREADY_IMPORTED, scanned: 'UNKNOWN', imported: 'UNKNOWN', failed: 'UNKNOWN', outputLocation: 'UNKNOWN' };
  return Object.entries(operation.wanted?.variant.completion === 'detached' ? {} : results).filter(([name, value]) => operation.outputs[name] !== value)
    .map(([name, value]) => `${title(operation)} output ${name} is "${operation.outputs[name]}" instead of "${value}"`);
}

/**
 * Returns whether a roll-back to this version may change the outputs. If an update removed `alreadyImported`, only the physical id records that it was set. If
 * `alreadyImported` is set, a roll-back ignores a detached job that failed after the deployment.
 */
export function isForgotten({ wanted, outputs, jobsAfter }: ObservedOperation): boolean {
  const job = jobsAfter.find(({ JobId: id }) => id === outputs.jobId);
  return wanted?.variant.declares ? wanted.variant.completion === 'detached' && job !== undefined && !hasSucceeded(job, wanted.variant.tolerance)
    : outputs.jobId === ALREADY_IMPORTED;
}
