import { ALREADY_IMPORTED } from '../../../src/contract';
import { hasSucceeded, isSuccess, type Observed, type ObservedOperation, title, type Wanted } from '../run/observed';

/** What the import is when an operation begins: the version that was last deployed, and the one that a failure without roll-back left since. */
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

/** The operations that want a data set one after the other, up to and with this one; the data set was new, or another one, before. */
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

/** Whether the import's resources were made anew in one of these operations, or since the version before them. */
export function isMadeAnew(attempts: readonly ObservedOperation[], before: Wanted | undefined): boolean {
  const variants = [before, ...attempts.map(({ wanted }) => wanted)].flatMap((wanted) => wanted?.variant ?? []);
  return before === undefined || attempts.some(({ kind, wasDeleted }) => kind === 'create' || kind === 'delete' || wasDeleted)
    || variants.some(({ id, provider }) => id !== variants[0].id || provider !== variants[0].provider);
}

/** Whether `alreadyImported` counts for the data set that an operation wants: it is new, or the import or its data store is. */
export function isDeclared({ operations }: Pick<Observed, 'operations'>, index: number): boolean {
  const { wanted } = operations[index];
  if (!wanted?.variant.declares) {
    return false;
  }
  const { first, all } = attemptsUpTo(operations, index);
  const { deployed, current } = versionsBefore(operations, first);
  // A failure leaves it open which of the two is there.
  const isNew = [deployed, current].every((before) => !before?.variant.declares || before.datastoreId !== wanted.datastoreId
    || before.variant.id !== wanted.variant.id || before.variant.provider !== wanted.variant.provider);
  return isNew || all.some((operation) => operation.wanted?.variant.declares === false && isSuccess(operation));
}

/** Whether the data set that an operation wants was declared in it or before. */
export function wasDeclared(observed: Pick<Observed, 'operations' | 'plan'>, index: number): boolean {
  const { operations, plan } = observed;
  const isOfDataSet = ({ wanted }: ObservedOperation): boolean => wanted?.dataSet === operations[index].wanted?.dataSet;
  return operations.slice(0, index + 1).some((operation, earlier) => isOfDataSet(operation) && (isDeclared(observed, earlier)
    // A roll-back that HealthLake shows no job goes by what the properties say.
    || (plan.environment.listDelaySeconds > 0 && operation.wanted!.variant.declares)));
}

/** The outputs of a declared import that are not as they have to be. */
export function wrongOutputsOfDeclared(operation: ObservedOperation): string[] {
  const results = { jobStatus: ALREADY_IMPORTED, scanned: 'UNKNOWN', imported: 'UNKNOWN', failed: 'UNKNOWN', outputLocation: 'UNKNOWN' };
  return Object.entries(operation.wanted?.variant.completion === 'detached' ? {} : results).filter(([name, value]) => operation.outputs[name] !== value)
    .map(([name, value]) => `${title(operation)} output ${name} is "${operation.outputs[name]}" instead of "${value}"`);
}

/**
 * Whether a roll-back may not know what the outputs were: that the data set was declared only the physical id remembers once `alreadyImported`
 * is removed; and with it a roll-back takes a job that failed later for none.
 */
export function isForgotten({ wanted, outputs, jobsAfter }: ObservedOperation): boolean {
  const job = jobsAfter.find(({ JobId: id }) => id === outputs.jobId);
  return wanted?.variant.declares ? wanted.variant.completion === 'detached' && job !== undefined && !hasSucceeded(job, wanted.variant.tolerance)
    : outputs.jobId === ALREADY_IMPORTED;
}
