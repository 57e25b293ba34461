import type { Fact } from '../../../../lambda/aws/errors';
import { IMPORT } from '../../../../lambda/import/kind';
import { judge as judgeEvidence } from '../../../../lambda/import/verdict';
import { evidenceOf } from '../../../../lambda/jobs/evidence';
import { decideJudged, judgePoll } from '../../../../lambda/jobs/outcome/decision';
import type { Evidence, Verdict } from '../../../../lambda/jobs/verdict';
import type { ContractErrorTolerance } from '../../../../src/contract';
import { importJob, sdkError } from '../../harness';

const TERMS = { settledBy: 1_300_000, deadline: 4_000_000 } as const;
const judge = (poll: Fact<Evidence>, now: number, deadline: number = TERMS.deadline, tolerance: ContractErrorTolerance = { Kind: 'NONE' }) =>
  judgePoll(poll, (evidence) => judgeEvidence(evidence, tolerance), { ...TERMS, deadline }, now);

const denied = { error: sdkError('AccessDeniedException', 'not authorized') };
const gone = { error: sdkError('ResourceNotFoundException', 'no such job') };
const throttled = { error: sdkError('ThrottlingException', 'Rate exceeded') };
const [running, completed, withErrors, failed] = (['IN_PROGRESS', 'COMPLETED', 'COMPLETED_WITH_ERRORS', 'FAILED'] as const)
  .map((JobStatus) => ({ value: evidenceOf(IMPORT, importJob({ JobStatus })) }));

test.each<[string, Fact<Evidence>, number, Partial<Verdict>]>([
  ['a running job is running', running, 3_999_999, { kind: 'running', evidence: running.value }],
  ['a running job fails at the deadline', running, 4_000_000, { kind: 'failed', advice: 'timeout', evidence: running.value }],
  ['a completed job succeeds', completed, 1_000_000, { kind: 'succeeded', evidence: completed.value }],
  ['a completed job succeeds after the deadline', completed, 5_000_000, { kind: 'succeeded' }],
  ['a failed job fails', failed, 1_000_000, { kind: 'failed', advice: 'job', evidence: failed.value }],
  ['a job with errors fails', withErrors, 1_000_000, { kind: 'failed', advice: 'errors', evidence: withErrors.value }],
  ['a throttled call is retried before the deadline', throttled, 3_999_999, { kind: 'running' }],
  ['a throttled call fails at the deadline', throttled, 4_000_000, { kind: 'failed', advice: 'timeout' }],
  ['a refused call is retried for 5 minutes', denied, TERMS.settledBy - 1, { kind: 'running' }],
  ['a refused call fails after 5 minutes', denied, TERMS.settledBy, { kind: 'failed', advice: 'access' }],
  ['a job that is not found is retried for 5 minutes', gone, TERMS.settledBy - 1, { kind: 'running' }],
  ['a job that is not found fails after 5 minutes', gone, TERMS.settledBy, { kind: 'failed', advice: 'access' }],
])('judgePoll decides: %s', (_what, poll, now, expected) => {
  expect(judge(poll, now)).toMatchObject(expected);
});

test('a refused poll is retried only until the deadline if less than 5 minutes remain', () => {
  expect(judge(denied, 1_059_999, 1_060_000)).toMatchObject({ kind: 'running' });
  expect(judge(denied, 1_060_000, 1_060_000)).toMatchObject({ kind: 'failed', advice: 'access' });
});

test('a job with errors succeeds if the error tolerance is ANY', () => {
  expect(judge(withErrors, 1_000_000, TERMS.deadline, { Kind: 'ANY' })).toEqual({ kind: 'succeeded', evidence: withErrors.value });
});

test('decideJudged takes the verdict from the physical id if the data set was declared with alreadyImported', () => {
  const judged = { status: 'ALREADY_IMPORTED', counts: {} };
  expect(decideJudged(judged, undefined, TERMS, 1_000_000)).toEqual({ kind: 'answer from the id', judged });
});
