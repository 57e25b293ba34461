import { ImportJobProperties as ImportJob } from '@aws-sdk/client-healthlake';
import { WireErrorTolerance } from '../../src/import-contract';
import { describeError, kindOf, SETTLING_TIME } from '../errors';
import { Fact } from '../fact';
import { Deadlines } from '../framework';
import { judge } from './verdict';

/** What `Outcome` does after a look at the job. */
export type OutcomeDecision =
  | { readonly kind: 'succeed'; readonly job: ImportJob }
  | { readonly kind: 'fail'; readonly why: string; readonly job?: ImportJob; readonly advice: Advice }
  | { readonly kind: 'wait'; readonly job?: ImportJob };

/** Which way out a failure names. */
export type Advice = 'job' | 'errors' | 'timeout' | 'access';

/** Decides what a look at the job means, if the stack goes forward. */
export function decideOutcome(look: Fact<ImportJob>, tolerance: WireErrorTolerance, deadlines: Deadlines, now: number): OutcomeDecision {
  return 'error' in look ? decideError(look.error, deadlines, now) : decideSight(look.value, tolerance, deadlines, now);
}

function decideSight(job: ImportJob, tolerance: WireErrorTolerance, { Deadline }: Deadlines, now: number): OutcomeDecision {
  const verdict = judge(job, tolerance);
  switch (verdict.kind) {
    case 'succeeded':
      return { kind: 'succeed', job };
    case 'failed':
      return { kind: 'fail', why: verdict.why, job, advice: job.JobStatus === 'COMPLETED_WITH_ERRORS' ? 'errors' : 'job' };
    case 'running':
      return now >= Deadline ? { kind: 'fail', why: 'the time is up and the job has not ended', job, advice: 'timeout' } : { kind: 'wait', job };
  }
}

/** A job that was accepted a moment ago may not be found yet, so not even that is definite at first. */
function decideError(error: unknown, { RequestedAt, Deadline }: Deadlines, now: number): OutcomeDecision {
  const lasting = kindOf(error) !== 'transient';
  const until = lasting ? Math.min(Deadline, RequestedAt + SETTLING_TIME) : Deadline;
  return now >= until
    ? { kind: 'fail', why: `could not describe the job: ${describeError(error)}`, advice: lasting ? 'access' : 'timeout' }
    : { kind: 'wait' };
}
