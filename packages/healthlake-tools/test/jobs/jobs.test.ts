import { ANY_CREDENTIALS, at, Harness, patient, useEnvironment } from '../support/aws';
import { CANARY, expectFailure, healthlake } from '../support/tool';

useEnvironment(ANY_CREDENTIALS);

let aws: Harness;
/** The ids of the jobs: imports `nightly` and `failed`, and an export. */
let nightly: string;
let failed: string;
let exported: string;

beforeAll(async () => {
  aws = await Harness.start({
    overrideJob: ({ jobName }) => jobName === 'failed' ? { outcome: { status: 'FAILED', message: `could not read ${CANARY}` } } : undefined,
  });
  await aws.put('data/Patient.ndjson', patient('a') + patient('a/b'));
  nightly = await aws.startImport({ JobName: 'nightly-2' });
  await aws.clock.sleep(1_000);
  failed = await aws.startImport({ JobName: 'failed' });
  await aws.clock.sleep(1_000);
  exported = await aws.startExport({ JobName: 'nightly-copy' });
  await Promise.all([aws.ended(nightly), aws.ended(failed), aws.exportEnded(exported)]);
});

afterAll(() => aws.close());

const idsOf = (out: string): string[] => (JSON.parse(out) as { jobs: { id: string }[] }).jobs.map(({ id }) => id);

test('lists the jobs of both kinds, newest first', async () => {
  const { code, out, err } = await healthlake(['jobs', ...at(aws)]);
  expect({ code, err }).toEqual({ code: 0, err: '' });
  const [head, ...rows] = out.trimEnd().split('\n').map((line) => line.split(/ {2,}/));
  expect(head).toEqual(['kind', 'job', 'name', 'status', 'submitted', 'duration', 'imported', 'failed', 'progress']);
  expect(rows.map((row) => row.slice(0, 4))).toEqual([
    ['export', exported, 'nightly-copy', 'COMPLETED'], ['import', failed, 'failed', 'FAILED'], ['import', nightly, 'nightly-2', 'COMPLETED_WITH_ERRORS'],
  ]);
  expect(rows[2].slice(-2)).toEqual(['1', '1']);
});

test.each<[string[], () => string[]]>([
  [[], () => [exported, failed, nightly]],
  [['--kind', 'import'], () => [failed, nightly]],
  [['--kind', 'export'], () => [exported]],
  [['--status', 'FAILED'], () => [failed]],
  [['--name', 'nightly'], () => [exported, nightly]],
  [['--kind', 'import', '--name', 'nightly', '--status', 'COMPLETED'], () => []],
  [['--since', '2999-01-01'], () => []],
])('filters jobs with %j', async (filters, expected) => {
  const { out } = await healthlake(['jobs', '--json', '--datastore-id', aws.datastoreId, ...filters, ...at(aws)]);
  expect(idsOf(out)).toEqual(expected());
});

test('lists the jobs of all data stores with the column of the data store', async () => {
  const other = await aws.createDatastore('other');
  const id = await aws.startImport({ DatastoreId: other });
  await aws.ended(id, other);
  const { out } = await healthlake(['jobs', ...at(aws)]);
  expect(out).toMatch(/^data store {2}/);
  expect(out).toMatch(new RegExp(`\\n${other} +import  ${id} `));
});

test('shows a job, and hides unknown words of its message', async () => {
  const { out } = await healthlake(['jobs', 'show', failed, ...at(aws)]);
  expect(out).toMatch(/^job +[0-9a-f]{32}\nkind +import\nname +failed\nstatus +FAILED\nmessage +could not read \*\*\*\n/);
  expect(out).toMatch(new RegExp(`\\ndata store +${aws.datastoreId}\\n`));
  const { job } = JSON.parse((await healthlake(['jobs', 'show', exported, '--json', ...at(aws)])).out);
  expect(job).toMatchObject({ kind: 'export', id: exported, datastoreId: aws.datastoreId, output: expect.stringMatching(/^s3:/) });
});

test('shows the whole message with --show-values on a terminal', async () => {
  const { out } = await healthlake(['jobs', 'show', failed, '--show-values', ...at(aws)], { isTerminal: true, showsValues: true });
  expect(out).toContain(`could not read ${CANARY}`);
  await expectFailure(['jobs', 'show', failed, '--show-values', ...at(aws)], /--show-values works only on a terminal/);
});

test('watches the jobs until all have ended, with a bar for an import that runs', async () => {
  const HOUR = 3_600_000;
  const slow = await Harness.start({ pace: { minimumDurationMs: 4 * HOUR } });
  try {
    for (const name of ['1', '2', '3', '4']) {
      await slow.put(`data/${name}.ndjson`, patient(name));
    }
    const id = await slow.startImport();
    await slow.event(id, ({ progress }) => progress?.TotalNumberOfScannedFiles === 4);
    slow.clock.skip(HOUR);
    await slow.event(id, ({ progress }) => (progress?.TotalNumberOfImportedFiles ?? 0) > 0);
    const pauses: number[] = [];
    const pause = async (ms: number): Promise<void> => {
      pauses.push(ms);
      slow.clock.skip(3 * HOUR);
      await slow.ended(id);
    };
    const { code, out } = await healthlake(['jobs', '--watch', ...at(slow)], { pause });
    const [first, last, ...others] = out.split('\n\n');
    expect({ code, pauses, others }).toEqual({ code: 0, pauses: [10_000], others: [] });
    expect(first).toMatch(/ IN_PROGRESS .*█+░+ +\d+ %/);
    expect(last).toMatch(/ COMPLETED /);
    expect(last).not.toContain('█');
  } finally {
    await slow.close();
  }
});

test.each([
  [['jobs', '--kind', 'both'], /'both' is invalid: allowed choices are import, export/],
  [['jobs', '--status', 'DONE'], /'DONE' is invalid: allowed choices are .*QUEUED/],
  [['jobs', '--since', 'yesterday'], /--since yesterday is not a time/],
  [['jobs', '--since', '2026-11-01 or so'], /--since 2026-11-01 or so is not a time/],
  [['jobs', '--watch', '--json'], /'--watch' cannot be used with option '--json'/],
  [['jobs', 'show'], /missing required argument 'job'/],
  [['jobs', '--datastore-id', '0'.repeat(32)], /the import jobs of data store 0+ can't be listed: ResourceNotFoundException/],
  [['jobs', 'show', '0'.repeat(32)], /there is no job 0+ in the data stores of this Region/],
])('fails with one sentence: %j', async (args, sentence) => {
  await expectFailure([...args, ...at(aws)], sentence);
});
