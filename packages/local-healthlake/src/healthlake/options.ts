import { randomUUID } from 'node:crypto';

/** How long a job takes, in the clock's milliseconds. A job takes the longer of what the last two say. */
export interface Pace {
  /** From SUBMITTED to QUEUED or IN_PROGRESS. */
  readonly submitDelayMs: number;
  readonly resourcesPerSecond: number;
  readonly minimumDurationMs: number;
}

/** An end that the job comes to whatever the data say; it reads and writes nothing. */
export interface ForcedOutcome {
  readonly status: 'FAILED' | 'CANCEL_COMPLETED' | 'CANCEL_FAILED';
  /** AWS explains some failed jobs and leaves others unexplained. */
  readonly message?: string;
}

/** A status that a job shows for a while, after IN_PROGRESS and before its end. */
export interface Detour {
  /** Any text, also one that the SDK's enum doesn't know. */
  readonly status: string;
  /** In the clock's milliseconds. */
  readonly ms: number;
}

/** What is special about one job. */
export interface JobOverride {
  readonly pace?: Partial<Pace>;
  readonly outcome?: ForcedOutcome;
  /** However the job ends. */
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
 * What a Start gets that repeats a client token with other parameters. AWS doesn't say what it does: `validation` answers
 * ValidationException, `conflict` ConflictException, `replay` the job that the token belongs to.
 */
export type ClientTokenMismatch = 'validation' | 'conflict' | 'replay';

/** Everything about the service that may be set; whatever is left out is as in `DEFAULT_OPTIONS`. */
export interface HealthLakeOptions {
  /** From CREATING to ACTIVE; AWS takes 2 to 30 minutes. */
  readonly datastoreCreationMs?: number;
  /** From DELETING to DELETED. */
  readonly datastoreDeletionMs?: number;
  /** How long a DELETED data store and its jobs can still be described. */
  readonly deletedDatastoreRetentionMs?: number;
  readonly pace?: Partial<Pace>;
  /** How long after its submission a job is not listed yet, in the clock's milliseconds; it can be described at once. */
  readonly listDelayMs?: number;
  /** Asked once per job, when it is submitted. */
  readonly overrideJob?: (job: JobDescription) => JobOverride | undefined;
  /** Import jobs of a data store that may wait; a Start beyond that gets a ThrottlingException. */
  readonly queueLimit?: number;
  readonly clientTokenMismatch?: ClientTokenMismatch;
  /** Whether each Start makes a job, whatever its client token. */
  readonly ignoresClientTokens?: boolean;
  /** Ids follow from it: the same seed and the same calls give the same ids. */
  readonly seed?: string;
}

/** All options with their values. */
export type ResolvedOptions = Required<Omit<HealthLakeOptions, 'pace'>> & { readonly pace: Pace };

const DEFAULT_OPTIONS = {
  datastoreCreationMs: 10_000,
  datastoreDeletionMs: 5_000,
  deletedDatastoreRetentionMs: 3_600_000,
  listDelayMs: 0,
  queueLimit: 25,
  clientTokenMismatch: 'validation',
  ignoresClientTokens: false,
  overrideJob: () => undefined,
} as const;

const DEFAULT_PACE: Pace = { submitDelayMs: 1_000, resourcesPerSecond: 200, minimumDurationMs: 10_000 };

/** Fills in what isn't given. */
export function resolveOptions(options: HealthLakeOptions): ResolvedOptions {
  return { ...DEFAULT_OPTIONS, seed: randomUUID(), ...options, pace: { ...DEFAULT_PACE, ...options.pace } };
}
