import { findRestorePoint, restorePointBefore } from '../../../lambda/import/restore-point';
import { Harness } from '../../../packages/local-healthlake/test/harness';
import { JOB_ID } from '../harness';

const at = (minutes: number) => new Date(Date.UTC(2026, 0, 15, 12, minutes));

describe('the restore point before a job', () => {
  test.each<[string, Date | undefined, Parameters<typeof restorePointBefore>[1], Date | undefined]>([
    ['is the submission of the job if the backup goes on', at(10), { EarliestRestorePoint: at(0), LatestRestorePoint: at(20) }, at(10)],
    ['is the latest restore point if the backup lags behind', at(10), { EarliestRestorePoint: at(0), LatestRestorePoint: at(9) }, at(9)],
    ['is the submission if the backup began at that moment', at(10), { EarliestRestorePoint: at(10), LatestRestorePoint: at(10) }, at(10)],
    ['is undefined if the backup began later', at(10), { EarliestRestorePoint: at(11), LatestRestorePoint: at(20) }, undefined],
    ['is undefined without a backup', at(10), undefined, undefined],
    ['is undefined if the backup has no restore point yet', at(10), { EarliestRestorePoint: at(0) }, undefined],
    ['is undefined if the submission is not known', undefined, { EarliestRestorePoint: at(0), LatestRestorePoint: at(20) }, undefined],
  ])('%s', (_what, submitted, window, expected) => {
    expect(restorePointBefore(submitted, window)).toEqual(expected);
  });
});

test('the restore point is read from the answer of DescribeFHIRDatastore, although the SDK does not know the member', async () => {
  const aws = await Harness.start();
  const find = (SubmitTime: number) => findRestorePoint(
    { ...aws.startRequest(), JobId: JOB_ID, SubmitTime: new Date(SubmitTime), JobStatus: 'COMPLETED' }, { healthlake: aws.healthLake }, [], new AbortController().signal);
  try {
    const before = aws.clock.now();
    expect(await find(before)).toBeUndefined();
    await aws.call('UpdateFHIRDatastore', { DatastoreId: aws.datastoreId, BackupConfiguration: { Status: 'ENABLED', BackupType: 'CONTINUOUS' } });
    const submitted = Math.ceil(aws.clock.now());
    await aws.clock.sleep(1_000);
    expect([await find(before - 1_000), await find(submitted)]).toEqual([undefined, new Date(submitted)]);
  } finally {
    await aws.close();
  }
});
