import { Harness, patient } from './harness';
import type { JobOverride } from '../src/healthlake/options';

let aws: Harness;

afterEach(() => aws.close());

async function start(options: Parameters<typeof Harness.start>[0] = {}): Promise<void> {
  aws = await Harness.start(options);
  await aws.put('data/1.ndjson', patient('a') + patient('b'));
}

describe('the queue', () => {
  test('runs one job at a time, in the order of submission', async () => {
    await start();
    const jobs = [await aws.startImport(), await aws.startImport(), await aws.startImport()];
    for (const job of jobs) {
      expect(await aws.ended(job)).toMatchObject({ JobStatus: 'COMPLETED' });
    }

    expect(jobs.map((job) => aws.statuses(job).filter((status) => status !== 'QUEUED'))).toEqual(jobs.map(() => ['SUBMITTED', 'IN_PROGRESS', 'COMPLETED']));
    const turns = aws.events.filter(({ status }) => status === 'IN_PROGRESS' || status === 'COMPLETED').map(({ jobId }) => jobId);
    expect(turns.filter((job, index) => job !== turns[index - 1])).toEqual(jobs);
  });

  test('runs jobs of different data stores at the same time', async () => {
    await start({ pace: { minimumDurationMs: 1e12, submitDelayMs: 0 } });
    const other = await aws.createDatastore();
    const [blocking, queued] = [await aws.startImport(), await aws.startImport()];
    const elsewhere = await aws.startImport({ DatastoreId: other });
    await aws.event(queued, ({ status }) => status === 'QUEUED');
    await aws.event(elsewhere, ({ status }) => status === 'IN_PROGRESS');
    expect(await aws.describe(blocking)).toMatchObject({ JobStatus: 'IN_PROGRESS' });
    expect(await aws.describe(queued)).toMatchObject({ JobStatus: 'QUEUED' });
    expect(await aws.describe(queued)).not.toHaveProperty('JobProgressReport');
    await expect(aws.describe(elsewhere)).rejects.toMatchObject({ name: 'ResourceNotFoundException' });
  });

  test.each([true, false])('starts no job while `stallQueue` is in effect (for one data store only: %s)', async (one) => {
    await start();
    const { healthLake } = aws.service;
    healthLake.stallQueue(one ? aws.datastoreId : undefined);
    const other = await aws.createDatastore();
    const jobId = await aws.startImport();
    const elsewhere = await aws.startImport({ DatastoreId: other });
    await aws.event(jobId, ({ status }) => status === 'QUEUED');
    if (one) {
      await aws.ended(elsewhere, other);
    } else {
      await aws.event(elsewhere, ({ status }) => status === 'QUEUED');
    }
    await aws.clock.sleep(4_000);
    expect(await aws.describe(jobId)).toMatchObject({ JobStatus: 'QUEUED' });

    healthLake.resumeQueue(one ? aws.datastoreId : undefined);
    expect(await aws.ended(jobId)).toMatchObject({ JobStatus: 'COMPLETED' });
    expect(await aws.ended(elsewhere, other)).toMatchObject({ JobStatus: 'COMPLETED' });
    expect(aws.statuses(jobId)).toEqual(['SUBMITTED', 'QUEUED', 'IN_PROGRESS', 'COMPLETED']);
  });

  test.each(['import', 'export'])('refuses %s jobs beyond its limit', async (kind) => {
    await start({ queueLimit: 2 });
    aws.service.healthLake.stallQueue();
    const [begin, beginOther] = kind === 'import' ? [() => aws.startImport(), () => aws.startExport()] : [() => aws.startExport(), () => aws.startImport()];
    await begin();
    await begin();
    await expect(begin()).rejects.toMatchObject({ name: 'ThrottlingException', message: expect.stringContaining(`2 queued ${kind} jobs`) });
    await beginOther();
  });
});

describe('a job', () => {
  test.each<[JobOverride, string[], string | undefined]>([
    [{ outcome: { status: 'FAILED', message: 'too much' } }, ['SUBMITTED', 'IN_PROGRESS', 'FAILED'], 'too much'],
    [{ outcome: { status: 'FAILED' } }, ['SUBMITTED', 'IN_PROGRESS', 'FAILED'], undefined],
    ...(['CANCEL_COMPLETED', 'CANCEL_FAILED'] as const).map((status): [JobOverride, string[], undefined] => [
      { outcome: { status } }, ['SUBMITTED', 'IN_PROGRESS', 'CANCEL_SUBMITTED', 'CANCEL_IN_PROGRESS', status], undefined,
    ]),
  ])('ends with the outcome that `overrideJob` returns: %j', async (override, statuses, message) => {
    await start({ overrideJob: ({ jobName }) => jobName === 'special' ? override : undefined });
    const stored: unknown[] = [];
    aws.service.healthLake.observe(({ jobName, status }) => {
      if (jobName === 'special' && status === statuses.at(-1)) {
        stored.push(aws.service.healthLake.resources(aws.datastoreId));
      }
    });
    const [special, usual] = [await aws.startImport({ JobName: 'special' }), await aws.startImport({ JobName: 'usual' })];
    const job = await aws.ended(special);
    expect(job.Message).toBe(message);
    expect(aws.statuses(special)).toEqual(statuses);
    expect(stored).toEqual([[]]);
    expect(await aws.ended(usual)).toMatchObject({ JobStatus: 'COMPLETED' });
  });

  test('lasts as long as `overrideJob` specifies', async () => {
    await start({ overrideJob: () => ({ pace: { minimumDurationMs: 60_000, submitDelayMs: 10_000 } }) });
    const job = await aws.ended(await aws.startImport());
    expect(job.EndTime!.getTime() - job.SubmitTime!.getTime()).toBeGreaterThanOrEqual(70_000);
  });

  test('lasts longer than its minimum duration if its resources need more time', async () => {
    await start({ pace: { minimumDurationMs: 0, submitDelayMs: 0, resourcesPerSecond: 0.05 } });
    const job = await aws.ended(await aws.startImport());
    expect(job.EndTime!.getTime() - job.SubmitTime!.getTime()).toBeGreaterThanOrEqual(40_000);
  });
});

describe('a client token', () => {
  test('makes repeated and simultaneous Start requests return the same job', async () => {
    await start();
    const [first, second] = await Promise.all([aws.startImport({ ClientToken: 't' }), aws.startImport({ ClientToken: 't' })]);
    expect(second).toBe(first);
    await aws.ended(first);
    expect(await aws.startImport({ ClientToken: 't' })).toBe(first);
    expect(await aws.startImport({ ClientToken: 'u' })).not.toBe(first);
    expect(await aws.startImport()).not.toBe(first);
  });

  test.each([
    [undefined, { name: 'ValidationException' }],
    ['validation' as const, { name: 'ValidationException' }],
    ['conflict' as const, { name: 'ConflictException' }],
  ])('is refused if another request used it with other parameters (`clientTokenMismatch`: %s)', async (clientTokenMismatch, error) => {
    await start(clientTokenMismatch && { clientTokenMismatch });
    await aws.startImport({ ClientToken: 't', JobName: 'a' });
    await expect(aws.startImport({ ClientToken: 't', JobName: 'b' })).rejects.toMatchObject(error);
  });

  test('is one of export jobs or of import jobs', async () => {
    await start();
    const jobId = await aws.startExport({ ClientToken: 't' });
    expect(await aws.startExport({ ClientToken: 't' })).toBe(jobId);
    expect(await aws.startImport({ ClientToken: 't' })).not.toBe(jobId);
    await expect(aws.startExport({ ClientToken: 't', JobName: 'b' })).rejects.toMatchObject({ name: 'ValidationException' });
  });

  test('makes a request with other parameters return the first job if `clientTokenMismatch` is `replay`', async () => {
    await start({ clientTokenMismatch: 'replay' });
    const jobId = await aws.startImport({ ClientToken: 't', JobName: 'a' });
    expect(await aws.startImport({ ClientToken: 't', JobName: 'b' })).toBe(jobId);
  });

  test('has no effect if the option `ignoresClientTokens` is on', async () => {
    await start({ ignoresClientTokens: true });
    const [first, second] = await Promise.all([aws.startImport({ ClientToken: 't' }), aws.startImport({ ClientToken: 't' })]);
    expect(second).not.toBe(first);
    expect(await aws.startExport({ ClientToken: 't' })).not.toBe(await aws.startExport({ ClientToken: 't' }));
  });
});

test('HealthLake generates the same ids for the same seed', async () => {
  await start({ seed: 's' });
  const ids = [aws.datastoreId, await aws.startImport()];
  await aws.close();
  await start({ seed: 's' });
  expect([aws.datastoreId, await aws.startImport()]).toEqual(ids);
  expect(new Set(ids).size).toBe(2);
});
