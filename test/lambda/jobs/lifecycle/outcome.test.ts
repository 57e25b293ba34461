import { DescribeStacksCommand } from '@aws-sdk/client-cloudformation';
import { DescribeFHIRImportJobCommand, type ImportJobProperties as ImportJob } from '@aws-sdk/client-healthlake';
import { aws, described, FAILED, GOOD, ignoresDeletion, inRollBack, INVENTED_ID, late, row, RUNNING, testsAllRows, WITH_ERRORS } from './table';
import { DATASTORE, expectAnsweredAt, JOB_ID, MINUTE, NO_ANSWER, OUTCOME, outcomeEvent, SECOND, sdkError, T0 } from '../../harness';

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
    expectAnsweredAt(5 * MINUTE, after);
    expect(reason).toMatch(/time is up.*a roll-back of this creation removes the data access role.*--no-rollback.*dataAccessRole/);
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
    expectAnsweredAt(50 * MINUTE, (await aws.run(outcomeEvent())).after);
  });
  row('O6', async () => {
    described(() => GOOD);
    expect(await aws.run(outcomeEvent({}, { LegsBefore: '7', TimeoutSeconds: '60' }))).toMatchObject({ after: 0, physicalId: JUDGED });
  });
  row('O7', async () => {
    described(() => RUNNING);
    const { after, reason } = await aws.run(outcomeEvent({}, { LegsBefore: '7', TimeoutSeconds: '60' }));
    expectAnsweredAt(MINUTE, after);
    expect(reason).toMatch(/: the time is up and the job has not ended; status IN_PROGRESS, .*goes on at HealthLake/);
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
    for (const error of [NO_ANSWER, sdkError('AccessDeniedException', 'not authorized')]) {
      aws.healthlake.on(DescribeFHIRImportJobCommand).rejects(error);
      expect(await aws.run(outcomeEvent(outcomeUpdate))).toMatchObject({ after: 0, physicalId: PENDING });
    }
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
    const { after, reason } = await aws.run(outcomeEvent(outcomeUpdate, { TimeoutSeconds: '300' }));
    expect(reason).toContain('the job ended with FAILED');
    expectAnsweredAt(7 * MINUTE, after);
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

describe('Outcome, deleted', () => {
  row('O50', () => ignoresDeletion(outcomeEvent({ RequestType: 'Delete', PhysicalResourceId: INVENTED_ID })));
});

testsAllRows((kind) => kind === 'O');
