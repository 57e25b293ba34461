import { decideRun, otherRunOf, type RunDecision, type RunFacts } from '../../../../lambda/export/run/decision';
import type { JobDescription } from '../../../../lambda/jobs/healthlake-job';
import type { JobDecision } from '../../../../lambda/jobs/start/decision';
import { JOB_ID, MINUTE, NO_ANSWER, sdkError, T0 } from '../../harness';
import { exportJob, JOB } from '../harness';

const OTHER = exportJob({ JobId: 'other', JobName: 'fhir-export-other', JobStatus: 'IN_PROGRESS' });
const SETTLED_BY = T0 + 5 * MINUTE;
const DEADLINE = T0 + 60 * MINUTE;
const [START, WAIT, FAIL]: JobDecision[] = [{ kind: 'start', failedJobIds: [] }, { kind: 'wait', why: 'UPDATING' }, { kind: 'fail', why: 'DELETING' }];
const retry = (error: unknown, causes?: string): JobDecision => ({ kind: 'retry', error, doing: 'list the export jobs', causes });
const REFUSED = retry(sdkError('AccessDeniedException', 'no'));
const THROTTLED = retry(sdkError('ThrottlingException', 'Rate exceeded'));
const WHY = 'could not list the export jobs: no';

describe('decideRun', () => {
  test.each<[string, JobDecision, RunDecision, Partial<RunFacts>?]>([
    ['a run without a job is started', START, { kind: 'start' }],
    ['a run is skipped while the job of another run has not ended', START, { kind: 'skip', otherJobId: 'other', otherStatus: 'IN_PROGRESS' }, { otherJob: OTHER }],
    ['a run with a job is monitored', { kind: 'adopt', jobId: JOB_ID }, { kind: 'monitor', jobId: JOB_ID }],
    ['a run with a job is monitored after the deadline', { kind: 'adopt', jobId: JOB_ID }, { kind: 'monitor', jobId: JOB_ID }, { now: DEADLINE }],
    ['a run with a job is monitored beside another job', { kind: 'adopt', jobId: JOB_ID }, { kind: 'monitor', jobId: JOB_ID }, { otherJob: OTHER }],
    ['a run waits before the deadline', WAIT, { kind: 'wait', why: 'UPDATING' }, { now: DEADLINE - 1 }],
    ['a run that still waits at the deadline fails', WAIT, { kind: 'fail', why: 'UPDATING' }, { now: DEADLINE }],
    ['a run that cannot be exported fails at once', FAIL, { kind: 'fail', why: 'DELETING' }],
    ['a refused call is repeated for 5 minutes', REFUSED, { kind: 'wait', why: WHY }, { now: SETTLED_BY - 1 }],
    ['a call that is refused after 5 minutes makes the run fail', REFUSED, { kind: 'fail', why: WHY }, { now: SETTLED_BY }],
    ['a throttled call is repeated', THROTTLED, { kind: 'wait', why: WHY }, { now: DEADLINE - 1 }],
    ['a call that is throttled until the deadline makes the run fail', THROTTLED, { kind: 'fail', why: WHY }, { now: DEADLINE }],
    ['a call without an answer is repeated', retry(NO_ANSWER), { kind: 'wait', why: WHY }, { now: DEADLINE - 1 }],
    ['a call with a permanent error makes the run fail', retry(sdkError('ResourceNotFoundException', 'gone')), { kind: 'fail', why: WHY }],
    ['a reason names the likely causes', retry(sdkError('X', 'no'), 'likely causes: a role'), { kind: 'wait', why: `${WHY}; likely causes: a role` }],
  ])('%s', (_, job, expected, facts = {}) => {
    expect(decideRun(job, { errorText: 'no', settledBy: SETTLED_BY, deadline: DEADLINE, now: T0, ...facts })).toEqual(expected);
  });

  test.each(['answer from the id', 'already imported', 'keep the id', 'answer unknown'])('the decision %s of a deployment is an error', (kind) => {
    expect(() => decideRun({ kind } as JobDecision, { errorText: '', settledBy: 0, deadline: 0, now: 0 })).toThrow(`can't have the decision "${kind}"`);
  });
});

describe('otherRunOf', () => {
  const to = (S3Uri?: string): Partial<JobDescription> => ({ OutputDataConfig: { S3Configuration: { S3Uri, KmsKeyId: JOB.OutputKmsKeyId } } });

  test.each<[boolean, string, Partial<JobDescription>]>([
    [true, 'a running job', {}],
    [true, 'a submitted job', { JobStatus: 'SUBMITTED' }],
    [true, 'a queued job', { JobStatus: 'QUEUED' }],
    [true, 'a job that is being cancelled', { JobStatus: 'CANCEL_IN_PROGRESS' }],
    [true, 'a job with an unknown status', { JobStatus: 'NEW' as never }],
    [true, 'a job of a deployment with the same output', { JobName: 'fhir-export-by-hand' }],
    [true, 'a job whose output is listed as it was requested', to(JOB.OutputS3Uri)],
    [true, 'a job whose output is listed without the slash at its end', to(JOB.OutputS3Uri.slice(0, -1))],
    [false, 'a completed job', { JobStatus: 'COMPLETED' }],
    [false, 'a job with errors', { JobStatus: 'COMPLETED_WITH_ERRORS' }],
    [false, 'a failed job', { JobStatus: 'FAILED' }],
    [false, 'a cancelled job', { JobStatus: 'CANCEL_COMPLETED' }],
    [false, 'a job of this run', { JobId: 'own' }],
    [false, 'a job in another folder', to('s3://clinic-copies/Weekly/')],
    [false, 'a job in a folder whose name begins alike', to('s3://clinic-copies/Backup-2/')],
    [false, 'a job in another bucket', to('s3://elsewhere/Backup/')],
    [false, 'a job without an output', to()],
  ])('it is %s that %s is a job of another run', (expected, _, changes) => {
    const job = { ...OTHER, ...changes };
    expect(otherRunOf([job], JOB.OutputS3Uri, ({ JobId }) => JobId === 'own')).toBe(expected ? job : undefined);
  });
});
