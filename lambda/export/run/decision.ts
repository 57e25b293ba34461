import { UNKNOWN } from '../../../src/contract';
import { isHopeless } from '../../aws/errors';
import { withSlash } from '../../jobs/evidence';
import { hasEnded, type JobDescription } from '../../jobs/healthlake-job';
import type { JobDecision } from '../../jobs/start/decision';

/** The decision on a run of a schedule. */
export type RunDecision =
  | { readonly kind: 'start' }
  /** The run has a job. The monitor follows it. */
  | { readonly kind: 'monitor'; readonly jobId: string }
  /** No job is started, because the job of another run has not ended. */
  | { readonly kind: 'skip'; readonly otherJobId: string; readonly otherStatus: string }
  | { readonly kind: 'wait'; readonly why: string }
  /** The run failed. It may have a job, which nothing monitors. */
  | { readonly kind: 'fail'; readonly why: string; readonly jobId?: string };

/** The facts on which the decision on a run is based. */
export interface RunFacts {
  /** A job of the same export that belongs to another run and has not ended. Undefined if there is none. */
  readonly otherJob?: JobDescription;
  /** The text of the error if the decision is to retry. */
  readonly errorText: string;
  /** The time until which calls that AWS refuses are retried, in milliseconds since the epoch. */
  readonly settledBy: number;
  /** The time until which the run may be started, in milliseconds since the epoch. */
  readonly deadline: number;
  readonly now: number;
}

/** Decides on a run. `job` is the decision that a deployment would make on the job of the run's revision. */
export function decideRun(job: JobDecision, { otherJob, errorText, settledBy, deadline, now }: RunFacts): RunDecision {
  const isLate = now >= deadline;
  switch (job.kind) {
    case 'adopt':
      return { kind: 'monitor', jobId: job.jobId };
    case 'start':
      return otherJob ? { kind: 'skip', otherJobId: otherJob.JobId!, otherStatus: otherJob.JobStatus ?? UNKNOWN } : { kind: 'start' };
    case 'retry': {
      const why = [`could not ${job.doing}: ${errorText}`, job.causes ?? ''].filter((sentence) => sentence !== '').join('; ');
      return isLate || isHopeless(job.error, settledBy, now) ? { kind: 'fail', why } : { kind: 'wait', why };
    }
    case 'wait':
      return isLate ? { kind: 'fail', why: job.why } : { kind: 'wait', why: job.why };
    case 'fail':
      return { kind: 'fail', why: job.why };
    default:
      throw new Error(`a run of a schedule can't have the decision "${job.kind}"`);
  }
}

/** Returns a job whose output is under the given location, that belongs to another run, and that has not ended. */
export function otherRunOf(jobs: readonly JobDescription[], outputS3Uri: string, isOfThisRun: (job: JobDescription) => boolean):
JobDescription | undefined {
  return jobs.find((job) => {
    const written = job.OutputDataConfig?.S3Configuration?.S3Uri;
    return !hasEnded(job.JobStatus) && !isOfThisRun(job) && written !== undefined && withSlash(written).startsWith(withSlash(outputS3Uri));
  });
}
