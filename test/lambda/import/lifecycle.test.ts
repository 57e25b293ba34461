import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { DescribeStacksCommand, type StackStatus } from '@aws-sdk/client-cloudformation';
import { PutEventsCommand } from '@aws-sdk/client-eventbridge';
import {
  DescribeFHIRDatastoreCommand, DescribeFHIRImportJobCommand, type ImportJobProperties as ImportJob, ListFHIRImportJobsCommand,
  StartFHIRImportJobCommand,
} from '@aws-sdk/client-healthlake';
import { StartExecutionCommand } from '@aws-sdk/client-sfn';
import {
  Aws, DATASTORE, FINGERPRINT, importJob, JOB, JOB_ID, jobEvent, MINUTE, NO_ANSWER, OUTCOME, outcomeEvent, report, SECOND, sdkError, T0, WAIT,
  waitEvent,
} from '../harness';
import { playWatch, watchedImport } from './monitor/state-machine';
import { fingerprintOf } from '../../../lambda/import/fingerprint';
import type { ImportJobProperties } from '../../../src/contract';

/** The rows of docs/lifecycle.md: the decision, as its last column begins, by the name of the row. */
const TABLE = new Map(readFileSync(join(__dirname, '../../../docs/lifecycle.md'), 'utf8')
  .split('\n')
  .map((line) => /^\| ([JWOD]\d+) \|.*\| `([^`]+)`[^|]*\|$/.exec(line))
  .filter((match) => match !== null)
  .map(([, name, decision]) => [name, decision] as const));

const tested = new Set<string>();
let aws: Aws;

/** What the state machine did by itself. */
let moves: string[];

/** The test of a row; what the handler logs that it decided, or the state machine did, is compared with the table. */
function row(name: string, test: () => Promise<unknown>): void {
  tested.add(name);
  // A row without a line in the table fails by itself.
  it(`${name}: ${TABLE.get(name)}`, async () => {
    await test();
    const decisions = aws.lines.map((line) => (JSON.parse(line) as { decision?: string }).decision).filter((decision) => decision !== undefined);
    decisions.push(...moves);
    expect(decisions.length > 0 ? decisions : ['keep the id']).toContain(TABLE.get(name));
  });
}

beforeEach(() => {
  aws = new Aws();
  moves = [];
  datastoreIs('ACTIVE');
  listed();
  aws.healthlake.on(StartFHIRImportJobCommand).resolves({ JobId: JOB_ID });
});
afterEach(() => aws.close());

function datastoreIs(status: string): void {
  aws.healthlake.on(DescribeFHIRDatastoreCommand).callsFake(() => ({ DatastoreProperties: { DatastoreStatus: status } }));
}

function listed(...jobs: ImportJob[]): void {
  aws.healthlake.on(ListFHIRImportJobsCommand).resolves({ ImportJobPropertiesList: jobs });
}

function described(at: (now: number) => Partial<ImportJob>): void {
  aws.healthlake.on(DescribeFHIRImportJobCommand).callsFake(() => ({ ImportJobProperties: importJob(at(Date.now())) }));
}

/** What is listed of jobs that were submitted since the event. */
function newJobsAre(...jobs: ImportJob[]): void {
  aws.healthlake.on(ListFHIRImportJobsCommand).callsFake(({ SubmittedAfter }) => ({ ImportJobPropertiesList: SubmittedAfter ? jobs : [] }));
}

const startsOf = () => aws.sent('StartFHIRImportJob') as { ClientToken: string; DatastoreId: string }[];
const GOOD = { JobStatus: 'COMPLETED', JobProgressReport: report(9, 9, 0) } as const;
const WITH_ERRORS = { JobStatus: 'COMPLETED_WITH_ERRORS', JobProgressReport: report(9, 8, 1) } as const;
const FAILED = { JobStatus: 'FAILED' } as const;
const RUNNING = { JobStatus: 'IN_PROGRESS' } as const;
const job = (JobId: string, changes: Partial<ImportJob>): ImportJob => importJob({ JobId, ...changes });

const OWN_ID = `${DATASTORE}/${JOB_ID}/${FINGERPRINT}`;
const UNKNOWN_ID = `${DATASTORE}/UNKNOWN/${FINGERPRINT}`;
const DECLARED = { AlreadyImported: 'true' } as const;
const DECLARED_ID = `${DATASTORE}/ALREADY_IMPORTED/${FINGERPRINT}`;
const NEW_DATA = { Revision: '2' };
const NEW_FINGERPRINT = fingerprintOf({ ...JOB, ...NEW_DATA });
const NEW_NAME = { JobName: `fhir-import-${NEW_FINGERPRINT}` };

/** What tells of an event that it is delivered so long after it was sent. */
const late = (ms: number) => ({ ResponseURL: `https://x.s3.amazonaws.com/y?X-Amz-Date=${new Date(T0 - ms).toISOString().replace(/[-:]|\.000/g, '')}` });
const update = { RequestType: 'Update', PhysicalResourceId: OWN_ID, OldResourceProperties: JOB } as const;
/** An update back from revision 2, which had been answered with a job of its own. */
const back = { ...update, PhysicalResourceId: `${DATASTORE}/new/${NEW_FINGERPRINT}`, OldResourceProperties: { ...JOB, ...NEW_DATA } } as const;

/** An update to another data store, after the old one had imported the same data set. */
const OLD_STORE = { ...JOB, DatastoreId: 'old-store' };
const repointed = { ...update, OldResourceProperties: OLD_STORE, PhysicalResourceId: `old-store/old/${fingerprintOf(OLD_STORE)}` } as const;
const REPOINTED = `the data store changed from old-store to ${DATASTORE} and the data set did not; set alreadyImported: true if ${DATASTORE} already has the data `
  + '(restored or copied), or give a new revision to import it over what is there';

async function starts(event = jobEvent(), token?: string): Promise<string> {
  expect(await aws.run(event)).toMatchObject({ data: { JobId: JOB_ID } });
  expect(startsOf()).toHaveLength(1);
  if (token !== undefined) {
    expect(startsOf()[0].ClientToken).not.toBe(token);
  }
  return startsOf()[0].ClientToken;
}

/** Fails at once, in one sentence, and starts nothing. */
async function refuses(event: ReturnType<typeof jobEvent>, why: string): Promise<void> {
  expect(await aws.run(event)).toEqual({ after: 0, reason: expect.stringMatching(`^no import job was started: .*${why}`.replace(/[()]/g, '\\$&')) });
  expect(startsOf()).toEqual([]);
}

/** Answers that the data set is there, and starts nothing. */
async function declares(event: ReturnType<typeof jobEvent>): Promise<void> {
  expect(await aws.run(event)).toEqual({ after: 0, physicalId: DECLARED_ID, data: { JobId: 'ALREADY_IMPORTED' } });
  expect(startsOf()).toEqual([]);
}

async function answersWith(jobId: string, event = jobEvent()): Promise<void> {
  expect(await aws.run(event)).toMatchObject({ data: { JobId: jobId }, physicalId: expect.stringContaining(`/${jobId}/`) });
  expect(startsOf()).toEqual([]);
}

const inRollBack = (status: StackStatus = 'UPDATE_ROLLBACK_IN_PROGRESS') => aws.stackIs(status);

describe('Job, created', () => {
  row('J1', () => starts());
  row('J2', async () => {
    listed(job('old', GOOD));
    await answersWith('old', jobEvent({ LogicalResourceId: 'Moved' }));
  });
  row('J3', async () => {
    listed(job('old', RUNNING));
    await answersWith('old');
  });
  row('J4', async () => {
    const first = await starts();
    aws.healthlake.resetHistory();
    listed(job(JOB_ID, FAILED));
    await starts(jobEvent(), first);
  });
  row('J5', async () => {
    listed(job('old', WITH_ERRORS));
    await starts(jobEvent({}, { ErrorTolerance: { Kind: 'NONE' } }));
    aws.healthlake.resetHistory();
    await answersWith('old', jobEvent({}, { ErrorTolerance: { Kind: 'ANY' } }));
  });
  row('J6', async () => {
    aws.healthlake.on(StartFHIRImportJobCommand).callsFake(() => {
      listed(job('lost', { ...RUNNING, SubmitTime: new Date() }));
      throw NO_ANSWER;
    });
    expect(await aws.run(jobEvent())).toMatchObject({ data: { JobId: 'lost' } });
    expect(startsOf()).toHaveLength(1);
  });
  row('J7', async () => {
    aws.healthlake.on(StartFHIRImportJobCommand).rejectsOnce(NO_ANSWER).resolves({ JobId: JOB_ID });
    expect(await aws.run(jobEvent())).toMatchObject({ data: { JobId: JOB_ID } });
    expect(new Set(startsOf().map(({ ClientToken }) => ClientToken)).size).toBe(1);
    expect(startsOf()).toHaveLength(2);
    expect(Date.now()).toBe(T0 + MINUTE);
  });
  row('J8', async () => {
    aws.healthlake.on(StartFHIRImportJobCommand).callsFake(() => {
      listed(job('lost', { ...FAILED, SubmitTime: new Date() }));
      throw NO_ANSWER;
    });
    expect(await aws.run(jobEvent())).toMatchObject({ data: { JobId: 'lost' } });
    expect(startsOf()).toHaveLength(1);
  });
  row('J9', async () => {
    aws.healthlake.on(StartFHIRImportJobCommand).callsFake(() => {
      if (Date.now() >= T0 + MINUTE) {
        listed(job('first', { ...RUNNING, SubmitTime: new Date(T0) }));
      }
      throw sdkError('ConflictException', 'the client token was already used');
    });
    expect(await aws.run(jobEvent())).toMatchObject({ data: { JobId: 'first' } });

    listed();
    aws.healthlake.on(StartFHIRImportJobCommand).rejects(sdkError('ConflictException', 'the client token was already used'));
    const { reason } = await aws.run(jobEvent());
    expect(reason).toContain('could not start the import job: ConflictException: the client token was already used; no import job is known to be started');
  });
  row('J10', async () => {
    aws.healthlake.on(StartFHIRImportJobCommand).resolves({ JobId: 'replayed' });
    expect(await aws.run(jobEvent())).toMatchObject({ data: { JobId: 'replayed' } });
  });
  row('J11', async () => {
    const reused = { ...jobEvent(), RequestId: 'c5557f43-8642-9338-eb66-000000000000' };
    const first = await starts(reused);
    aws.healthlake.resetHistory();
    listed(job(JOB_ID, FAILED));
    await starts(reused, first);
  });
  row('J12', async () => {
    const [older, newer] = [new Date(T0 - 9 * MINUTE), new Date(T0 - 8 * MINUTE)];
    listed(job('newer', { ...RUNNING, SubmitTime: newer }), job('older', { ...RUNNING, SubmitTime: older }));
    await answersWith('older');
    listed(job('newer', { ...GOOD, SubmitTime: newer }), job('older', { ...GOOD, SubmitTime: older }));
    await answersWith('older');
  });
  row('J13', async () => {
    listed(job('running', { ...RUNNING, SubmitTime: new Date(1) }), job('good', { ...GOOD, SubmitTime: new Date(2) }));
    await answersWith('good');
  });
  row('J14', async () => {
    datastoreIs('CREATING');
    const waiting = await aws.begin(jobEvent());
    await aws.ask(waiting);
    datastoreIs('ACTIVE');
    inRollBack('DELETE_IN_PROGRESS');
    expect(await aws.ask(waiting)).toMatchObject({ answer: { PhysicalResourceId: waiting.PhysicalResourceId, Data: { JobId: 'UNKNOWN' } } });
    expect(startsOf()).toEqual([]);
  });
  row('J15', async () => {
    aws.cloudformation.on(DescribeStacksCommand).rejects(NO_ANSWER);
    listed(job('old', GOOD));
    expect(await aws.run(jobEvent())).toMatchObject({ after: 15 * MINUTE, reason: expect.stringContaining('does not say whether the stack is rolled back') });
    expect(startsOf()).toEqual([]);
  });
  row('J16', async () => {
    datastoreIs('CREATING');
    expect(await aws.run(jobEvent())).toMatchObject({ after: 15 * MINUTE, reason: expect.stringContaining('the data store is CREATING') });
    datastoreIs('DELETING');
    expect(await aws.run(jobEvent())).toMatchObject({ after: 0, reason: expect.stringContaining('the data store is DELETING') });
    expect(startsOf()).toEqual([]);
  });
  row('J17', async () => {
    listed(job('old', { JobStatus: 'REVIEWING' as ImportJob['JobStatus'] }));
    await answersWith('old');
  });
  row('J18', async () => {
    aws.stackIs('UPDATE_IN_PROGRESS', T0 + 10 * SECOND);
    expect(await aws.run(jobEvent(update, NEW_DATA))).toMatchObject({ after: 15 * MINUTE, reason: expect.stringContaining('another deployment since') });
    expect(startsOf()).toEqual([]);
    aws.stackIs('UPDATE_IN_PROGRESS', Date.now());
    await starts(jobEvent(update, NEW_DATA));
  });
  row('J19', async () => {
    jest.setSystemTime(T0 + MINUTE);
    aws.stackIs('UPDATE_IN_PROGRESS', T0 + 30 * SECOND);
    expect(await aws.run(jobEvent({ ...update, ...late(0) }, NEW_DATA))).toMatchObject({ after: 15 * MINUTE, reason: expect.stringContaining('another deployment since') });
    expect(startsOf()).toEqual([]);
  });
});

describe('Job, updated', () => {
  beforeEach(() => aws.stackIs('UPDATE_IN_PROGRESS'));

  for (const [name, jobs] of [['J20', [job(JOB_ID, GOOD)]], ['J21', []]] as const) {
    row(name, async () => {
      listed(...jobs);
      const changes = {
        ErrorTolerance: { Kind: 'ANY' }, OutputS3Uri: 's3://elsewhere/', OperatorRoleArn: 'arn:aws:iam::123456789012:role/other', JobNamePrefix: 'nightly',
      } as const;
      await answersWith(JOB_ID, jobEvent(update, changes));
      expect(aws.callCount).toBe(0);
    });
  }
  row('J22', async () => {
    for (const changes of [NEW_DATA, { InputS3Uri: 's3://clinic-data/other/' }, { ValidationLevel: 'minimal' }]) {
      aws.healthlake.resetHistory();
      await starts(jobEvent(update, changes));
    }
  });
  row('J23', async () => {
    listed(job('old', RUNNING));
    await starts(jobEvent(update, NEW_DATA));
  });
  row('J24', async () => {
    listed(job('first', { ...GOOD, SubmitTime: new Date(1) }), job('second', { ...GOOD, JobName: `fhir-import-${NEW_FINGERPRINT}` }));
    await answersWith('first', jobEvent(back));
  });
  row('J25', async () => {
    await starts(jobEvent(repointed, { DatastoreInApp: 'true' }));
    const asked = ['DescribeFHIRDatastore', 'ListFHIRImportJobs', 'DescribeFHIRImportJob', 'StartFHIRImportJob'].flatMap((operation) => aws.sent(operation));
    expect(JSON.stringify(asked)).not.toContain('old');
  });
  row('J26', async () => {
    listed(job('bad', { ...WITH_ERRORS, JobName: `fhir-import-${NEW_FINGERPRINT}` }));
    await starts(jobEvent(update, NEW_DATA));
  });
  row('J27', () => starts(jobEvent({ ...update, PhysicalResourceId: `${DATASTORE}/pending/${FINGERPRINT}` })));
  row('J28', async () => {
    listed(job(JOB_ID, FAILED));
    await answersWith(JOB_ID, jobEvent(update));
    for (const end of [WITH_ERRORS, FAILED]) {
      described(() => end);
      const { reason } = await aws.run(outcomeEvent({ RequestType: 'Update', PhysicalResourceId: `${DATASTORE}/${JOB_ID}`, OldResourceProperties: OUTCOME }));
      expect(reason).toContain('after --no-rollback with a new revision');
    }
  });
  row('J29', async () => {
    listed(job('old', GOOD));
    await answersWith('old', jobEvent({ ...update, OldResourceProperties: { ...JOB, ContractVersion: '0' } }));
  });
  row('J30', async () => {
    const { after, reason } = await aws.run(jobEvent({ ...update, OldResourceProperties: { ...JOB, ...NEW_DATA } }, { ContractVersion: '99' }));
    expect([after, reason]).toEqual([0, expect.stringContaining('contract version "99" and this provider reads up to "3"')]);
    expect(startsOf()).toEqual([]);
  });
  row('J52', async () => {
    newJobsAre(job('of the other waiter', { ...RUNNING, ...NEW_NAME, SubmitTime: new Date(T0) }));
    await answersWith('of the other waiter', jobEvent(update, NEW_DATA));
  });
  row('J53', async () => {
    const jobs: ImportJob[] = [];
    aws.healthlake.on(StartFHIRImportJobCommand).callsFake(() => {
      jobs.push(job('newer', { ...NEW_NAME, SubmitTime: new Date(T0 + 1) }), job('older', { ...NEW_NAME, SubmitTime: new Date(T0) }));
      newJobsAre(...jobs);
      return { JobId: 'newer' };
    });
    expect(await aws.run(jobEvent(update, NEW_DATA))).toMatchObject({ data: { JobId: 'older' } });
    expect(aws.lines.filter((line) => line.includes('warning: two jobs'))).toHaveLength(1);
  });
  row('J54', async () => {
    aws.healthlake.on(ListFHIRImportJobsCommand).callsFake(() => {
      if (Date.now() < T0 + 4 * MINUTE) {
        throw sdkError('AccessDeniedException', 'not authorized');
      }
      return {};
    });
    await starts(jobEvent({ ...update, ...late(4 * MINUTE) }, NEW_DATA));
  });
  row('J55', async () => {
    const pages = 300;
    const asked: string[] = [];
    aws.healthlake.on(ListFHIRImportJobsCommand).callsFake(({ NextToken = '0', SubmittedAfter }) => {
      if (SubmittedAfter) {
        return {};
      }
      asked.push(NextToken);
      jest.setSystemTime(Date.now() + SECOND);
      return Number(NextToken) < pages - 1 ? { NextToken: String(Number(NextToken) + 1) } : {};
    });
    await starts(jobEvent(update, NEW_DATA));
    expect(new Set(asked).size).toBe(pages);
    expect(asked).toHaveLength(pages);
  });
  row('J31', async () => {
    for (const jobs of [[], [job('bad', FAILED)]]) {
      listed(...jobs);
      await refuses(jobEvent(repointed), REPOINTED);
    }
  });
  row('J32', async () => {
    for (const end of [RUNNING, GOOD]) {
      listed(job('old', end));
      await answersWith('old', jobEvent(repointed));
    }
  });
  row('J33', () => refuses(jobEvent({ ...repointed, OldResourceProperties: JOB }), REPOINTED));
  row('J34', async () => {
    for (const ContractVersion of ['1', '2']) {
      await refuses(jobEvent({ ...repointed, OldResourceProperties: { ...OLD_STORE, ContractVersion } }, { ContractVersion }), REPOINTED);
    }
  });
  row('J35', () => starts(jobEvent(repointed, NEW_DATA)));
  row('J36', async () => {
    const event = jobEvent({ ...update, PhysicalResourceId: `${DATASTORE}/UNKNOWN/${FINGERPRINT}` }, { ErrorTolerance: { Kind: 'ANY' } });
    await refuses(event, 'a roll-back did not find the job of this data set, and HealthLake lists none; set alreadyImported: true');
    listed(job('old', GOOD));
    await answersWith('old', event);
    listed();
    await declares({ ...event, ResourceProperties: { ...event.ResourceProperties, ...DECLARED } });
  });
});

describe('Job, rolled back', () => {
  beforeEach(() => inRollBack());

  row('J40', async () => {
    listed(job('old', GOOD), job('new', { ...FAILED, JobName: `fhir-import-${NEW_FINGERPRINT}` }));
    await answersWith('old', jobEvent(back));
  });
  row('J41', async () => {
    await answersWith(JOB_ID, jobEvent({ ...back, PhysicalResourceId: OWN_ID }));
  });
  row('J42', async () => {
    listed(job('older', { ...FAILED, SubmitTime: new Date(1) }), job('latest', { ...FAILED, SubmitTime: new Date(2) }));
    await answersWith('latest', jobEvent(back));
    listed(job('running', { ...RUNNING, SubmitTime: new Date(1) }), job('latest', { ...FAILED, SubmitTime: new Date(2) }));
    await answersWith('running', jobEvent(back));
  });
  row('J43', async () => {
    aws.healthlake.on(ListFHIRImportJobsCommand).rejects(NO_ANSWER);
    expect(await aws.run(jobEvent(back))).toEqual({ after: 5 * MINUTE, physicalId: UNKNOWN_ID, data: { JobId: 'UNKNOWN' } });
    expect(startsOf()).toEqual([]);
  });
  row('J44', async () => {
    const newStore = { ...JOB, DatastoreId: 'new-store' };
    const other = { ...update, OldResourceProperties: newStore, PhysicalResourceId: `new-store/new/${fingerprintOf(newStore)}` };
    const unknown = { after: 0, physicalId: UNKNOWN_ID, data: { JobId: 'UNKNOWN' } };
    expect(await aws.run(jobEvent(other))).toEqual(unknown);
    aws.healthlake.on(ListFHIRImportJobsCommand).rejects(sdkError('ResourceNotFoundException', 'no such data store'));
    expect(await aws.run(jobEvent(other))).toEqual(unknown);
    expect(startsOf()).toEqual([]);
  });
  row('J45', () => answersWith(JOB_ID, jobEvent({ ...update, OldResourceProperties: OLD_STORE })));
});

describe('Job with alreadyImported', () => {
  const declaredUpdate = { ...update, PhysicalResourceId: DECLARED_ID, OldResourceProperties: { ...JOB, ...DECLARED } };
  const NOT_CHECKED = { InputS3Uri: JOB.InputS3Uri, Quotas: { MaxFiles: '1', MaxFileSizeInGB: '1', MaxTotalSizeInGB: '1' } };

  row('J80', async () => {
    for (const jobs of [[], [job('bad', FAILED)], [job('bad', { ...FAILED, SubmitTime: new Date(T0) })]]) {
      listed(...jobs);
      await declares(jobEvent({}, { ...DECLARED, ...NOT_CHECKED }));
    }
    expect(aws.s3.calls()).toEqual([]);
  });
  row('J81', async () => {
    for (const end of [RUNNING, GOOD]) {
      listed(job('old', end));
      await answersWith('old', jobEvent({}, DECLARED));
    }
  });
  row('J82', () => starts(jobEvent({ LogicalResourceId: 'Moved' })));
  row('J83', async () => {
    aws.stackIs('UPDATE_IN_PROGRESS');
    for (const OldResourceProperties of [OLD_STORE, JOB, { ...OLD_STORE, ...DECLARED }, { ...JOB, ...DECLARED }]) {
      await declares(jobEvent({ ...repointed, OldResourceProperties }, DECLARED));
    }
  });
  row('J84', async () => {
    aws.stackIs('UPDATE_IN_PROGRESS');
    listed(job(JOB_ID, FAILED));
    await declares(jobEvent(update, DECLARED));
  });
  row('J85', async () => {
    aws.stackIs('UPDATE_IN_PROGRESS');
    for (const properties of [{}, { ...DECLARED, OutputS3Uri: 's3://elsewhere/' }, DECLARED]) {
      expect(await aws.run(jobEvent(declaredUpdate, properties))).toEqual({ after: 0, physicalId: DECLARED_ID, data: { JobId: 'ALREADY_IMPORTED' } });
    }
    // Removed, and set again.
    expect(await aws.run(jobEvent({ ...declaredUpdate, OldResourceProperties: JOB }, DECLARED))).toMatchObject({ physicalId: DECLARED_ID });
    expect(aws.callCount).toBe(0);
  });
  row('J86', async () => {
    aws.stackIs('UPDATE_IN_PROGRESS');
    for (const properties of [NEW_DATA, { ...NEW_DATA, ...DECLARED }]) {
      aws.healthlake.resetHistory();
      await starts(jobEvent(declaredUpdate, properties));
    }
  });
  row('J87', async () => {
    aws.stackIs('UPDATE_IN_PROGRESS');
    for (const PhysicalResourceId of [DECLARED_ID, OWN_ID]) {
      const again = { ...update, PhysicalResourceId, OldResourceProperties: { ...JOB, ...NEW_DATA, ...DECLARED } };
      await refuses(jobEvent(again, { ...NEW_DATA, ...DECLARED }), 'run cdk rollback and deploy again, or remove alreadyImported to import the data set');
    }
  });
  row('J88', async () => {
    aws.stackIs('UPDATE_IN_PROGRESS');
    for (const declared of [DECLARED, {}]) {
      aws.healthlake.resetHistory();
      await starts(jobEvent({ ...declaredUpdate, OldResourceProperties: { ...JOB, ...NEW_DATA, ...declared } }, NEW_DATA));
    }
  });
  row('J89', () => {
    aws.stackIs('UPDATE_IN_PROGRESS');
    return starts(jobEvent({ ...back, OldResourceProperties: { ...JOB, ...NEW_DATA, ...DECLARED } }, DECLARED));
  });
  row('J90', async () => {
    inRollBack();
    for (const jobs of [[], [job('bad', FAILED)]]) {
      listed(...jobs);
      await declares(jobEvent({ ...back, OldResourceProperties: { ...JOB, ...NEW_DATA, ...DECLARED } }, DECLARED));
    }
  });
  row('J91', async () => {
    inRollBack();
    expect(await aws.run(jobEvent(back))).toEqual({ after: 0, physicalId: UNKNOWN_ID, data: { JobId: 'UNKNOWN' } });
    expect(startsOf()).toEqual([]);
    aws.stackIs('UPDATE_IN_PROGRESS');
    await refuses(jobEvent({ ...update, PhysicalResourceId: UNKNOWN_ID }, { OutputS3Uri: 's3://elsewhere/' }), 'set alreadyImported: true if the data store has the data');
  });
  row('J92', async () => {
    aws.healthlake.on(ListFHIRImportJobsCommand).rejects(NO_ANSWER);
    expect(await aws.run(jobEvent({}, DECLARED))).toEqual({ after: 15 * MINUTE, reason: expect.stringContaining('could not list the import jobs') });
  });
});

describe('Job of a detached import', () => {
  const WATCH = { StateMachineArn: 'arn:aws:states:eu-west-1:123456789012:stateMachine:watch', GiveUpAfterSeconds: '604800' };
  const detachedEvent = (changes: Parameters<typeof jobEvent>[0] = {}, properties: Partial<ImportJobProperties> = {}) =>
    jobEvent(changes, { Watch: WATCH, ...properties });
  const detachedUpdate = { ...update, OldResourceProperties: { ...JOB, Watch: WATCH } };
  const THROTTLED = sdkError('ThrottlingException', 'Rate exceeded');
  const GOES_ON = '; the job goes on at HealthLake; correct the problem and deploy again, which finds the job and starts no second one; log group: ';

  /** What starts of executions were asked for, by the names of these. */
  const watched = () => aws.sent('StartExecution').map((input) => (input as { name: string }).name.replace(/-[0-9a-f]{8}$/, ''));

  /** HealthLake lists the job as soon as it has accepted it; Step Functions takes no execution for some time. */
  function watchFails(error: Error, minutes = Infinity): void {
    aws.healthlake.on(StartFHIRImportJobCommand).callsFake(() => {
      listed(job(JOB_ID, { ...RUNNING, SubmitTime: new Date() }));
      return { JobId: JOB_ID };
    });
    const until = Date.now() + minutes * MINUTE;
    aws.states.on(StartExecutionCommand).callsFake(() => {
      if (Date.now() < until) {
        throw error;
      }
      return {};
    });
  }

  row('J60', async () => {
    await starts(detachedEvent());
    expect(aws.sent('StartExecution')).toEqual([{ stateMachineArn: WATCH.StateMachineArn, name: expect.stringContaining(`${JOB_ID}-`), input: expect.any(String) }]);
  });
  row('J61', async () => {
    watchFails(NO_ANSWER, 0.1);
    aws.states.on(StartExecutionCommand).rejectsOnce(NO_ANSWER).rejects(sdkError('ExecutionAlreadyExists', 'Execution Already Exists'));
    expect(await aws.run(detachedEvent())).toMatchObject({ after: 10 * SECOND, data: { JobId: JOB_ID } });
    expect([startsOf().length, watched()]).toEqual([1, [JOB_ID, JOB_ID]]);
  });
  row('J62', async () => {
    for (const error of [THROTTLED, sdkError('InternalServerError', 'An internal error occurred', 500), NO_ANSWER]) {
      aws.healthlake.resetHistory();
      listed();
      watchFails(error, 14);
      expect(await aws.run(detachedEvent())).toMatchObject({ after: 14 * MINUTE, data: { JobId: JOB_ID } });
      listed();
      watchFails(error);
      const { after, reason } = await aws.run(detachedEvent());
      expect(after).toBe(15 * MINUTE);
      expect(reason).toContain(`could not start the monitor of the import job ${JOB_ID}: ${error.name}: ${error.message}${GOES_ON}`);
      expect(startsOf()).toHaveLength(2);
    }
  });
  row('J63', async () => {
    const refusal = (more: string) => sdkError('AccessDeniedException', `not authorized to perform: states:StartExecution ${more}`);
    watchFails(refusal(''), 4);
    expect(await aws.run(detachedEvent())).toMatchObject({ after: 4 * MINUTE, data: { JobId: JOB_ID } });
    watchFails(refusal(''));
    expect(await aws.run(detachedEvent())).toEqual({ after: 5 * MINUTE, reason: expect.stringContaining(GOES_ON) });
    watchFails(refusal('with an explicit deny'));
    expect(await aws.run(detachedEvent())).toEqual({ after: 0, reason: expect.stringContaining(GOES_ON) });
    expect(startsOf()).toHaveLength(1);
  });
  row('J64', async () => {
    watchFails(THROTTLED, 1);
    aws.healthlake.on(StartFHIRImportJobCommand).resolves({ JobId: JOB_ID });
    expect(await aws.run(detachedEvent())).toMatchObject({ after: MINUTE, data: { JobId: JOB_ID } });
    expect(startsOf()).toHaveLength(1);
  });
  row('J65', async () => {
    aws.stackIs('UPDATE_IN_PROGRESS');
    aws.states.on(StartExecutionCommand).rejects(sdkError('ExecutionAlreadyExists', 'Execution Already Exists'));
    await answersWith(JOB_ID, detachedEvent(detachedUpdate, { ErrorTolerance: { Kind: 'ANY' }, OutputS3Uri: 's3://elsewhere/' }));
    expect([watched(), aws.callCount]).toEqual([[JOB_ID], 1]);
  });
  row('J66', async () => {
    aws.stackIs('UPDATE_IN_PROGRESS');
    await answersWith(JOB_ID, detachedEvent(update));
    expect(watched()).toEqual([JOB_ID]);
  });
  row('J67', async () => {
    aws.stackIs('UPDATE_IN_PROGRESS');
    await answersWith(JOB_ID, jobEvent(detachedUpdate));
    expect(aws.callCount).toBe(0);
  });
  row('J68', async () => {
    aws.cloudformation.on(DescribeStacksCommand).rejects(NO_ANSWER);
    watchFails(sdkError('AccessDeniedException', 'with an explicit deny'));
    const { after, reason } = await aws.run(detachedEvent(update));
    expect([after, reason]).toEqual([15 * MINUTE, expect.stringContaining(GOES_ON)]);
    expect(startsOf()).toEqual([]);
  });
  row('J69', async () => {
    inRollBack();
    listed(job('old', GOOD));
    for (const error of [THROTTLED, NO_ANSWER, sdkError('StateMachineDoesNotExist', 'State Machine Does Not Exist')]) {
      watchFails(error);
      expect(await aws.run(detachedEvent(back))).toMatchObject({ after: 0, data: { JobId: 'old' } });
    }
    aws.states.on(StartExecutionCommand).resolves({});
    await answersWith('old', detachedEvent(back));
    expect(watched()).toEqual(Array(4).fill('old'));
  });
  row('J70', async () => {
    inRollBack();
    expect(await aws.run(detachedEvent(back))).toMatchObject({ after: 0, data: { JobId: 'UNKNOWN' } });
    expect(watched()).toEqual([]);
  });
  row('J71', async () => {
    const EventBusArn = 'arn:aws:events:eu-west-1:123456789012:event-bus/default';
    const put = () => aws.sent('PutEvents').map((input) => (input as PutEventsCommand['input']).Entries![0]);
    await declares(detachedEvent({}, { ...DECLARED, EventBusArn }));
    expect(put()).toEqual([{ EventBusName: EventBusArn, Source: 'cdk-healthlake-import', DetailType: 'FHIR Import Succeeded', Detail: expect.any(String) }]);
    expect(JSON.parse(put()[0].Detail!)).toEqual({
      version: '1', constructPath: JOB.ConstructPath, datastoreId: DATASTORE, jobId: 'ALREADY_IMPORTED', jobStatus: 'ALREADY_IMPORTED',
    });
    aws.events.on(PutEventsCommand).rejects(THROTTLED);
    await declares(detachedEvent({}, { ...DECLARED, EventBusArn }));
    const lines = aws.lines.map((line) => JSON.parse(line) as Record<string, unknown>);
    expect(lines.filter(({ AlreadyImported }) => AlreadyImported === 1)).toHaveLength(2);
    expect(lines.filter(({ message }) => message === 'warning: the event could not be put')).toHaveLength(1);
    expect(watched()).toEqual([]);
  });
  row('J72', async () => {
    aws.stackIs('UPDATE_IN_PROGRESS');
    const event = detachedEvent({ ...detachedUpdate, PhysicalResourceId: DECLARED_ID }, { ErrorTolerance: { Kind: 'ANY' } });
    expect(await aws.run(event)).toEqual({ after: 0, physicalId: DECLARED_ID, data: { JobId: 'ALREADY_IMPORTED' } });
    expect(aws.callCount).toBe(0);
  });
});

describe('a leg', () => {
  const ID = `${DATASTORE}/${JOB_ID}`;
  const LATER = { LegsBefore: '1' };
  const waitUpdate = { RequestType: 'Update', PhysicalResourceId: ID, OldResourceProperties: WAIT } as const;
  const handedOn = { physicalId: ID, data: {} };
  const ENDS = [GOOD, WITH_ERRORS, FAILED, { JobStatus: 'CANCEL_COMPLETED' }, { JobStatus: 'CANCEL_FAILED' }] as const;

  row('W1', async () => {
    for (const status of ['IN_PROGRESS', 'QUEUED', 'REVIEWING', 'CANCEL_SUBMITTED']) {
      described(() => ({ JobStatus: status as ImportJob['JobStatus'] }));
      for (const properties of [{}, LATER]) {
        expect(await aws.run(waitEvent({}, properties))).toEqual({ ...handedOn, after: 50 * MINUTE });
      }
    }
  });
  row('W2', async () => {
    for (const end of ENDS) {
      const endsAt = Date.now() + 20 * MINUTE;
      described((now) => (now < endsAt ? RUNNING : end));
      const { after, ...answer } = await aws.run(waitEvent());
      expect(answer).toEqual(handedOn);
      expect(after - 20 * MINUTE).toBeLessThanOrEqual(30 * SECOND);
      expect(after).toBeGreaterThanOrEqual(20 * MINUTE);
    }
  });
  row('W3', async () => {
    for (const end of ENDS) {
      described(() => end);
      expect((await aws.run(waitEvent())).after).toBeLessThanOrEqual(MINUTE);
      expect(await aws.run(waitEvent({}, LATER))).toEqual({ ...handedOn, after: 0 });
    }
  });
  row('W4', async () => {
    for (const properties of [{}, LATER]) {
      aws.healthlake.on(DescribeFHIRImportJobCommand).rejects(sdkError('AccessDeniedException', 'not authorized'));
      const refused = await aws.run(waitEvent({}, properties));
      expect(refused).toMatchObject(handedOn);
      expect(Math.floor(refused.after / MINUTE)).toBe(5);
      aws.healthlake.on(DescribeFHIRImportJobCommand).rejects(NO_ANSWER);
      expect(await aws.run(waitEvent({}, properties))).toEqual({ ...handedOn, after: 50 * MINUTE });
    }
  });
  row('W5', async () => {
    aws.healthlake.on(DescribeFHIRImportJobCommand).rejects(sdkError('ResourceNotFoundException', 'no such job'));
    const first = await aws.run(waitEvent());
    expect(first).toMatchObject(handedOn);
    expect(Math.floor(first.after / MINUTE)).toBe(5);
    expect(await aws.run(waitEvent({}, LATER))).toEqual({ ...handedOn, after: 0 });
  });
  row('W6', async () => {
    for (const properties of [{}, LATER]) {
      expect(await aws.run(waitEvent({}, { JobId: 'ALREADY_IMPORTED', ...properties }))).toEqual({ after: 0, physicalId: `${DATASTORE}/ALREADY_IMPORTED`, data: {} });
    }
    expect(aws.callCount).toBe(0);
  });
  row('W20', async () => {
    aws.stackIs('UPDATE_IN_PROGRESS');
    described((now) => (now < T0 + 20 * MINUTE ? RUNNING : GOOD));
    const { after, physicalId } = await aws.run(waitEvent({ ...waitUpdate, PhysicalResourceId: `${DATASTORE}/old`, OldResourceProperties: { ...WAIT, JobId: 'old' } }));
    expect(physicalId).toBe(ID);
    expect(after).toBeGreaterThanOrEqual(20 * MINUTE);
  });
  row('W21', async () => {
    aws.stackIs('UPDATE_IN_PROGRESS');
    for (const end of ENDS) {
      described(() => end);
      expect(await aws.run(waitEvent(waitUpdate, { ...LATER, TimeoutSeconds: '2941' }))).toEqual({ ...handedOn, after: 0 });
    }
  });
  row('W22', async () => {
    aws.cloudformation.on(DescribeStacksCommand).rejects(NO_ANSWER);
    described(() => RUNNING);
    expect(await aws.run(waitEvent(waitUpdate))).toEqual({ ...handedOn, after: 50 * MINUTE });
  });
  row('W40', async () => {
    inRollBack();
    for (const properties of [{}, LATER]) {
      const event = waitEvent({ ...waitUpdate, PhysicalResourceId: `${DATASTORE}/new`, OldResourceProperties: { ...WAIT, JobId: 'new' } }, properties);
      expect(await aws.run(event)).toEqual({ ...handedOn, after: 0 });
    }
    expect(aws.sent('DescribeFHIRImportJob')).toEqual([]);
  });
  row('W41', async () => {
    aws.stackIs('UPDATE_IN_PROGRESS');
    described((now) => {
      if (now >= T0 + 12 * MINUTE) {
        inRollBack();
      }
      return RUNNING;
    });
    const { after, ...answer } = await aws.run(waitEvent(waitUpdate));
    expect(answer).toEqual(handedOn);
    expect(after).toBeLessThanOrEqual(13 * MINUTE);
  });
  row('W42', async () => {
    for (const status of ['UPDATE_IN_PROGRESS', 'UPDATE_ROLLBACK_IN_PROGRESS'] as const) {
      aws.stackIs(status);
      expect(await aws.run(waitEvent(waitUpdate, { JobId: 'UNKNOWN' }))).toEqual({ after: 0, physicalId: DATASTORE, data: {} });
      expect(await aws.run(waitEvent(waitUpdate, { ContractVersion: '99' }))).toEqual({ ...handedOn, after: 0 });
    }
    expect(aws.callCount).toBe(0);
  });
  row('W43', async () => {
    inRollBack();
    expect(await aws.run(waitEvent({ ...waitUpdate, ...late(119 * SECOND) }))).toMatchObject(handedOn);
    expect([Date.now(), aws.sent('DescribeFHIRImportJob')]).toEqual([T0, []]);
  });
});

describe('Outcome', () => {
  const PENDING = `${DATASTORE}/${JOB_ID}`;
  const JUDGED = `${PENDING}/COMPLETED/9/9/0`;
  const outcomeUpdate = { RequestType: 'Update', PhysicalResourceId: PENDING, OldResourceProperties: OUTCOME } as const;
  const judgedUpdate = { ...outcomeUpdate, PhysicalResourceId: JUDGED } as const;
  const runningUntil = (end: number) => described((now) => (now < end ? RUNNING : GOOD));

  row('O1', async () => {
    runningUntil(T0 + 2 * MINUTE);
    expect(await aws.run(outcomeEvent())).toMatchObject({ physicalId: JUDGED, data: { JobStatus: 'COMPLETED', ResourcesImported: '9' } });
  });
  row('O2', async () => {
    described(() => ({ ...WITH_ERRORS, Message: 'see the manifest' }));
    expect((await aws.run(outcomeEvent())).reason)
      .toMatch(/no errors are tolerated; status COMPLETED_WITH_ERRORS, .*failed 1; HealthLake says: see the manifest; results: s3:.*; mend the resources/);
  });
  row('O3', async () => {
    runningUntil(Infinity);
    const { after, reason } = await aws.run(outcomeEvent({}, { TimeoutSeconds: '300' }));
    expect([after, reason]).toEqual([5 * MINUTE, expect.stringMatching(/time is up.*a roll-back of this creation removes the data access role.*--no-rollback.*dataAccessRole/)]);
  });
  row('O4', async () => {
    described((now) => (now < T0 + 2 * MINUTE ? { JobStatus: 'REVIEWING' as ImportJob['JobStatus'] } : GOOD));
    expect(await aws.run(outcomeEvent())).toMatchObject({ physicalId: JUDGED });
  });
  row('O5', async () => {
    aws.healthlake.on(DescribeFHIRImportJobCommand).rejects(sdkError('AccessDeniedException', 'not authorized'));
    const refused = await aws.run(outcomeEvent());
    expect(Math.floor(refused.after / MINUTE)).toBe(5);
    aws.healthlake.on(DescribeFHIRImportJobCommand).rejects(NO_ANSWER);
    expect((await aws.run(outcomeEvent())).after).toBe(50 * MINUTE);
  });
  row('O6', async () => {
    described(() => GOOD);
    expect(await aws.run(outcomeEvent({}, { LegsBefore: '7', TimeoutSeconds: '60' }))).toMatchObject({ after: 0, physicalId: JUDGED });
  });
  row('O7', async () => {
    described(() => RUNNING);
    const { after, reason } = await aws.run(outcomeEvent({}, { LegsBefore: '7', TimeoutSeconds: '60' }));
    expect([after, reason]).toEqual([MINUTE, expect.stringMatching(/: the time is up and the job has not ended; status IN_PROGRESS, .*goes on at HealthLake/)]);
  });
  const DECLARED_JOB = { JobId: 'ALREADY_IMPORTED', EventBusArn: 'arn:aws:events:eu-west-1:123456789012:event-bus/default' };
  const declared = {
    after: 0,
    physicalId: `${DATASTORE}/ALREADY_IMPORTED/ALREADY_IMPORTED/UNKNOWN/UNKNOWN/UNKNOWN`,
    data: {
      JobId: 'ALREADY_IMPORTED',
      JobStatus: 'ALREADY_IMPORTED',
      ResourcesScanned: 'UNKNOWN',
      ResourcesImported: 'UNKNOWN',
      ResourcesFailed: 'UNKNOWN',
      OutputLocation: 'UNKNOWN',
      ReportLocation: 'UNKNOWN',
    },
  };
  row('O8', async () => {
    for (const properties of [{}, { LegsBefore: '7' }]) {
      aws.events.resetHistory();
      aws.lines.splice(0);
      expect(await aws.run(outcomeEvent({}, { ...DECLARED_JOB, ...properties }))).toEqual(declared);
      const [{ Entries: [{ DetailType, Detail }] }] = aws.sent('PutEvents') as [{ Entries: [{ DetailType: string; Detail: string }] }];
      expect([DetailType, JSON.parse(Detail)]).toEqual(['FHIR Import Succeeded', {
        version: '1', constructPath: OUTCOME.ConstructPath, datastoreId: DATASTORE, jobId: 'ALREADY_IMPORTED', jobStatus: 'ALREADY_IMPORTED',
      }]);
      const [line, metrics, ...others] = aws.lines.map((written) => JSON.parse(written) as Record<string, unknown>);
      expect([line.message, Object.keys(metrics).slice(3), others]).toEqual(['no job was started: the data set is already in the data store', ['AlreadyImported'], []]);
      expect(aws.callCount).toBe(1);
    }
  });
  row('O20', async () => {
    described(() => FAILED);
    for (const changes of [{ TimeoutSeconds: '60' }, { ErrorTolerance: { Kind: 'ANY' } }, { ErrorTolerance: { Kind: 'NONE' } }] as const) {
      expect(await aws.run(outcomeEvent(judgedUpdate, changes))).toMatchObject({ after: 0, physicalId: JUDGED, data: { JobStatus: 'COMPLETED', ResourcesImported: '9' } });
    }
  });
  row('O21', async () => {
    aws.healthlake.on(DescribeFHIRImportJobCommand).rejects(sdkError('ResourceNotFoundException', 'no such job'));
    expect(await aws.run(outcomeEvent(judgedUpdate))).toMatchObject({
      physicalId: JUDGED, data: { ResourcesImported: '9', OutputLocation: `${OUTCOME.OutputS3Uri}${DATASTORE}-FHIR_IMPORT-${JOB_ID}/` },
    });
  });
  row('O22', async () => {
    aws.stackIs('UPDATE_IN_PROGRESS');
    runningUntil(T0 + 3 * MINUTE);
    expect(await aws.run(outcomeEvent(outcomeUpdate, { TimeoutSeconds: '60' }))).toMatchObject({ reason: expect.stringContaining('time is up') });
    const judged = await aws.run(outcomeEvent(outcomeUpdate, { TimeoutSeconds: '600' }));
    expect(judged).toMatchObject({ physicalId: JUDGED });
    expect(judged.after).toBeGreaterThan(MINUTE);
  });
  row('O23', async () => {
    aws.stackIs('UPDATE_IN_PROGRESS');
    described(() => WITH_ERRORS);
    expect(await aws.run(outcomeEvent(outcomeUpdate, { ErrorTolerance: { Kind: 'RESOURCES', Limit: '1' } })))
      .toMatchObject({ physicalId: `${PENDING}/COMPLETED_WITH_ERRORS/9/8/1` });
  });
  row('O24', async () => {
    aws.stackIs('UPDATE_IN_PROGRESS');
    described(() => GOOD);
    const event = outcomeEvent({ ...outcomeUpdate, PhysicalResourceId: `${DATASTORE}/old/COMPLETED/1/1/0`, OldResourceProperties: { ...OUTCOME, JobId: 'old' } });
    expect(await aws.run(event)).toMatchObject({ physicalId: JUDGED });
    inRollBack();
    expect(await aws.run(event)).toMatchObject({ after: 0, physicalId: JUDGED });
  });
  row('O25', async () => {
    aws.stackIs('UPDATE_IN_PROGRESS');
    runningUntil(Infinity);
    const { reason } = await aws.run(outcomeEvent(outcomeUpdate, { TimeoutSeconds: '60' }));
    expect(reason).toMatch(/time is up.*goes on at HealthLake; deploy again later, which finds it/);
  });
  row('O26', async () => {
    aws.stackIs('UPDATE_IN_PROGRESS');
    const event = { ...outcomeUpdate, PhysicalResourceId: declared.physicalId, OldResourceProperties: { ...OUTCOME, ...DECLARED_JOB } };
    expect(await aws.run(outcomeEvent(event, { ...DECLARED_JOB, TimeoutSeconds: '60' }))).toEqual(declared);
    inRollBack();
    expect(await aws.run(outcomeEvent(event, DECLARED_JOB))).toEqual(declared);
    expect(aws.callCount).toBe(0);
  });
  row('O40', async () => {
    inRollBack();
    for (const end of [RUNNING, FAILED, WITH_ERRORS]) {
      described(() => end);
      expect(await aws.run(outcomeEvent(outcomeUpdate))).toMatchObject({ after: 0, physicalId: PENDING, data: { JobStatus: end.JobStatus } });
    }
    aws.healthlake.on(DescribeFHIRImportJobCommand).rejects(NO_ANSWER);
    expect(await aws.run(outcomeEvent(outcomeUpdate))).toMatchObject({ after: 0, physicalId: PENDING });
  });
  row('O41', async () => {
    aws.stackIs('UPDATE_IN_PROGRESS');
    described((now) => {
      if (now >= T0 + 2 * MINUTE) {
        inRollBack();
      }
      return RUNNING;
    });
    const { after, physicalId } = await aws.run(outcomeEvent(outcomeUpdate));
    expect(physicalId).toBe(PENDING);
    expect(after).toBeLessThan(3 * MINUTE + SECOND);
  });
  row('O42', async () => {
    aws.cloudformation.on(DescribeStacksCommand).rejects(NO_ANSWER);
    described(() => FAILED);
    expect(await aws.run(outcomeEvent(outcomeUpdate, { TimeoutSeconds: '300' })))
      .toMatchObject({ after: 7 * MINUTE, reason: expect.stringContaining('the job ended with FAILED') });
  });
  row('O43', async () => {
    aws.stackIs('UPDATE_IN_PROGRESS');
    expect(await aws.run(outcomeEvent(outcomeUpdate, { JobId: 'UNKNOWN', TimeoutSeconds: '60' })))
      .toMatchObject({ after: 0, reason: expect.stringContaining('change errorTolerance or outputPrefix') });
    expect(aws.sent('DescribeFHIRImportJob')).toEqual([]);
  });
  row('O44', async () => {
    inRollBack();
    described(() => RUNNING);
    expect(await aws.run(outcomeEvent({ ...outcomeUpdate, ...late(119 * SECOND) }))).toMatchObject({ physicalId: PENDING, data: { JobStatus: 'IN_PROGRESS' } });
    expect(Date.now()).toBe(T0);
  });
});

describe('the watch of a detached import', () => {
  const PROPERTIES: ImportJobProperties = { ...JOB, EventBusArn: 'arn:aws:events:eu-west-1:123456789012:event-bus/default' };
  const REFUSED = sdkError('AccessDeniedException', 'not authorized');
  const runningUntil = (end: number, ended: Partial<ImportJob> = GOOD) => described((now) => (now < end ? RUNNING : ended));

  /** Watches the job to its end, or for so many minutes. */
  async function watch(giveUpAfter = 7 * 24 * 60, properties = PROPERTIES, mayAssume = true) {
    const watched = await playWatch(watchedImport(properties, JOB_ID, giveUpAfter), mayAssume);
    moves.push(...watched.moves);
    return watched;
  }

  /** Type and status of the events that were put, and whether they were counted. */
  function told(): [string, string, number][] {
    const results = aws.lines.map((line) => JSON.parse(line) as { Succeeded?: number }).filter(({ Succeeded }) => Succeeded !== undefined);
    const entries = aws.events.calls().flatMap(({ args: [{ input }] }) => (input as PutEventsCommand['input']).Entries!);
    return entries.map(({ DetailType, Detail }) => [DetailType!, (JSON.parse(Detail!) as { jobStatus: string }).jobStatus, results.length]);
  }

  row('D1', async () => {
    for (const status of ['SUBMITTED', 'QUEUED', 'IN_PROGRESS', 'CANCEL_SUBMITTED', 'CANCEL_IN_PROGRESS'] as const) {
      const endsAt = Date.now() + 6 * 60 * MINUTE;
      described((now) => (now < endsAt ? { JobStatus: status } : GOOD));
      expect(await watch()).toMatchObject({ status: 'SUCCEEDED', invocations: 1 });
    }
  });
  row('D2', async () => {
    runningUntil(T0 + 30 * MINUTE);
    const { status, after } = await watch();
    expect([status, told()]).toEqual(['SUCCEEDED', [['FHIR Import Succeeded', 'COMPLETED', 1]]]);
    expect(after).toBeGreaterThanOrEqual(30 * MINUTE);
  });
  row('D3', async () => {
    for (const end of [FAILED, WITH_ERRORS, { JobStatus: 'CANCEL_COMPLETED' }, { JobStatus: 'CANCEL_FAILED' }] as const) {
      aws.events.resetHistory();
      aws.lines.splice(0);
      runningUntil(Date.now() + 30 * MINUTE, end);
      expect([(await watch()).status, told()]).toEqual(['FAILED', [['FHIR Import Failed', end.JobStatus, 1]]]);
    }
  });
  row('D4', async () => {
    runningUntil(Infinity);
    const { status, after, invocations } = await watch(60);
    expect([status, invocations, told()]).toEqual(['FAILED', 1, [['FHIR Import Failed', 'IN_PROGRESS', 1]]]);
    expect(after).toBeGreaterThanOrEqual(60 * MINUTE);
    expect(after).toBeLessThan(63 * MINUTE);
  });
  row('D5', async () => {
    described((now) => (now < T0 + 10 * MINUTE ? { JobStatus: 'REVIEWING' as ImportJob['JobStatus'] } : GOOD));
    const { status, looks, invocations } = await watch();
    expect([status, invocations, told()]).toEqual(['SUCCEEDED', looks, [['FHIR Import Succeeded', 'COMPLETED', 1]]]);
    expect(looks).toBeGreaterThan(10);
  });
  row('D6', async () => {
    runningUntil(T0 + 10 * MINUTE);
    const { status, invocations } = await watch(60, PROPERTIES, false);
    expect([status, told()]).toEqual(['SUCCEEDED', [['FHIR Import Succeeded', 'COMPLETED', 1]]]);
    expect(invocations).toBeGreaterThan(10);
  });
  row('D7', async () => {
    for (const error of [sdkError('ThrottlingException', 'Rate exceeded'), sdkError('InternalServerException', 'oh', 500), NO_ANSWER]) {
      aws.events.resetHistory();
      aws.lines.splice(0);
      aws.healthlake.on(DescribeFHIRImportJobCommand).rejects(error);
      const { status, after } = await watch(120);
      expect([status, told()]).toEqual(['FAILED', [['FHIR Import Failed', 'UNKNOWN', 1]]]);
      expect(after).toBeGreaterThanOrEqual(120 * MINUTE);
    }
  });
  row('D8', async () => {
    aws.healthlake.on(DescribeFHIRImportJobCommand).rejects(REFUSED);
    const { status, after } = await watch();
    expect([status, Math.floor(after / MINUTE), told()]).toEqual(['FAILED', 5, [['FHIR Import Failed', 'UNKNOWN', 1]]]);
    const refusedAt = Date.now() + 60 * MINUTE;
    aws.healthlake.on(DescribeFHIRImportJobCommand).callsFake(() => {
      if (Date.now() >= refusedAt) {
        throw REFUSED;
      }
      return { ImportJobProperties: importJob(RUNNING) };
    });
    const later = await watch();
    expect([later.status, Math.floor(later.after / MINUTE) >= 65]).toEqual(['FAILED', true]);
    const watchedAt = Date.now();
    described((now) => {
      const minute = Math.floor((now - watchedAt) / MINUTE);
      if ([10, 11, 12, 20, 21, 22].includes(minute)) { // a look that succeeds lies between
        throw REFUSED;
      }
      return minute < 30 ? RUNNING : GOOD;
    });
    expect((await watch()).status).toBe('SUCCEEDED');
  });
  row('D9', async () => {
    aws.healthlake.on(DescribeFHIRImportJobCommand).rejects(sdkError('ResourceNotFoundException', 'no such job'));
    const { status, after } = await watch();
    expect([status, Math.floor(after / MINUTE), told()]).toEqual(['FAILED', 5, [['FHIR Import Failed', 'UNKNOWN', 1]]]);
  });
  row('D10', async () => {
    runningUntil(T0);
    const { status } = await watch(60, { ...PROPERTIES, ContractVersion: '99' });
    expect([status, told()]).toEqual(['FAILED', [['FHIR Import Failed', 'UNKNOWN', 1]]]);
    expect(aws.sent('DescribeFHIRImportJob')).toHaveLength(1); // the state machine's
  });
  row('D11', async () => {
    runningUntil(T0);
    aws.events.on(PutEventsCommand)
      .rejectsOnce(NO_ANSWER)
      .resolvesOnce({ FailedEntryCount: 1, Entries: [{ ErrorCode: 'InternalFailure', ErrorMessage: 'oh' }] })
      .resolves({ FailedEntryCount: 0, Entries: [{ EventId: '1' }] });
    expect(await watch()).toMatchObject({ status: 'SUCCEEDED', invocations: 3 });
    expect(told()).toEqual(Array(3).fill(['FHIR Import Succeeded', 'COMPLETED', 1]));
  });
  row('D12', async () => {
    runningUntil(T0);
    aws.events.on(PutEventsCommand).rejects(REFUSED);
    const { status, after, invocations } = await watch();
    expect([status, invocations]).toEqual(['FAILED', 21]);
    expect(after).toBeGreaterThan(3 * 60 * MINUTE);
    expect(aws.lines).toEqual([]);
  });
  row('D13', async () => {
    runningUntil(T0 + 60 * MINUTE);
    aws.healthlake.on(DescribeFHIRImportJobCommand).callsFake(() => {
      if (Date.now() >= T0 + 30 * MINUTE) {
        throw REFUSED;
      }
      return { ImportJobProperties: importJob(RUNNING) };
    });
    aws.events.on(PutEventsCommand).rejects(REFUSED);
    const { status, invocations } = await watch();
    expect([status, invocations > 21]).toEqual(['FAILED', true]); // 5 minutes of patience, then 21 attempts to tell
  });
});

describe('Delete', () => {
  const INVENTED = 'Import-ImportJob-1ABCDEFGHIJKL';

  for (const [name, event] of [
    ['J50', jobEvent({ RequestType: 'Delete', PhysicalResourceId: OWN_ID })],
    ['J51', jobEvent({ RequestType: 'Delete', PhysicalResourceId: INVENTED })],
    ['W50', waitEvent({ RequestType: 'Delete', PhysicalResourceId: INVENTED })],
    ['O50', outcomeEvent({ RequestType: 'Delete', PhysicalResourceId: INVENTED })],
  ] as const) {
    row(name, async () => {
      expect(await aws.run(event)).toMatchObject({ physicalId: event.PhysicalResourceId, data: {} });
      expect(aws.callCount).toBe(0);
    });
  }
});

test('every row of the table has its test, and every test its row', () => {
  expect(TABLE.size).toBeGreaterThan(40);
  expect([...tested].sort()).toEqual([...TABLE.keys()].sort());
});
