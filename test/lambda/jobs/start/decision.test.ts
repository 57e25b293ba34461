import { DatastoreStatus } from '@aws-sdk/client-healthlake';
import type { Fact } from '../../../../lambda/aws/errors';
import type { Direction } from '../../../../lambda/aws/stack';
import { answerFromId, type DatastoreFacts, decideJob, type JobChange, type JobDecision, type JobFacts, wouldStart } from '../../../../lambda/jobs/start/decision';
import type { LedgerEntry } from '../../../../lambda/jobs/start/ledger';
import { sdkError } from '../../harness';

const FINGERPRINT = '029a72daa07fc79abd11';
const OTHER = 'c5557f4386429338eb66';
const ERROR = sdkError('ThrottlingException', 'Rate exceeded');

const entry = (jobId: string, verdict: LedgerEntry['verdict'], submittedAt = 0): LedgerEntry => ({ jobId, verdict, submittedAt });
const store = (status: string, fhirVersion = 'R4'): Fact<DatastoreFacts> => ({ value: { status, fhirVersion } });
const ledger = (...entries: LedgerEntry[]): Fact<LedgerEntry[]> => ({ value: entries });
const fromId = (jobId: string): JobDecision => ({ kind: 'answer from the id', jobId });
const adopt = (jobId: string): JobDecision => ({ kind: 'adopt', jobId });
const adoptNew = (jobId: string): JobDecision => ({ kind: 'adopt', jobId, isNew: true });
const DECLARED: JobDecision = { kind: 'already imported' };
const KEEP: JobDecision = { kind: 'keep the id' };
const WARNING = 'the data store is UPDATE_FAILED, and HealthLake may refuse imports until an update of the data store succeeds';
const notReady = (status: string): JobDecision => ({
  kind: 'wait', why: `the data store is ${status}, and only an ACTIVE data store accepts imports; wait until it is ACTIVE`,
});
const WAIT: JobDecision = { kind: 'wait', why: 'HealthLake does not list its jobs' };

/** Overrides of the default situation. By default, the data set is new and has no jobs, and the CloudFormation event is an hour old. */
type Situation = Partial<JobChange & JobFacts>;

const situation = (changes: Situation = {}): JobChange & JobFacts => ({
  noun: 'import',
  fingerprint: FINGERPRINT,
  requestedAt: 1_000_000,
  settledBy: 1_300_000,
  deadline: 4_600_001,
  now: 4_600_000,
  direction: { value: 'forward' },
  datastore: store('ACTIVE'),
  ledger: ledger(),
  ...changes,
});

function decideIn(changes: Situation = {}): JobDecision {
  const all = situation(changes);
  return decideJob(all, all);
}

describe('Job, while the stack is not rolling back,', () => {
  test.each<[string, Situation, JobDecision]>([
    ['starts the first job', {}, { kind: 'start', failedJobIds: [] }],
    ['adopts a job that succeeded', { ledger: ledger(entry('a', 'succeeded')) }, adopt('a')],
    ['adopts a running job', { ledger: ledger(entry('a', 'running')) }, adopt('a')],
    ['starts after failed jobs', { ledger: ledger(entry('a', 'failed'), entry('b', 'failed')) }, { kind: 'start', failedJobIds: ['a', 'b'] }],
    ['adopts a running job after a failed one', { ledger: ledger(entry('a', 'failed'), entry('b', 'running')) }, adopt('b')],
    ['adopts a job that succeeded after a failed one', { ledger: ledger(entry('a', 'failed'), entry('b', 'succeeded')) }, adopt('b')],
    ['adopts a job that succeeded before a running one', { ledger: ledger(entry('a', 'succeeded'), entry('b', 'running')) }, adopt('a')],
    ['adopts a job that succeeded after a running one', { ledger: ledger(entry('a', 'running'), entry('b', 'succeeded')) }, adopt('b')],
    ['adopts the older of two running jobs', { ledger: ledger(entry('b', 'running', 1), entry('a', 'running', 2)) }, adopt('b')],
    ['adopts the older of two jobs that succeeded', { ledger: ledger(entry('b', 'succeeded', 1), entry('a', 'succeeded', 2)) }, adopt('b')],
    ['starts after a failed job of the physical id',
      { id: { datastoreId: 'd', jobId: 'a', fingerprint: FINGERPRINT }, ledger: ledger(entry('a', 'failed')) }, { kind: 'start', failedJobIds: ['a'] }],
    ['adopts a failed job that was started for this change', { ledger: ledger(entry('a', 'failed'), entry('b', 'failed', 1_000_000)) }, adoptNew('b')],
    ['adopts a failed job of this change if the clocks differ by 5 s', { ledger: ledger(entry('b', 'failed', 995_000)) }, adoptNew('b')],
    ['starts after a failed job that was submitted before this change', { ledger: ledger(entry('b', 'failed', 994_999)) }, { kind: 'start', failedJobIds: ['b'] }],
    ['adopts a running job before a failed one of this change',
      { ledger: ledger(entry('a', 'failed', 1_000_000), entry('b', 'running', 2_000_000)) }, adoptNew('b')],
    ['starts at the last attempt, up to 75 s after the deadline', { deadline: 4_526_000 }, { kind: 'start', failedJobIds: [] }],
    ['starts nothing when the time is up', { deadline: 4_525_000 }, { kind: 'wait', why: 'the data set has no job, and it is too late to start one' }],
    ['adopts a running job when the time is up', { deadline: 4_540_000, ledger: ledger(entry('a', 'running')) }, adopt('a')],
    ['fails if the buckets have a problem', { bucketProblem: 'there is no object' }, { kind: 'fail', why: 'there is no object' }],
    ['adopts a job if the buckets have a problem', { bucketProblem: 'there is no object', ledger: ledger(entry('a', 'succeeded')) }, adopt('a')],
    ['fails if the data store is of another FHIR version', { datastore: store('ACTIVE', 'STU3') },
      { kind: 'fail', why: 'the data store has FHIR version STU3, and only R4 can be imported; use a data store of R4' }],
    ['starts if the FHIR version of the data store is unknown', { datastore: { value: { status: 'ACTIVE' } } }, { kind: 'start', failedJobIds: [] }],
    ['fails on properties of another version', { unreadable: 'too new', ledger: ledger(entry('a', 'succeeded')) }, { kind: 'fail', why: 'too new' }],
    ['ignores a physical id of another data set', { id: { datastoreId: 'd', jobId: 'x', fingerprint: OTHER } }, { kind: 'start', failedJobIds: [] }],
    ['retries a failed Describe of the data store', { datastore: { error: ERROR } }, { kind: 'retry', error: ERROR, doing: 'describe the data store' }],
    ['retries a failed listing', { ledger: { error: ERROR } }, { kind: 'retry', error: ERROR, doing: 'list the import jobs' }],
    ['waits for a data store that is CREATING', { datastore: store('CREATING') }, notReady('CREATING')],
    ['waits for a data store that is UPDATING', { datastore: store('UPDATING') }, notReady('UPDATING')],
    ['starts in a data store that is UPDATE_FAILED, with a warning', { datastore: store('UPDATE_FAILED') }, { kind: 'start', failedJobIds: [], warning: WARNING }],
    ['fails if a data store that is UPDATE_FAILED is of another FHIR version', { datastore: store('UPDATE_FAILED', 'STU3') },
      { kind: 'fail', why: 'the data store has FHIR version STU3, and only R4 can be imported; use a data store of R4' }],
    ['starts nothing if the data set is declared', { declaration: 'counts' }, DECLARED],
    ['starts nothing for a declared data set after failed jobs', { declaration: 'counts', ledger: ledger(entry('a', 'failed')) }, DECLARED],
    ['starts nothing for a declared data set whose job failed during this change',
      { declaration: 'counts', ledger: ledger(entry('a', 'failed', 1_000_000)) }, DECLARED],
    ['starts nothing for a declared data set when the time is up', { declaration: 'counts', now: 9_000_000 }, DECLARED],
    ['does not check the buckets of a declared data set', { declaration: 'counts', bucketProblem: 'no files' }, DECLARED],
    ['adopts a job that succeeded for a declared data set', { declaration: 'counts', ledger: ledger(entry('a', 'succeeded')) }, adopt('a')],
    ['adopts a job that runs for a declared data set', { declaration: 'counts', ledger: ledger(entry('a', 'running')) }, adopt('a')],
    ['waits for the data store of a declared data set', { declaration: 'counts', datastore: store('CREATING') }, notReady('CREATING')],
    ['starts a later data set, for which the declaration is spent', { declaration: 'spent' }, { kind: 'start', failedJobIds: [] }],
    ['fails if the start is refused', { refusal: 'restored' }, { kind: 'fail', why: 'restored' }],
    ['fails if the start is refused, also after failed jobs', { refusal: 'restored', ledger: ledger(entry('a', 'failed')) }, { kind: 'fail', why: 'restored' }],
    ['names the refusal, not the buckets', { refusal: 'restored', bucketProblem: 'no files' }, { kind: 'fail', why: 'restored' }],
    ['adopts a job that runs although a start is refused', { refusal: 'restored', ledger: ledger(entry('a', 'running')) }, adopt('a')],
    ['starts nothing if the data set is declared and a start is refused', { refusal: 'restored', declaration: 'counts' }, DECLARED],
  ])('takes this decision: %s', (_what, changes, expected) => {
    expect(decideIn(changes)).toEqual(expected);
  });

  test.each(['DELETING', 'DELETED', 'CREATE_FAILED', 'FROZEN', 'UNKNOWN'])('fails if the data store is %s', (status) => {
    expect(decideIn({ datastore: store(status) }))
      .toEqual({ kind: 'fail', why: `the data store is ${status}, and only an ACTIVE data store accepts imports; use one that is ACTIVE` });
  });

  test('inspects the buckets only if it would start a job', () => {
    expect(wouldStart(situation(), situation())).toBe(true);
    expect(wouldStart(situation(), situation({ ledger: ledger(entry('a', 'failed')) }))).toBe(true);
    for (const changes of [{ datastore: store('CREATING') }, { ledger: ledger(entry('a', 'running')) }, { ledger: { error: ERROR } }, { unreadable: 'x' },
      { declaration: 'counts' }, { refusal: 'restored' }] satisfies Situation[]) {
      expect(wouldStart(situation(changes), situation(changes))).toBe(false);
    }
  });

  test('the tests cover all data store statuses of the SDK', () => {
    expect(Object.values(DatastoreStatus).sort()).toEqual(['ACTIVE', 'CREATE_FAILED', 'CREATING', 'DELETED', 'DELETING']);
  });
});

describe('Job, in a roll-back or with an unchanged data set,', () => {
  const OWN = { datastoreId: 'd', jobId: 'own', fingerprint: FINGERPRINT };
  const FOREIGN = { datastoreId: 'd', jobId: 'foreign', fingerprint: OTHER };
  const PENDING = { datastoreId: 'd', fingerprint: FINGERPRINT };
  const UNCHANGED = { oldFingerprint: FINGERPRINT };
  const GONE = sdkError('ResourceNotFoundException', 'no such data store');
  const FAILED = ledger(entry('a', 'failed'), entry('b', 'failed'));
  const ROWS: [string, Situation, JobDecision][] = [
    ['no id, no ledger', { ledger: { error: ERROR } }, KEEP],
    ['no id, no job', {}, KEEP],
    ['no id, no ledger yet', { ledger: { error: ERROR }, now: 1_299_999 }, WAIT],
    ['no id, a refused listing', { ledger: { error: sdkError('AccessDeniedException', 'not authorized') }, now: 1_299_999 }, WAIT],
    ['no id, no ledger after 5 minutes', { ledger: { error: ERROR }, now: 1_300_000 }, KEEP],
    ['no id, no ledger ever', { ledger: { error: GONE }, now: 1_000_000 }, KEEP],
    ['an id of the data set, no ledger', { id: OWN, ledger: { error: ERROR }, now: 1_000_000 }, fromId('own')],
    ['an id of the data set, no job', { id: OWN }, fromId('own')],
    ['an id of the data set, a job that succeeded', { id: OWN, ledger: ledger(entry('a', 'succeeded')) }, adopt('a')],
    ['an id of the data set, a job that runs', { id: OWN, ledger: ledger(entry('a', 'running')) }, fromId('own')],
    ['an id of the data set, failed jobs', { id: OWN, ledger: FAILED }, fromId('own')],
    ['properties of another version', { unreadable: 'too new' }, KEEP],
    ['an id of another data set, no ledger', { id: FOREIGN, ledger: { error: ERROR } }, KEEP],
    ['an id of another data set, no job', { id: FOREIGN }, KEEP],
    ['an id of another data set, a job that succeeded', { id: FOREIGN, ledger: ledger(entry('a', 'succeeded'), entry('b', 'failed')) }, adopt('a')],
    ['an id of another data set, a job that runs', { id: FOREIGN, ledger: ledger(entry('a', 'failed'), entry('b', 'running')) }, adopt('b')],
    ['an id of another data set, failed jobs: the latest', { id: FOREIGN, ledger: FAILED }, adopt('b')],
    ['an id without a job', { id: PENDING }, KEEP],
    ['a data store that is gone', { id: OWN, datastore: store('DELETED') }, fromId('own')],
  ];

  test.each(ROWS)('takes the expected decision in a roll-back in the case "%s"', (_what, changes, expected) => {
    expect(decideIn({ direction: { value: 'roll-back' }, ...changes })).toEqual(expected);
  });

  test.each<[string, Situation, JobDecision]>([
    ['no job', { id: FOREIGN }, { kind: 'answer unknown' }],
    ['no ledger', { id: FOREIGN, ledger: { error: ERROR } }, { kind: 'answer unknown' }],
    ['an id that says that the job is not known', { id: { ...OWN, jobId: 'UNKNOWN' } }, { kind: 'answer unknown' }],
    ['a declared data set, no job', { id: FOREIGN, declaration: 'spent' }, DECLARED],
    ['a declared data set, no ledger', { id: FOREIGN, declaration: 'counts', ledger: { error: ERROR } }, { kind: 'answer unknown' }],
    ['a declared data set, failed jobs', { id: FOREIGN, declaration: 'spent', ledger: FAILED }, DECLARED],
    ['a declared data set, a job that runs', { id: FOREIGN, declaration: 'spent', ledger: ledger(entry('a', 'running')) }, adopt('a')],
    ['a declared data set, a job that succeeded', { id: FOREIGN, declaration: 'counts', ledger: ledger(entry('a', 'succeeded')) }, adopt('a')],
    ['a declared data set, an id that says so', { id: { ...OWN, jobId: 'ALREADY_IMPORTED' } }, fromId('ALREADY_IMPORTED')],
    ['a refusal', { id: OWN, refusal: 'restored' }, fromId('own')],
    ['properties of another version', { id: FOREIGN, unreadable: 'too new' }, KEEP],
  ])('takes the expected decision in the roll-back of an update in the case "%s"', (_what, changes, expected) => {
    expect(decideIn({ direction: { value: 'roll-back' }, oldFingerprint: OTHER, ...changes })).toEqual(expected);
  });

  test('ignores alreadyImported in the roll-back of a creation', () => {
    expect(decideIn({ direction: { value: 'roll-back' }, declaration: 'counts' })).toEqual(KEEP);
  });

  test.each<[string, Situation, JobDecision]>([
    ['an id of the data set', { id: OWN }, fromId('own')],
    ['an id of the data set, declared now, no job', { id: OWN, declaration: 'counts' }, DECLARED],
    ['an id of the data set, declared now, failed jobs', { id: OWN, declaration: 'counts', ledger: FAILED }, DECLARED],
    ['an id of the data set, declared before', { id: OWN, declaration: 'spent', ledger: FAILED }, fromId('own')],
    ['an id of another data set, a job that succeeded', { id: FOREIGN, ledger: ledger(entry('a', 'failed'), entry('b', 'succeeded')) }, adopt('b')],
    ['an id of another data set, a job that runs', { id: FOREIGN, ledger: ledger(entry('a', 'failed'), entry('b', 'running')) }, adopt('b')],
    ['an id of another data set, failed jobs: the latest, none is started', { id: FOREIGN, ledger: FAILED }, adopt('b')],
    ['an id of another data set, no ledger', { id: FOREIGN, ledger: { error: ERROR } }, { kind: 'retry', error: ERROR, doing: 'list the import jobs' }],
    ['an id of another data set, no job: the attempt before never got to its start', { id: FOREIGN }, { kind: 'start', failedJobIds: [] }],
    ['an id without a job, no job', { id: PENDING }, { kind: 'start', failedJobIds: [] }],
    ['an id without a job, failed jobs', { id: PENDING, ledger: FAILED }, adopt('b')],
    ['no job, a data store that is gone', { id: FOREIGN, datastore: store('DELETED') }, {
      kind: 'fail', why: 'the data store is DELETED, and only an ACTIVE data store accepts imports; use one that is ACTIVE',
    }],
  ])('takes the expected decision in an update that keeps the data set, in the case "%s"', (_what, changes, expected) => {
    expect(decideIn({ ...UNCHANGED, ...changes })).toEqual(expected);
  });

  test.each([ledger(), ledger(entry('a', 'succeeded')), { error: ERROR }])('waits while it is unknown whether the stack is rolling back; listed jobs: %j', (given) => {
    expect(decideIn({ direction: { error: ERROR }, ledger: given, id: OWN }))
      .toEqual({ kind: 'wait', why: expect.stringContaining('ThrottlingException: Rate exceeded') });
  });

  test('answers from the physical id, without a call to AWS, if the data set is unchanged and the id names its job', () => {
    expect(answerFromId(situation({ ...UNCHANGED, id: OWN }))).toEqual(fromId('own'));
    expect(answerFromId(situation({ oldFingerprint: OTHER, id: OWN }))).toBeUndefined();
    expect(answerFromId(situation({ id: OWN }))).toBeUndefined();
    expect(answerFromId(situation({ ...UNCHANGED, id: FOREIGN }))).toBeUndefined();
    expect(answerFromId(situation({ ...UNCHANGED, id: PENDING }))).toBeUndefined();
    expect(answerFromId(situation({ ...UNCHANGED, id: { ...OWN, jobId: 'UNKNOWN' } }))).toBeUndefined();
    expect(answerFromId(situation({ ...UNCHANGED, id: OWN, declaration: 'counts' }))).toBeUndefined();
    expect(answerFromId(situation({ ...UNCHANGED, id: OWN, declaration: 'spent' }))).toEqual(fromId('own'));
    const declared = { ...OWN, jobId: 'ALREADY_IMPORTED' };
    expect(answerFromId(situation({ ...UNCHANGED, id: declared, declaration: 'counts' }))).toEqual(fromId('ALREADY_IMPORTED'));
    expect(answerFromId(situation(UNCHANGED))).toBeUndefined();
  });

  test('starts a job only in an ACTIVE or UPDATE_FAILED data store without a roll-back, and after failed jobs only if the data set has changed', () => {
    const DIRECTIONS: Fact<Direction>[] = [{ value: 'forward' }, { value: 'roll-back' }, { error: ERROR }];
    const DATASTORES = [...Object.values(DatastoreStatus), 'UPDATING', 'UPDATE_FAILED', 'FROZEN'].map((status) => store(status));
    const LEDGERS = [ledger(), FAILED, ledger(entry('a', 'failed'), entry('b', 'running')), ledger(entry('a', 'succeeded')), { error: ERROR }];
    const started: (JobChange & JobFacts)[] = [];
    for (const direction of DIRECTIONS) {
      for (const datastore of [...DATASTORES, { error: ERROR }]) {
        for (const given of LEDGERS) {
          for (const id of [undefined, OWN, FOREIGN, PENDING]) {
            for (const oldFingerprint of [undefined, OTHER, FINGERPRINT]) {
              const all = situation({ direction, datastore, ledger: given, id, oldFingerprint });
              if (decideJob(all, all).kind === 'start') {
                started.push(all);
              }
            }
          }
        }
      }
    }
    const isUnchanged = ({ oldFingerprint }: JobChange) => oldFingerprint === FINGERPRINT;
    expect(started.filter((all) => !isUnchanged(all))).toHaveLength(2 * (2 * 4 * 2));
    expect(started.filter(isUnchanged).map(({ id }) => id)).toEqual([undefined, FOREIGN, PENDING, undefined, FOREIGN, PENDING]);
    for (const all of started) {
      const { direction, datastore, ledger: given } = all;
      expect(direction).toEqual({ value: 'forward' });
      expect([store('ACTIVE'), store('UPDATE_FAILED')]).toContainEqual(datastore);
      expect(isUnchanged(all) ? [LEDGERS[0]] : [LEDGERS[0], LEDGERS[1]]).toContain(given);
    }
  });
});
