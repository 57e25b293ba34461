/** Stands for the job in the physical id until HealthLake has accepted one. */
const PENDING = 'pending';

/** What the physical id of `Custom::FhirImportJob` says: `<datastoreId>/<jobId>/<fingerprint>`. */
export interface JobPhysicalId {
  readonly datastoreId: string;
  /** Undefined until HealthLake has accepted a job. `ALREADY_IMPORTED` for a declared data set, `UNKNOWN` if a roll-back found no job. */
  readonly jobId?: string;
  readonly fingerprint: string;
}

export function formatJobId({ datastoreId, jobId, fingerprint }: JobPhysicalId): string {
  return [datastoreId, jobId ?? PENDING, fingerprint].join('/');
}

/** Undefined for an id that isn't ours: CloudFormation invents one when a creation is cancelled midway. */
export function parseJobId(physicalId?: string): JobPhysicalId | undefined {
  const match = /^([^/]+)\/([^/]+)\/([0-9a-f]{20})$/.exec(physicalId ?? '');
  return match ? { datastoreId: match[1], jobId: match[2] === PENDING ? undefined : match[2], fingerprint: match[3] } : undefined;
}
