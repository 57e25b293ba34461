import type { ListedJob } from '../../../../lambda/job-monitor/listing';
import { ToolError } from '../cli/errors';

export const JOB_KINDS = ['import', 'export'] as const;

export type JobKind = typeof JOB_KINDS[number];

/** The jobs that a user asks for. */
export interface JobQuery {
  /** Undefined for all data stores of the Region. */
  readonly datastoreId?: string;
  readonly kinds: readonly JobKind[];
  readonly status?: string;
  readonly name?: string;
  /** The earliest time of submission. Older jobs that have not ended match too. */
  readonly since: Date;
}

/** Returns whether a job has the status and the name of a query. */
export function matches(job: Pick<ListedJob, 'status' | 'name'>, { status, name }: Pick<JobQuery, 'status' | 'name'>): boolean {
  return (status === undefined || job.status === status) && (name === undefined || (job.name ?? '').includes(name));
}

const UNITS: Readonly<Record<string, number>> = { m: 60_000, h: 3_600_000, d: 86_400_000 };

/**
 * Returns the time that a text such as `24h`, `30m`, `7d` or `2026-11-01` stands for.
 *
 * @throws if the text has another form
 */
export function sinceOf(text: string, now: number): Date {
  const [, amount, unit] = /^(\d{1,5})([mhd])$/.exec(text) ?? [];
  const at = unit !== undefined ? now - Number(amount) * UNITS[unit] : /^\d{4}-\d{2}-\d{2}(?:[T ]\d[\d:.+-]*Z?)?$/.test(text) ? Date.parse(text) : NaN;
  if (Number.isNaN(at)) {
    throw new ToolError(`--since ${text} is not a time: write, for example, 30m, 24h, 7d or 2026-11-01`);
  }
  return new Date(at);
}
