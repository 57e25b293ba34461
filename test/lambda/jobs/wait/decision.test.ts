import type { Fact } from '../../../../lambda/aws/errors';
import type { Direction } from '../../../../lambda/aws/stack';
import type { JobDescription } from '../../../../lambda/jobs/healthlake-job';
import { decideWait, type WaitChange, type WaitFacts } from '../../../../lambda/jobs/wait/decision';
import { importJob, MINUTE, NO_ANSWER, sdkError, SECOND } from '../../harness';

const REQUESTED_AT = 1_000_000;
const DEADLINE = REQUESTED_AT + 50 * MINUTE;
const SETTLED = REQUESTED_AT + 5 * MINUTE;

const FIRST: WaitChange = { requestedAt: REQUESTED_AT, deliveredAt: REQUESTED_AT, deadline: DEADLINE, isContinued: false };
const LATER: WaitChange = { ...FIRST, isContinued: true };

const seen = (status?: string): Fact<JobDescription> => ({ value: importJob({ JobStatus: status as JobDescription['JobStatus'] }) });
const running = seen('IN_PROGRESS');
const refused: Fact<JobDescription> = { error: sdkError('AccessDeniedException', 'not authorized') };
const denied: Fact<JobDescription> = { error: sdkError('AccessDeniedException', 'with an explicit deny') };
const gone: Fact<JobDescription> = { error: sdkError('ResourceNotFoundException', 'no such job') };
const throttled: Fact<JobDescription> = { error: sdkError('ThrottlingException', 'Rate exceeded') };
const unreachable: Fact<JobDescription> = { error: NO_ANSWER };

const BACK: Fact<Direction> = { value: 'roll-back' };
const FORWARD: Fact<Direction> = { value: 'forward' };
const NOT_SAID: Fact<Direction> = { error: NO_ANSWER };

const WAIT = undefined;
const ENDED = 'the job has ended';

/** Returns the reason why `Wait` hands the job on to the next resource, or undefined if `Wait` keeps waiting. */
function whyOf(change: WaitChange, facts: WaitFacts): string | undefined {
  const decision = decideWait(change, facts);
  return decision.kind === 'hand on' ? decision.why : undefined;
}

test.each<[string, WaitChange, Fact<JobDescription>, number, string | undefined]>([
  ['a running job', FIRST, running, DEADLINE - 1, WAIT],
  ['a queued job', FIRST, seen('QUEUED'), DEADLINE - 1, WAIT],
  ['a job that is being cancelled', FIRST, seen('CANCEL_IN_PROGRESS'), DEADLINE - 1, WAIT],
  ['a job with an unknown status', FIRST, seen('REVIEWING'), DEADLINE - 1, WAIT],
  ['a job without a status', FIRST, seen(), DEADLINE - 1, WAIT],
  ['a refusal', FIRST, refused, SETTLED - 1, WAIT],
  ['a refusal for 5 minutes', FIRST, refused, SETTLED, 'could not describe the job: AccessDeniedException: not authorized'],
  ['a refusal, after an earlier Wait resource', LATER, refused, SETTLED - 1, WAIT],
  ['an explicit deny', FIRST, denied, SETTLED - 1, WAIT],
  ['an explicit deny for 5 minutes', LATER, denied, SETTLED, 'could not describe the job: AccessDeniedException: with an explicit deny'],
  ['a job that isn\'t found', FIRST, gone, SETTLED - 1, WAIT],
  ['a job that isn\'t found for 5 minutes', FIRST, gone, SETTLED, 'could not describe the job: ResourceNotFoundException: no such job'],
  ['a job that is gone, after an earlier Wait resource', LATER, gone, REQUESTED_AT, 'could not describe the job: ResourceNotFoundException: no such job'],
  ['throttling', FIRST, throttled, DEADLINE - 1, WAIT],
  ['throttling when the time is up', FIRST, throttled, DEADLINE, 'could not describe the job: ThrottlingException: Rate exceeded'],
  ['no connection', LATER, unreachable, DEADLINE - 1, WAIT],
  ['no connection when the time is up', LATER, unreachable, DEADLINE, 'could not describe the job: Error: socket hang up'],
])('Wait waits or hands the job on to the next resource, as expected, after a poll with the result "%s"', (_what, change, poll, now, why) => {
  for (const direction of [undefined, FORWARD, NOT_SAID]) {
    expect(whyOf(change, { poll, direction, now })).toBe(why);
  }
});

test.each(['COMPLETED', 'COMPLETED_WITH_ERRORS', 'FAILED', 'CANCEL_COMPLETED', 'CANCEL_FAILED'])('Wait hands a %s job on to the next resource at any time', (status) => {
  for (const change of [FIRST, LATER]) {
    for (const now of [REQUESTED_AT, DEADLINE, DEADLINE + MINUTE]) {
      expect(whyOf(change, { poll: seen(status), now })).toBe(ENDED);
    }
  }
});

test('Wait hands the job on to the next resource in a roll-back, whatever the poll shows, and even before the first poll', () => {
  for (const poll of [undefined, running, refused, gone, throttled, seen('FAILED')]) {
    expect(whyOf(FIRST, { poll, direction: BACK, now: REQUESTED_AT })).toBe('the stack is rolled back');
  }
});

test('Wait waits for its first poll unless the stack is rolled back', () => {
  for (const direction of [undefined, FORWARD, NOT_SAID]) {
    expect(decideWait(FIRST, { direction, now: REQUESTED_AT })).toEqual({ kind: 'wait' });
  }
});

test('Wait hands the job on to the next resource at once if its properties can\'t be used', () => {
  expect(whyOf({ ...FIRST, obstacle: 'too new' }, { now: REQUESTED_AT })).toBe('too new');
  expect(whyOf({ ...FIRST, obstacle: 'too new' }, { direction: BACK, now: REQUESTED_AT })).toBe('too new');
});

test('Wait hands the job on to the next resource at an early deadline, even while a refused call is retried', () => {
  const short = { ...FIRST, deadline: REQUESTED_AT + 70 * SECOND };
  expect(whyOf(short, { poll: refused, now: short.deadline - 1 })).toBe(WAIT);
  expect(whyOf(short, { poll: refused, now: short.deadline })).toContain('could not describe the job');
});
