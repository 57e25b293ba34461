import { ListFHIRImportJobsCommand } from '@aws-sdk/client-healthlake';
import {
  answersWith, aws, back, DECLARED, DECLARED_ID, declares, FAILED, GOOD, inRollBack, job, NEW_DATA, OLD_STORE, OWN_ID,
  refuses, repointed, row, RUNNING, starts, startsOf, testsAllRows, UNKNOWN_ID, update,
} from './table';
import { JOB, JOB_ID, jobEvent, MINUTE, NO_ANSWER, T0 } from '../../harness';

describe('Job with alreadyImported', () => {
  const declaredUpdate = { ...update, PhysicalResourceId: DECLARED_ID, OldResourceProperties: { ...JOB, ...DECLARED } };
  const NOT_CHECKED = { InputS3Uri: JOB.InputS3Uri, Quotas: { MaxFiles: '1', MaxFileSizeInGB: '1', MaxTotalSizeInGB: '1' } };

  row('J80', async () => {
    for (const jobs of [[], [job('bad', FAILED)], [job('bad', { ...FAILED, SubmitTime: new Date(T0) })]]) {
      aws.lists(...jobs);
      await declares(jobEvent({}, { ...DECLARED, ...NOT_CHECKED }));
    }
    expect(aws.s3.calls()).toEqual([]);
  });
  row('J81', async () => {
    for (const end of [RUNNING, GOOD]) {
      aws.lists(job('old', end));
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
    aws.lists(job(JOB_ID, FAILED));
    await declares(jobEvent(update, DECLARED));
  });
  row('J85', async () => {
    aws.stackIs('UPDATE_IN_PROGRESS');
    for (const properties of [{}, { ...DECLARED, OutputS3Uri: 's3://elsewhere/' }, DECLARED]) {
      expect(await aws.run(jobEvent(declaredUpdate, properties))).toEqual({ after: 0, physicalId: DECLARED_ID, data: { JobId: 'ALREADY_IMPORTED', InputChanged: 'UNKNOWN' } });
    }
    // The previous template did not set `alreadyImported`, and the new template sets it again.
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
      aws.lists(...jobs);
      await declares(jobEvent({ ...back, OldResourceProperties: { ...JOB, ...NEW_DATA, ...DECLARED } }, DECLARED));
    }
  });
  row('J91', async () => {
    inRollBack();
    expect(await aws.run(jobEvent(back))).toEqual({ after: 0, physicalId: UNKNOWN_ID, data: { JobId: 'UNKNOWN', InputChanged: 'UNKNOWN' } });
    expect(startsOf()).toEqual([]);
    aws.stackIs('UPDATE_IN_PROGRESS');
    await refuses(jobEvent({ ...update, PhysicalResourceId: UNKNOWN_ID }, { OutputS3Uri: 's3://elsewhere/' }), 'set alreadyImported: true if the data store has the data');
  });
  row('J92', async () => {
    aws.healthlake.on(ListFHIRImportJobsCommand).rejects(NO_ANSWER);
    expect(await aws.run(jobEvent({}, DECLARED))).toEqual({ after: 15 * MINUTE, reason: expect.stringContaining('could not list the import jobs') });
  });
});

testsAllRows((kind, number) => kind === 'J' && number >= 80 && number < 100);
