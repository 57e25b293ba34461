import { DescribeStacksCommand } from '@aws-sdk/client-cloudformation';
import { ListFHIRImportJobsCommand, StartFHIRImportJobCommand, type ImportJobProperties as ImportJob } from '@aws-sdk/client-healthlake';
import {
  answersWith, aws, back, DECLARED, declares, described, FAILED, GOOD, ignoresDeletion, inRollBack, INVENTED_ID, job,
  late, NEW_DATA, NEW_FINGERPRINT, NEW_NAME, newJobsAre,
  OLD_STORE, OWN_ID, refuses, repointed, REPOINTED, row, RUNNING, starts, startsOf, testsAllRows, UNKNOWN_ID, update, WITH_ERRORS,
} from './table';
import { fingerprintOf } from '../../../../lambda/import/fingerprint';
import { DATASTORE, expectAnsweredAt, FINGERPRINT, JOB, JOB_ID, jobEvent, MINUTE, NO_ANSWER, OUTCOME, outcomeEvent, SECOND, sdkError, T0 } from '../../harness';

describe('Job, created', () => {
  row('J1', () => starts());
  row('J2', async () => {
    aws.lists(job('old', GOOD));
    await answersWith('old', jobEvent({ LogicalResourceId: 'Moved' }));
  });
  row('J3', async () => {
    aws.lists(job('old', RUNNING));
    await answersWith('old');
  });
  row('J4', async () => {
    const first = await starts();
    aws.healthlake.resetHistory();
    aws.lists(job(JOB_ID, FAILED));
    await starts(jobEvent(), first);
  });
  row('J5', async () => {
    aws.lists(job('old', WITH_ERRORS));
    await starts(jobEvent({}, { ErrorTolerance: { Kind: 'NONE' } }));
    aws.healthlake.resetHistory();
    await answersWith('old', jobEvent({}, { ErrorTolerance: { Kind: 'ANY' } }));
  });
  row('J6', async () => {
    aws.healthlake.on(StartFHIRImportJobCommand).callsFake(() => {
      aws.lists(job('lost', { ...RUNNING, SubmitTime: new Date() }));
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
    expect(Date.now()).toBe(T0 + 75 * SECOND);
  });
  row('J8', async () => {
    aws.healthlake.on(StartFHIRImportJobCommand).callsFake(() => {
      aws.lists(job('lost', { ...FAILED, SubmitTime: new Date() }));
      throw NO_ANSWER;
    });
    expect(await aws.run(jobEvent())).toMatchObject({ data: { JobId: 'lost' } });
    expect(startsOf()).toHaveLength(1);
  });
  row('J9', async () => {
    aws.healthlake.on(StartFHIRImportJobCommand).callsFake(() => {
      if (Date.now() >= T0 + MINUTE) {
        aws.lists(job('first', { ...RUNNING, SubmitTime: new Date(T0) }));
      }
      throw sdkError('ConflictException', 'the client token was already used');
    });
    expect(await aws.run(jobEvent())).toMatchObject({ data: { JobId: 'first' } });

    aws.lists();
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
    aws.lists(job(JOB_ID, FAILED));
    await starts(reused, first);
  });
  row('J12', async () => {
    const [older, newer] = [new Date(T0 - 9 * MINUTE), new Date(T0 - 8 * MINUTE)];
    aws.lists(job('newer', { ...RUNNING, SubmitTime: newer }), job('older', { ...RUNNING, SubmitTime: older }));
    await answersWith('older');
    aws.lists(job('newer', { ...GOOD, SubmitTime: newer }), job('older', { ...GOOD, SubmitTime: older }));
    await answersWith('older');
  });
  row('J13', async () => {
    aws.lists(job('running', { ...RUNNING, SubmitTime: new Date(1) }), job('good', { ...GOOD, SubmitTime: new Date(2) }));
    await answersWith('good');
  });
  row('J14', async () => {
    aws.datastoreIs('CREATING');
    const waiting = await aws.begin(jobEvent());
    await aws.ask(waiting);
    aws.datastoreIs('ACTIVE');
    inRollBack('DELETE_IN_PROGRESS');
    expect(await aws.ask(waiting)).toMatchObject({ answer: { PhysicalResourceId: waiting.PhysicalResourceId, Data: { JobId: 'UNKNOWN' } } });
    expect(startsOf()).toEqual([]);
  });
  row('J15', async () => {
    aws.cloudformation.on(DescribeStacksCommand).rejects(NO_ANSWER);
    aws.lists(job('old', GOOD));
    expect(await aws.run(jobEvent())).toMatchObject({ after: 15 * MINUTE, reason: expect.stringContaining('does not say whether the stack is rolled back') });
    expect(startsOf()).toEqual([]);
  });
  row('J16', async () => {
    for (const status of ['CREATING', 'UPDATING']) {
      aws.datastoreIs(status);
      const reason = expect.stringContaining(`the data store is ${status}, and only an ACTIVE data store accepts imports; wait until it is ACTIVE; deploy again`);
      expect(await aws.run(jobEvent())).toMatchObject({ after: 15 * MINUTE, reason });
    }
    aws.datastoreIs('DELETING');
    expect(await aws.run(jobEvent())).toMatchObject({ after: 0, reason: expect.stringContaining('the data store is DELETING') });
    expect(startsOf()).toEqual([]);
  });
  row('J56', async () => {
    aws.datastoreIs('UPDATE_FAILED');
    await starts();
    expect(aws.lines.filter((line) => line.includes('warning: the data store is UPDATE_FAILED'))).toHaveLength(1);

    aws.healthlake.on(StartFHIRImportJobCommand).rejects(sdkError('ValidationException', 'The data store is not ACTIVE'));
    const { after, reason } = await aws.run(jobEvent());
    expect(after).toBe(5 * MINUTE);
    expect(reason).toContain('could not start the import job: ValidationException: The data store is not ACTIVE; the data store is UPDATE_FAILED, '
      + 'and HealthLake may refuse imports until an update of the data store succeeds; likely causes: the data store is not ACTIVE; no import job');
  });
  row('J17', async () => {
    aws.lists(job('old', { JobStatus: 'REVIEWING' as ImportJob['JobStatus'] }));
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
    const { after, reason } = await aws.run(jobEvent({ ...update, ...late(0) }, NEW_DATA));
    expectAnsweredAt(15 * MINUTE, after);
    expect(reason).toContain('another deployment since');
    expect(startsOf()).toEqual([]);
  });
});

describe('Job, updated', () => {
  beforeEach(() => aws.stackIs('UPDATE_IN_PROGRESS'));

  for (const [name, jobs] of [['J20', [job(JOB_ID, GOOD)]], ['J21', []]] as const) {
    row(name, async () => {
      aws.lists(...jobs);
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
    aws.lists(job('old', RUNNING));
    await starts(jobEvent(update, NEW_DATA));
  });
  row('J24', async () => {
    aws.lists(job('first', { ...GOOD, SubmitTime: new Date(1) }), job('second', { ...GOOD, JobName: `fhir-import-${NEW_FINGERPRINT}` }));
    await answersWith('first', jobEvent(back));
  });
  row('J25', async () => {
    await starts(jobEvent(repointed, { DatastoreInApp: 'true' }));
    const asked = ['DescribeFHIRDatastore', 'ListFHIRImportJobs', 'DescribeFHIRImportJob', 'StartFHIRImportJob'].flatMap((operation) => aws.sent(operation));
    expect(JSON.stringify(asked)).not.toContain('old');
  });
  row('J26', async () => {
    aws.lists(job('bad', { ...WITH_ERRORS, JobName: `fhir-import-${NEW_FINGERPRINT}` }));
    await starts(jobEvent(update, NEW_DATA));
  });
  row('J27', () => starts(jobEvent({ ...update, PhysicalResourceId: `${DATASTORE}/pending/${FINGERPRINT}` })));
  row('J28', async () => {
    aws.lists(job(JOB_ID, FAILED));
    await answersWith(JOB_ID, jobEvent(update));
    for (const end of [WITH_ERRORS, FAILED]) {
      described(() => end);
      const { reason } = await aws.run(outcomeEvent({ RequestType: 'Update', PhysicalResourceId: `${DATASTORE}/${JOB_ID}`, OldResourceProperties: OUTCOME }));
      expect(reason).toContain('after --no-rollback with a new revision');
    }
  });
  row('J29', async () => {
    aws.lists(job('old', GOOD));
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
      aws.lists(...jobs);
      await refuses(jobEvent(repointed), REPOINTED);
    }
  });
  row('J32', async () => {
    for (const end of [RUNNING, GOOD]) {
      aws.lists(job('old', end));
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
    aws.lists(job('old', GOOD));
    await answersWith('old', event);
    aws.lists();
    await declares({ ...event, ResourceProperties: { ...event.ResourceProperties, ...DECLARED } });
  });
});

describe('Job, rolled back', () => {
  beforeEach(() => inRollBack());

  row('J40', async () => {
    aws.lists(job('old', GOOD), job('new', { ...FAILED, JobName: `fhir-import-${NEW_FINGERPRINT}` }));
    await answersWith('old', jobEvent(back));
  });
  row('J41', async () => {
    await answersWith(JOB_ID, jobEvent({ ...back, PhysicalResourceId: OWN_ID }));
  });
  row('J42', async () => {
    aws.lists(job('older', { ...FAILED, SubmitTime: new Date(1) }), job('latest', { ...FAILED, SubmitTime: new Date(2) }));
    await answersWith('latest', jobEvent(back));
    aws.lists(job('running', { ...RUNNING, SubmitTime: new Date(1) }), job('latest', { ...FAILED, SubmitTime: new Date(2) }));
    await answersWith('running', jobEvent(back));
  });
  row('J43', async () => {
    aws.healthlake.on(ListFHIRImportJobsCommand).rejects(NO_ANSWER);
    expect(await aws.run(jobEvent(back))).toEqual({ after: 5 * MINUTE, physicalId: UNKNOWN_ID, data: { JobId: 'UNKNOWN', InputChanged: 'UNKNOWN' } });
    expect(startsOf()).toEqual([]);
  });
  row('J44', async () => {
    const newStore = { ...JOB, DatastoreId: 'new-store' };
    const other = { ...update, OldResourceProperties: newStore, PhysicalResourceId: `new-store/new/${fingerprintOf(newStore)}` };
    const unknown = { after: 0, physicalId: UNKNOWN_ID, data: { JobId: 'UNKNOWN', InputChanged: 'UNKNOWN' } };
    expect(await aws.run(jobEvent(other))).toEqual(unknown);
    aws.healthlake.on(ListFHIRImportJobsCommand).rejects(sdkError('ResourceNotFoundException', 'no such data store'));
    expect(await aws.run(jobEvent(other))).toEqual(unknown);
    expect(startsOf()).toEqual([]);
  });
  row('J45', () => answersWith(JOB_ID, jobEvent({ ...update, OldResourceProperties: OLD_STORE })));
});

describe('Job, deleted', () => {
  row('J50', () => ignoresDeletion(jobEvent({ RequestType: 'Delete', PhysicalResourceId: OWN_ID })));
  row('J51', () => ignoresDeletion(jobEvent({ RequestType: 'Delete', PhysicalResourceId: INVENTED_ID })));
});

testsAllRows((kind, number) => kind === 'J' && number < 60);
