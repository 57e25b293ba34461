import type { JobStartProperties } from '../../../src/contract';
import type { JobPhysicalId } from '../physical-ids';

/** The properties of a job before and after a change, and its physical id before the change. */
export interface JobVersions<T extends JobStartProperties = JobStartProperties> {
  readonly properties: T;
  /**
   * The properties before the change. Undefined in a creation, or if the handler can't read them. After a failed deployment with `--no-rollback`, they may be
   * the properties of that deployment.
   */
  readonly old?: T;
  readonly id?: JobPhysicalId;
}

/**
 * `counts` means that `alreadyImported` applies to this data set. `spent` means that `alreadyImported` was set for an earlier data set of the same data store.
 */
export type Declaration = 'counts' | 'spent';

/** What the user declares about a data set, and whether a job may be started. */
export interface Claims {
  /** Whether `alreadyImported` applies to this data set or to an earlier one. Undefined if `alreadyImported` is not set. */
  readonly declaration?: Declaration;
  /** The reason why no job may be started. Undefined if a job may be started. */
  readonly refusal?: string;
}
