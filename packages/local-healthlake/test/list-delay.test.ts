import { ListFHIRExportJobsCommand, ListFHIRImportJobsCommand } from '@aws-sdk/client-healthlake';
import { Harness, patient } from './harness';
import type { HealthLakeOptions } from '../src/healthlake/options';

const DELAY_MS = 60_000;

let aws: Harness;

async function start(options: HealthLakeOptions): Promise<void> {
  aws = await Harness.start(options);
  await aws.put('data/1.ndjson', patient('a'));
}

afterEach(() => aws.close());

const LISTS = {
  import: async () => {
    const { ImportJobPropertiesList } = await aws.healthLake.send(new ListFHIRImportJobsCommand({ DatastoreId: aws.datastoreId }));
    return ImportJobPropertiesList!.map((job) => job.JobId);
  },
  export: async () => {
    const { ExportJobPropertiesList } = await aws.healthLake.send(new ListFHIRExportJobsCommand({ DatastoreId: aws.datastoreId }));
    return ExportJobPropertiesList!.map((job) => job.JobId);
  },
};

/** Repeats List until it returns the job. Returns the results of all List calls, and the time from the job's submission to the last call. */
async function untilListed(kind: 'import' | 'export', jobId: string): Promise<{ lists: unknown[][]; afterMs: number }> {
  const { healthLake } = aws.service;
  const { SubmitTime } = [...healthLake.importJobs(aws.datastoreId), ...healthLake.exportJobs(aws.datastoreId)].find(({ JobId }) => JobId === jobId)!;
  for (const lists: unknown[][] = []; ;) {
    const list = await LISTS[kind]();
    lists.push(list);
    if (list.includes(jobId)) {
      return { lists, afterMs: aws.clock.now() - SubmitTime!.getTime() };
    }
  }
}

describe.each(['import', 'export'] as const)('the list of %s jobs', (kind) => {
  const begin = () => kind === 'import' ? aws.startImport() : aws.startExport();

  test('shows a job at once by default', async () => {
    await start({});
    const jobId = await begin();
    expect(await LISTS[kind]()).toEqual([jobId]);
  });

  test('shows a job only after `listDelayMs`', async () => {
    await start({ listDelayMs: DELAY_MS });
    const { lists, afterMs } = await untilListed(kind, await begin());
    expect(lists.slice(0, -1).flat()).toEqual([]);
    expect(afterMs).toBeGreaterThanOrEqual(DELAY_MS);
  });
});

test('Describe returns a job until its end, even if ListFHIRImportJobs never shows the job', async () => {
  await start({ listDelayMs: Infinity });
  const jobId = await aws.startImport();
  expect(await aws.describe(jobId)).toMatchObject({ JobId: jobId });
  expect(await aws.ended(jobId)).toMatchObject({ JobStatus: 'COMPLETED' });
  expect(await LISTS.import()).toEqual([]);
});

test('ListFHIRImportJobs shows older jobs while it does not yet show a new job', async () => {
  await start({ listDelayMs: DELAY_MS });
  const older = await aws.startImport();
  await untilListed('import', older);
  const newer = await aws.startImport();
  const { lists, afterMs } = await untilListed('import', newer);
  expect(lists).toEqual([...lists.slice(0, -1).map(() => [older]), [newer, older]]);
  expect(afterMs).toBeGreaterThanOrEqual(DELAY_MS);
});
