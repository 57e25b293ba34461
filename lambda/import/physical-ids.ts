import type { Counts } from './outcome/counts';
import { ALREADY_IMPORTED, UNKNOWN } from '../../src/contract';

/** What the physical id of `Custom::FhirImportOutcome` says. */
export interface OutcomePhysicalId {
  readonly datastoreId: string;
  readonly jobId: string;
  /** Set only if the job was judged successful, or if no job was started because of `alreadyImported`. */
  readonly judged?: Judged;
}

/** How a successful job ended. */
export interface Judged {
  readonly status: string;
  readonly counts: Counts;
}

/** `<datastoreId>/<jobId>`, and once judged `<datastoreId>/<jobId>/<status>/<scanned>/<imported>/<failed>`. */
export function formatOutcomeId({ datastoreId, jobId, judged }: OutcomePhysicalId): string {
  const counts = judged ? [judged.counts.scanned, judged.counts.imported, judged.counts.failed].map((n) => n ?? UNKNOWN) : [];
  return [datastoreId, jobId, ...(judged ? [judged.status, ...counts] : [])].join('/');
}

/** Undefined for an id that isn't ours. */
export function parseOutcomeId(physicalId?: string): OutcomePhysicalId | undefined {
  const parts = (physicalId ?? '').split('/');
  if (parts.some((part) => part === '') || (parts.length !== 2 && parts.length !== 6)) {
    return undefined;
  }
  const [datastoreId, jobId, status, ...counts] = parts;
  if (status !== undefined && !status.startsWith('COMPLETED') && status !== ALREADY_IMPORTED) {
    return undefined;
  }
  const [scanned, imported, failed] = counts.map((n) => (/^\d+$/.test(n) ? Number(n) : undefined));
  return { datastoreId, jobId, judged: status ? { status, counts: { scanned, imported, failed } } : undefined };
}
