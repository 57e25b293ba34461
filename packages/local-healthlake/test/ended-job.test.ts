import { Harness } from './harness';

let aws: Harness;

beforeEach(async () => {
  aws = await Harness.start();
});

afterEach(() => aws.close());

test('an added job is listed as ended, and has the events of its submission and end', async () => {
  const progress = { TotalNumberOfResourcesImported: 3 };
  aws.service.healthLake.addEndedJob('import', aws.datastoreId, 'FAILED', { jobName: 'nightly', message: 'wrong', progress });
  const [{ jobId }] = aws.events;
  expect(aws.statuses(jobId)).toEqual(['SUBMITTED', 'FAILED']);
  expect(await aws.describe(jobId)).toMatchObject({
    JobId: jobId, JobName: 'nightly', JobStatus: 'FAILED', Message: 'wrong', EndTime: expect.any(Date), JobProgressReport: progress,
  });
});
