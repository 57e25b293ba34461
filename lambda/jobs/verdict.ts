import type { JobDescription } from './healthlake-job';
import type { ReportAnswer } from '../report/types';

/** The evidence on which the verdict on a job is based. */
export interface Evidence {
  readonly job: JobDescription;
  readonly counts: Counts;
  /** The answer of the report function. Undefined if the function was not invoked. */
  readonly report?: ReportAnswer;
  /** Whether the results are in the output location of this construct. The handler doesn't read results in any other location. */
  readonly isOwn: boolean;
  /** The latest time before the job to which the data store can be restored. Undefined if there is none, or if the job has not ended. */
  readonly restorePoint?: Date;
}

/** The numbers of resources, files and bytes. A number that is not known, or that jobs of this kind don't have, is undefined. */
export interface Counts {
  readonly scanned?: number;
  readonly imported?: number;
  readonly failed?: number;
  readonly unreadableFiles?: number;
  readonly files?: number;
  readonly bytes?: number;
  /** The number of exported resources. */
  readonly resources?: number;
}

/** The verdict on a job. The evidence is undefined if the job could not be described. */
export type Verdict =
  | { readonly kind: 'running'; readonly evidence?: Evidence }
  | { readonly kind: 'succeeded'; readonly evidence: Evidence }
  | { readonly kind: 'failed'; readonly why: string; readonly evidence?: Evidence; readonly advice?: Advice };

/** The kind of advice at the end of a failure reason. */
export type Advice = 'job' | 'errors' | 'empty' | 'timeout' | 'access';

/** The counts that a job of a kind has, by their names in attributes and metrics. The physical id of a judged job has them in this order. */
export type NamedCounts = Readonly<Record<string, keyof Counts>>;

/** The status and the counts of a job that was judged successful. */
export interface JudgedJob {
  readonly status: string;
  readonly counts: Counts;
}
