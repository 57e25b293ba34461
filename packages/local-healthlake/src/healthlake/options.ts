import { randomUUID } from 'node:crypto';

/** The speed of a job, in the clock's milliseconds. A job lasts for its minimum duration, or longer if its resources need more time. */
export interface Pace {
  /** The time for which a job is SUBMITTED, until it is QUEUED or IN_PROGRESS. */
  readonly submitDelayMs: number;
  readonly resourcesPerSecond: number;
  readonly minimumDurationMs: number;
}

/** The outcome of a job. A job that is made to end with COMPLETED_WITH_ERRORS does its work first. Other jobs read and write no data. */
export interface ForcedOutcome {
  readonly status: 'COMPLETED_WITH_ERRORS' | 'FAILED' | 'CANCEL_COMPLETED' | 'CANCEL_FAILED';
  /** The message of the job; optional, because AWS gives some failed jobs no message. */
  readonly message?: string;
}

/** An extra status that a job shows between IN_PROGRESS and its final status. */
export interface Detour {
  /** The extra status; any text, because AWS may have statuses that the SDK's enum lacks. */
  readonly status: string;
  /** The time for which the job shows this status, in the clock's milliseconds. */
  readonly ms: number;
}

/** Options that override the behaviour of one job. */
export interface JobOverride {
  readonly pace?: Partial<Pace>;
  readonly outcome?: ForcedOutcome;
  /** The extra status that the job shows before its final status, whether the job succeeds or fails. */
  readonly detour?: Detour;
}

export type JobKind = 'import' | 'export';

/** A job that is about to be submitted. */
export interface JobDescription {
  readonly kind: JobKind;
  readonly datastoreId: string;
  readonly jobId: string;
  readonly jobName?: string;
}

/**
 * The response to a Start request that reuses a client token with other parameters. AWS doesn't document this response. `validation` returns a
 * ValidationException, `conflict` returns a ConflictException, and `replay` returns the job of the first request.
 */
export type ClientTokenMismatch = 'validation' | 'conflict' | 'replay';

/** Options of the HealthLake emulator. `DEFAULT_OPTIONS` and `DEFAULT_PACE` have the default values. */
export interface HealthLakeOptions {
  /** The time for which a new data store is CREATING. In AWS, this takes 2 to 30 minutes. */
  readonly datastoreCreationMs?: number;
  /** The time for which a deleted data store is DELETING. */
  readonly datastoreDeletionMs?: number;
  /** The time for which a DELETED data store and its jobs can still be described. */
  readonly deletedDatastoreRetentionMs?: number;
  /** The time for which a data store is UPDATING when its NLP or analytics configuration changes. */
  readonly datastoreUpdateMs?: number;
  /** Called for each update of a data store. Returns why a change of the NLP or analytics configuration fails, or undefined if the change succeeds. */
  readonly failUpdate?: (datastoreId: string) => string | undefined;
  readonly pace?: Partial<Pace>;
  /** The time from a job's submission until lists show the job, in the clock's milliseconds. Describe shows the job at once. */
  readonly listDelayMs?: number;
  /** Called once for each job, when it is submitted. */
  readonly overrideJob?: (job: JobDescription) => JobOverride | undefined;
  /** The maximum number of waiting jobs of one kind in a data store. A further Start request gets a ThrottlingException. */
  readonly queueLimit?: number;
  /** The maximum number of resources in a file of an export. An old page of AWS's developer guide has the default value. */
  readonly resourcesPerExportFile?: number;
  readonly clientTokenMismatch?: ClientTokenMismatch;
  /** Whether every Start request starts a job, even if its client token was used before. */
  readonly ignoresClientTokens?: boolean;
  /** The seed of all ids: the same seed and the same calls give the same ids. */
  readonly seed?: string;
}

/** The options with the default values filled in. */
export type ResolvedOptions = Required<Omit<HealthLakeOptions, 'pace'>> & { readonly pace: Pace };

const DEFAULT_OPTIONS = {
  datastoreCreationMs: 10_000,
  datastoreDeletionMs: 5_000,
  deletedDatastoreRetentionMs: 3_600_000,
  datastoreUpdateMs: 10_000,
  failUpdate: () => undefined,
  listDelayMs: 0,
  queueLimit: 25,
  resourcesPerExportFile: 5_000,
  clientTokenMismatch: 'validation',
  ignoresClientTokens: false,
  overrideJob: () => undefined,
} as const;

const DEFAULT_PACE: Pace = { submitDelayMs: 1_000, resourcesPerSecond: 200, minimumDurationMs: 10_000 };

export function resolveOptions(options: HealthLakeOptions): ResolvedOptions {
  return { ...DEFAULT_OPTIONS, seed: randomUUID(), ...options, pace: { ...DEFAULT_PACE, ...options.pace } };
}
