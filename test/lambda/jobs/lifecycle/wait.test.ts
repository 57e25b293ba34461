import { DescribeStacksCommand } from '@aws-sdk/client-cloudformation';
import { DescribeFHIRImportJobCommand, type ImportJobProperties as ImportJob } from '@aws-sdk/client-healthlake';
import { aws, described, FAILED, GOOD, ignoresDeletion, inRollBack, INVENTED_ID, late, row, RUNNING, testsAllRows, WITH_ERRORS } from './table';
import { DATASTORE, expectAnsweredAt, JOB_ID, MINUTE, NO_ANSWER, SECOND, sdkError, T0, WAIT, waitEvent } from '../../harness';

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
        const { after, ...answer } = await aws.run(waitEvent({}, properties));
        expect(answer).toEqual(handedOn);
        expectAnsweredAt(50 * MINUTE, after);
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
      const unanswered = await aws.run(waitEvent({}, properties));
      expect(unanswered).toMatchObject(handedOn);
      expectAnsweredAt(50 * MINUTE, unanswered.after);
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
    const { after, ...answer } = await aws.run(waitEvent(waitUpdate));
    expect(answer).toEqual(handedOn);
    expectAnsweredAt(50 * MINUTE, after);
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

describe('a leg, deleted', () => {
  row('W50', () => ignoresDeletion(waitEvent({ RequestType: 'Delete', PhysicalResourceId: INVENTED_ID })));
});

testsAllRows((kind) => kind === 'W');
