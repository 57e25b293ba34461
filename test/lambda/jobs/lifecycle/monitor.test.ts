import { PutEventsCommand } from '@aws-sdk/client-eventbridge';
import { DescribeFHIRImportJobCommand, type ImportJobProperties as ImportJob } from '@aws-sdk/client-healthlake';
import { aws, described, FAILED, GOOD, moves, row, RUNNING, testsAllRows, WITH_ERRORS } from './table';
import type { ImportJobProperties } from '../../../../src/contract';
import { importJob, JOB, JOB_ID, MINUTE, NO_ANSWER, sdkError, T0 } from '../../harness';
import { runMonitor, monitorInput } from '../monitor/state-machine';

describe('the monitor of a detached import', () => {
  const PROPERTIES: ImportJobProperties = { ...JOB, EventBusArn: 'arn:aws:events:eu-west-1:123456789012:event-bus/default' };
  const REFUSED = sdkError('AccessDeniedException', 'not authorized');
  const runningUntil = (end: number, ended: Partial<ImportJob> = GOOD) => described((now) => (now < end ? RUNNING : ended));

  /** Runs the monitor to the end of its execution. `giveUpAfter` is in minutes. */
  async function run(giveUpAfter = 7 * 24 * 60, properties = PROPERTIES, mayAssume = true) {
    const result = await runMonitor(monitorInput(properties, JOB_ID, giveUpAfter), mayAssume);
    moves.push(...result.moves);
    return result;
  }

  /** Returns the type and the job status of each EventBridge event, each with the total number of result metrics in the log. */
  function announced(): [string, string, number][] {
    const results = aws.lines.map((line) => JSON.parse(line) as { Succeeded?: number }).filter(({ Succeeded }) => Succeeded !== undefined);
    const entries = aws.events.calls().flatMap(({ args: [{ input }] }) => (input as PutEventsCommand['input']).Entries!);
    return entries.map(({ DetailType, Detail }) => [DetailType!, (JSON.parse(Detail!) as { jobStatus: string }).jobStatus, results.length]);
  }

  row('D1', async () => {
    for (const status of ['SUBMITTED', 'QUEUED', 'IN_PROGRESS', 'CANCEL_SUBMITTED', 'CANCEL_IN_PROGRESS'] as const) {
      const endsAt = Date.now() + 6 * 60 * MINUTE;
      described((now) => (now < endsAt ? { JobStatus: status } : GOOD));
      expect(await run()).toMatchObject({ status: 'SUCCEEDED', invocations: 1 });
    }
  });
  row('D2', async () => {
    runningUntil(T0 + 30 * MINUTE);
    const { status, after } = await run();
    expect([status, announced()]).toEqual(['SUCCEEDED', [['FHIR Import Succeeded', 'COMPLETED', 1]]]);
    expect(after).toBeGreaterThanOrEqual(30 * MINUTE);
  });
  row('D3', async () => {
    for (const end of [FAILED, WITH_ERRORS, { JobStatus: 'CANCEL_COMPLETED' }, { JobStatus: 'CANCEL_FAILED' }] as const) {
      aws.events.resetHistory();
      aws.lines.splice(0);
      runningUntil(Date.now() + 30 * MINUTE, end);
      expect([(await run()).status, announced()]).toEqual(['FAILED', [['FHIR Import Failed', end.JobStatus, 1]]]);
    }
  });
  row('D4', async () => {
    runningUntil(Infinity);
    const { status, after, invocations } = await run(60);
    expect([status, invocations, announced()]).toEqual(['FAILED', 1, [['FHIR Import Failed', 'IN_PROGRESS', 1]]]);
    expect(after).toBeGreaterThanOrEqual(60 * MINUTE);
    expect(after).toBeLessThan(63 * MINUTE);
  });
  row('D5', async () => {
    described((now) => (now < T0 + 10 * MINUTE ? { JobStatus: 'REVIEWING' as ImportJob['JobStatus'] } : GOOD));
    const { status, polls, invocations } = await run();
    expect([status, invocations, announced()]).toEqual(['SUCCEEDED', polls, [['FHIR Import Succeeded', 'COMPLETED', 1]]]);
    expect(polls).toBeGreaterThan(10);
  });
  row('D6', async () => {
    runningUntil(T0 + 10 * MINUTE);
    const { status, invocations } = await run(60, PROPERTIES, false);
    expect([status, announced()]).toEqual(['SUCCEEDED', [['FHIR Import Succeeded', 'COMPLETED', 1]]]);
    expect(invocations).toBeGreaterThan(10);
  });
  row('D7', async () => {
    for (const error of [sdkError('ThrottlingException', 'Rate exceeded'), sdkError('InternalServerException', 'oh', 500), NO_ANSWER]) {
      aws.events.resetHistory();
      aws.lines.splice(0);
      aws.healthlake.on(DescribeFHIRImportJobCommand).rejects(error);
      const { status, after } = await run(120);
      expect([status, announced()]).toEqual(['FAILED', [['FHIR Import Failed', 'UNKNOWN', 1]]]);
      expect(after).toBeGreaterThanOrEqual(120 * MINUTE);
    }
  });
  row('D8', async () => {
    aws.healthlake.on(DescribeFHIRImportJobCommand).rejects(REFUSED);
    const { status, after } = await run();
    expect([status, Math.floor(after / MINUTE), announced()]).toEqual(['FAILED', 5, [['FHIR Import Failed', 'UNKNOWN', 1]]]);
    const refusedAt = Date.now() + 60 * MINUTE;
    aws.healthlake.on(DescribeFHIRImportJobCommand).callsFake(() => {
      if (Date.now() >= refusedAt) {
        throw REFUSED;
      }
      return { ImportJobProperties: importJob(RUNNING) };
    });
    const later = await run();
    expect([later.status, Math.floor(later.after / MINUTE) >= 65]).toEqual(['FAILED', true]);
    const startedAt = Date.now();
    described((now) => {
      const minute = Math.floor((now - startedAt) / MINUTE);
      if ([10, 11, 12, 20, 21, 22].includes(minute)) { // polls in the other minutes succeed
        throw REFUSED;
      }
      return minute < 30 ? RUNNING : GOOD;
    });
    expect((await run()).status).toBe('SUCCEEDED');
  });
  row('D9', async () => {
    aws.healthlake.on(DescribeFHIRImportJobCommand).rejects(sdkError('ResourceNotFoundException', 'no such job'));
    const { status, after } = await run();
    expect([status, Math.floor(after / MINUTE), announced()]).toEqual(['FAILED', 5, [['FHIR Import Failed', 'UNKNOWN', 1]]]);
  });
  row('D10', async () => {
    runningUntil(T0);
    const { status } = await run(60, { ...PROPERTIES, ContractVersion: '99' });
    expect([status, announced()]).toEqual(['FAILED', [['FHIR Import Failed', 'UNKNOWN', 1]]]);
    expect(aws.sent('DescribeFHIRImportJob')).toHaveLength(1); // only the state machine polls
  });
  row('D11', async () => {
    runningUntil(T0);
    aws.events.on(PutEventsCommand)
      .rejectsOnce(NO_ANSWER)
      .resolvesOnce({ FailedEntryCount: 1, Entries: [{ ErrorCode: 'InternalFailure', ErrorMessage: 'oh' }] })
      .resolves({ FailedEntryCount: 0, Entries: [{ EventId: '1' }] });
    expect(await run()).toMatchObject({ status: 'SUCCEEDED', invocations: 3 });
    expect(announced()).toEqual(Array(3).fill(['FHIR Import Succeeded', 'COMPLETED', 1]));
  });
  row('D12', async () => {
    runningUntil(T0);
    aws.events.on(PutEventsCommand).rejects(REFUSED);
    const { status, after, invocations } = await run();
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
    const { status, invocations } = await run();
    expect([status, invocations > 21]).toEqual(['FAILED', true]); // the polls are retried for 5 minutes, then PutEvents is tried 21 times
  });
});

testsAllRows((kind) => kind === 'D');
