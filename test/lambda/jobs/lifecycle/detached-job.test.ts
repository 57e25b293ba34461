import { DescribeStacksCommand } from '@aws-sdk/client-cloudformation';
import { PutEventsCommand } from '@aws-sdk/client-eventbridge';
import { StartFHIRImportJobCommand } from '@aws-sdk/client-healthlake';
import { StartExecutionCommand } from '@aws-sdk/client-sfn';
import {
  answersWith, aws, back, DECLARED, DECLARED_ID, declares, GOOD, inRollBack, job, row, RUNNING, starts, startsOf,
  testsAllRows, update,
} from './table';
import type { ImportJobProperties } from '../../../../src/contract';
import { DATASTORE, JOB, JOB_ID, jobEvent, MINUTE, NO_ANSWER, SECOND, sdkError } from '../../harness';

describe('Job of a detached import', () => {
  const WATCH = { StateMachineArn: 'arn:aws:states:eu-west-1:123456789012:stateMachine:watch', GiveUpAfterSeconds: '604800' };
  const detachedEvent = (changes: Parameters<typeof jobEvent>[0] = {}, properties: Partial<ImportJobProperties> = {}) =>
    jobEvent(changes, { Watch: WATCH, ...properties });
  const detachedUpdate = { ...update, OldResourceProperties: { ...JOB, Watch: WATCH } };
  const THROTTLED = sdkError('ThrottlingException', 'Rate exceeded');
  const GOES_ON = '; the job goes on at HealthLake; correct the problem and deploy again, which finds the job and starts no second one; log group: ';

  /** Returns the ids of the jobs for which an execution of the monitor was started. */
  const monitored = () => aws.sent('StartExecution').map((input) => (input as { name: string }).name.replace(/-[0-9a-f]{8}$/, ''));

  /** Makes StartExecution fail for this many minutes. ListFHIRImportJobs returns a started job at once. */
  function monitorFails(error: Error, minutes = Infinity): void {
    aws.healthlake.on(StartFHIRImportJobCommand).callsFake(() => {
      aws.lists(job(JOB_ID, { ...RUNNING, SubmitTime: new Date() }));
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
    monitorFails(NO_ANSWER, 0.1);
    aws.states.on(StartExecutionCommand).rejectsOnce(NO_ANSWER).rejects(sdkError('ExecutionAlreadyExists', 'Execution Already Exists'));
    expect(await aws.run(detachedEvent())).toMatchObject({ after: 25 * SECOND, data: { JobId: JOB_ID } });
    expect([startsOf().length, monitored()]).toEqual([1, [JOB_ID, JOB_ID]]);
  });
  row('J62', async () => {
    for (const error of [THROTTLED, sdkError('InternalServerError', 'An internal error occurred', 500), NO_ANSWER]) {
      aws.healthlake.resetHistory();
      aws.lists();
      monitorFails(error, 14);
      expect(await aws.run(detachedEvent())).toMatchObject({ after: 850 * SECOND, data: { JobId: JOB_ID } });
      aws.lists();
      monitorFails(error);
      const { after, reason } = await aws.run(detachedEvent());
      expect(after).toBe(15 * MINUTE);
      expect(reason).toContain(`could not start the monitor of the import job ${JOB_ID}: ${error.name}: ${error.message}${GOES_ON}`);
      expect(startsOf()).toHaveLength(2);
    }
  });
  row('J63', async () => {
    const refusal = (more: string) => sdkError('AccessDeniedException', `not authorized to perform: states:StartExecution ${more}`);
    monitorFails(refusal(''), 4);
    expect(await aws.run(detachedEvent())).toMatchObject({ after: 250 * SECOND, data: { JobId: JOB_ID } });
    monitorFails(refusal(''));
    expect(await aws.run(detachedEvent())).toEqual({ after: 5 * MINUTE, reason: expect.stringContaining(GOES_ON) });
    monitorFails(refusal('with an explicit deny'));
    expect(await aws.run(detachedEvent())).toEqual({ after: 0, reason: expect.stringContaining(GOES_ON) });
    expect(startsOf()).toHaveLength(1);
  });
  row('J64', async () => {
    monitorFails(THROTTLED, 1);
    aws.healthlake.on(StartFHIRImportJobCommand).resolves({ JobId: JOB_ID });
    expect(await aws.run(detachedEvent())).toMatchObject({ after: 75 * SECOND, data: { JobId: JOB_ID } });
    expect(startsOf()).toHaveLength(1);
  });
  row('J65', async () => {
    aws.stackIs('UPDATE_IN_PROGRESS');
    aws.states.on(StartExecutionCommand).rejects(sdkError('ExecutionAlreadyExists', 'Execution Already Exists'));
    await answersWith(JOB_ID, detachedEvent(detachedUpdate, { ErrorTolerance: { Kind: 'ANY' }, OutputS3Uri: 's3://elsewhere/' }));
    expect([monitored(), aws.callCount]).toEqual([[JOB_ID], 1]);
  });
  row('J66', async () => {
    aws.stackIs('UPDATE_IN_PROGRESS');
    await answersWith(JOB_ID, detachedEvent(update));
    expect(monitored()).toEqual([JOB_ID]);
  });
  row('J67', async () => {
    aws.stackIs('UPDATE_IN_PROGRESS');
    await answersWith(JOB_ID, jobEvent(detachedUpdate));
    expect(aws.callCount).toBe(0);
  });
  row('J68', async () => {
    aws.cloudformation.on(DescribeStacksCommand).rejects(NO_ANSWER);
    monitorFails(sdkError('AccessDeniedException', 'with an explicit deny'));
    const { after, reason } = await aws.run(detachedEvent(update));
    expect([after, reason]).toEqual([15 * MINUTE, expect.stringContaining(GOES_ON)]);
    expect(startsOf()).toEqual([]);
  });
  row('J69', async () => {
    inRollBack();
    aws.lists(job('old', GOOD));
    for (const error of [THROTTLED, NO_ANSWER, sdkError('StateMachineDoesNotExist', 'State Machine Does Not Exist')]) {
      monitorFails(error);
      expect(await aws.run(detachedEvent(back))).toMatchObject({ after: 0, data: { JobId: 'old' } });
    }
    aws.states.on(StartExecutionCommand).resolves({});
    await answersWith('old', detachedEvent(back));
    expect(monitored()).toEqual(Array(4).fill('old'));
  });
  row('J70', async () => {
    inRollBack();
    expect(await aws.run(detachedEvent(back))).toMatchObject({ after: 0, data: { JobId: 'UNKNOWN' } });
    expect(monitored()).toEqual([]);
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
    expect(monitored()).toEqual([]);
  });
  row('J72', async () => {
    aws.stackIs('UPDATE_IN_PROGRESS');
    const event = detachedEvent({ ...detachedUpdate, PhysicalResourceId: DECLARED_ID }, { ErrorTolerance: { Kind: 'ANY' } });
    expect(await aws.run(event)).toEqual({ after: 0, physicalId: DECLARED_ID, data: { JobId: 'ALREADY_IMPORTED', InputChanged: 'UNKNOWN' } });
    expect(aws.callCount).toBe(0);
  });
});

testsAllRows((kind, number) => kind === 'J' && number >= 60 && number < 80);
