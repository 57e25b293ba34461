import { fingerprintOf } from './fingerprint';
import { type ImportJobProperties, UNKNOWN } from '../../src/contract';
import type { Declaration, JobVersions } from '../jobs/start/claims';

/** The properties of an import before and after a change, and its physical id before the change. */
export type Versions = JobVersions<ImportJobProperties>;

/** Returns 'counts' if `alreadyImported` applies to this data set, 'spent' if it applies to an earlier one, and undefined if it is not set. */
export function declarationOf({ properties, old, id }: Versions): Declaration | undefined {
  const { AlreadyImported, DatastoreId } = properties;
  if (!AlreadyImported) {
    return undefined;
  }
  const isNew = !old?.AlreadyImported || [old.DatastoreId, id?.datastoreId ?? DatastoreId].some((other) => other !== DatastoreId);
  const isUnanswered = id?.fingerprint === fingerprintOf(properties) && (id.jobId === undefined || id.jobId === UNKNOWN);
  return isNew || isUnanswered ? 'counts' : 'spent';
}

/**
 * Returns the reason why no job may be started even if HealthLake lists no succeeded or running job of the data set. Returns undefined if a job may be started.
 */
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

/**
 * Returns the id of the previous data store if an update changes only the data store of the data set, and otherwise undefined. After a failed
 * deployment with `--no-rollback`, the old properties may already name the new data store. The physical id still names the previous one.
 */
function formerDatastoreOf({ properties, old, id }: Versions): string | undefined {
  const { DatastoreId } = properties;
  if (old && old.DatastoreId !== DatastoreId && fingerprintOf({ ...old, DatastoreId }) === fingerprintOf(properties)) {
    return old.DatastoreId;
  }
  const isOther = id !== undefined && id.datastoreId !== DatastoreId;
  return isOther && fingerprintOf({ ...properties, DatastoreId: id.datastoreId }) === id.fingerprint ? id.datastoreId : undefined;
}

/**
 * Returns whether a failed attempt may have set `alreadyImported` for this data set. In that case the old properties name this data set, and the physical id
 * names another one.
 */
function isDoubtful(versions: Versions, fingerprint: string): boolean {
  const { old, id } = versions;
  return declarationOf(versions) === 'spent' && old !== undefined && fingerprintOf(old) === fingerprint && id?.fingerprint !== fingerprint;
}
