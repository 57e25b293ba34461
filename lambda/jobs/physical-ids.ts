import { isCompleted } from './healthlake-job';
import type { Counts, JudgedJob, NamedCounts } from './verdict';
import { ALREADY_IMPORTED, type JobWaitProperties, UNKNOWN } from '../../src/contract';

/** The placeholder for the job id in the physical id. It is used until HealthLake has accepted a job. */
const PENDING = 'pending';

/** The parts of a physical id of the resource that starts a job: `<datastoreId>/<jobId>/<fingerprint>`, with the fingerprint of `JobKind.idFingerprintOf()`. */
export interface JobPhysicalId {
  readonly datastoreId: string;
  /**
   * The job id. Undefined until HealthLake has accepted a job. `ALREADY_IMPORTED` if `alreadyImported` applies to the data set. `UNKNOWN` if a roll-back found
   * no job.
   */
  readonly jobId?: string;
  readonly fingerprint: string;
}

export function formatJobId({ datastoreId, jobId, fingerprint }: JobPhysicalId): string {
  return [datastoreId, jobId ?? PENDING, fingerprint].join('/');
}

/**
 * Parses a physical id of the resource that starts a job. Returns undefined for an id of another form: CloudFormation makes up an id if a creation is cancelled
 * midway.
 */
export function parseJobId(physicalId?: string): JobPhysicalId | undefined {
  const match = /^([^/]+)\/([^/]+)\/([0-9a-f]{20})$/.exec(physicalId ?? '');
  return match ? { datastoreId: match[1], jobId: match[2] === PENDING ? undefined : match[2], fingerprint: match[3] } : undefined;
}

/** Returns the physical id of a resource that only waits: `<datastoreId>/<jobId>`, or `<datastoreId>` if the job is not known. */
export function formatWaitId({ DatastoreId, JobId }: Pick<JobWaitProperties, 'DatastoreId' | 'JobId'>): string {
  return [DatastoreId, ...(JobId === UNKNOWN ? [] : [JobId])].join('/');
}

/** The parts of a physical id of the resource that judges a job. */
export interface OutcomePhysicalId {
  readonly datastoreId: string;
  readonly jobId: string;
  /**
   * The status and counts of the job. Undefined unless the job was judged successful. The status is `ALREADY_IMPORTED` if no job was started because
   * of `alreadyImported`.
   */
  readonly judged?: JudgedJob;
}

/** Returns `<datastoreId>/<jobId>`, or for a judged job `<datastoreId>/<jobId>/<status>/<three counts>`, for example `.../<scanned>/<imported>/<failed>`. */
export function formatOutcomeId({ results }: { readonly results: NamedCounts }, { datastoreId, jobId, judged }: OutcomePhysicalId): string {
  const counts = judged ? Object.values(results).map((name) => judged.counts[name] ?? UNKNOWN) : [];
  return [datastoreId, jobId, ...(judged ? [judged.status, ...counts] : [])].join('/');
}

/** Parses a physical id of the resource that judges a job. Returns undefined for an id of another form. */
export function parseOutcomeId({ results }: { readonly results: NamedCounts }, physicalId?: string): OutcomePhysicalId | undefined {
  const parts = (physicalId ?? '').split('/');
  if (parts.some((part) => part === '') || (parts.length !== 2 && parts.length !== 6)) {
    return undefined;
  }
  const [datastoreId, jobId, status, ...counts] = parts;
  if (status !== undefined && !isCompleted(status) && status !== ALREADY_IMPORTED) {
    return undefined;
  }
  const known = Object.values(results).map((name, n) => [name, /^\d+$/.test(counts[n]) ? Number(counts[n]) : undefined]);
  return { datastoreId, jobId, judged: status ? { status, counts: Object.fromEntries(known) as Counts } : undefined };
}
