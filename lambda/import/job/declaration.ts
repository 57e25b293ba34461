import { type ImportJobProperties, UNKNOWN } from '../../../src/contract';
import { fingerprintOf } from '../fingerprint';
import type { JobPhysicalId } from '../physical-ids';

/** The properties of an import before and after a change, and its physical id before the change. */
export interface Versions {
  readonly properties: ImportJobProperties;
  /** The former properties. Undefined in a creation, or if they can't be read. After `--no-rollback` they may be those of the failed attempt. */
  readonly old?: ImportJobProperties;
  readonly id?: JobPhysicalId;
}

/** `counts`: `alreadyImported` applies to this data set. `spent`: it was set for an earlier data set of the data store. */
export type Declaration = 'counts' | 'spent';

/** Returns whether `alreadyImported` applies to this data set or to an earlier one. Undefined if it is not set. */
export function declarationOf({ properties, old, id }: Versions): Declaration | undefined {
  const { AlreadyImported, DatastoreId } = properties;
  if (!AlreadyImported) {
    return undefined;
  }
  const isNew = !old?.AlreadyImported || [old.DatastoreId, id?.datastoreId ?? DatastoreId].some((other) => other !== DatastoreId);
  const isUnanswered = id?.fingerprint === fingerprintOf(properties) && (id.jobId === undefined || id.jobId === UNKNOWN);
  return isNew || isUnanswered ? 'counts' : 'spent';
}

/** Returns why no job may be started although HealthLake lists no usable job. Undefined if one may be started. */
export function refusalOf(versions: Versions): string | undefined {
  const { properties: { DatastoreId, DatastoreInApp }, id } = versions;
  const fingerprint = fingerprintOf(versions.properties);
  const former = formerDatastoreOf(versions);
  if (former !== undefined && !DatastoreInApp) {
    return `the data store changed from ${former} to ${DatastoreId} and the data set did not; set alreadyImported: true if ${DatastoreId} already has the data `
      + '(restored or copied), or give a new revision to import it over what is there';
  }
  if (id?.fingerprint === fingerprint && id.jobId === UNKNOWN) {
    return 'a roll-back did not find the job of this data set, and HealthLake lists none; set alreadyImported: true if the data store has the data, '
      + 'or give a new revision to import it over what is there';
  }
  return isDoubtful(versions, fingerprint)
    ? 'after a failed deployment it is not known whether alreadyImported was set for this data set or for an earlier one; '
      + 'run cdk rollback and deploy again, or remove alreadyImported to import the data set'
    : undefined;
}

/** Returns the data store that had the data set before. After `--no-rollback` possibly only the physical id names it. */
function formerDatastoreOf({ properties, old, id }: Versions): string | undefined {
  const { DatastoreId } = properties;
  if (old && old.DatastoreId !== DatastoreId && fingerprintOf({ ...old, DatastoreId }) === fingerprintOf(properties)) {
    return old.DatastoreId;
  }
  const isOther = id !== undefined && id.datastoreId !== DatastoreId;
  return isOther && fingerprintOf({ ...properties, DatastoreId: id.datastoreId }) === id.fingerprint ? id.datastoreId : undefined;
}

/** Returns whether a failed attempt may have set `alreadyImported` for this data set: the old properties name it, the physical id names another one. */
function isDoubtful(versions: Versions, fingerprint: string): boolean {
  const { old, id } = versions;
  return declarationOf(versions) === 'spent' && old !== undefined && fingerprintOf(old) === fingerprint && id?.fingerprint !== fingerprint;
}
