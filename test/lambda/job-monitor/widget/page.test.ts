import * as fc from 'fast-check';
import type { StoreJob, StoreListing, WidgetContent } from '../../../../lambda/job-monitor/widget/content';
import { UTC } from '../../../../lambda/job-monitor/widget/format';
import { errorPage, pageOf } from '../../../../lambda/job-monitor/widget/page';
import { DATASTORE, JOB_ID, MINUTE, T0 } from '../../harness';

const ARN = 'arn:aws:lambda:eu-west-1:123456789012:function:widget';
const OTHER = 'f'.repeat(32);

function job(changes: Partial<StoreJob> = {}): StoreJob {
  return { kind: 'IMPORT', id: JOB_ID, name: 'nightly', status: 'COMPLETED', submitted: new Date(T0 - 20 * MINUTE), datastoreId: DATASTORE, ...changes };
}

function content(listings: readonly StoreListing[], changes: Partial<WidgetContent['params']> = {}): WidgetContent {
  const params = { datastoreIds: listings.map(({ datastoreId }) => datastoreId), lookBackDays: 14, page: 0, ...changes };
  return { params, view: { theme: 'light', zone: UTC, isNarrow: false }, functionArn: ARN, now: T0, listings };
}

const page = (jobs: readonly StoreJob[], changes?: Partial<WidgetContent['params']>) => pageOf(content([{ datastoreId: DATASTORE, jobs }], changes));

/** Returns the tags of a page with the names of their attributes. */
const tagsOf = (html: string) => [...html.matchAll(/<[^>]*>/g)].map(([tag]) => tag.replace(/="[^"]*"/g, '='));

/** Returns the text between the tags, without the style sheet and the details of jobs. */
const textOf = (html: string) => html.replace(/<style>.*<\/style>|<cwdb-action action="html".*?<\/cwdb-action>/gs, '')
  .replace(/<[^>]*>/g, ' ').replace(/\s+/g, ' ');

const BUTTON = /<a class="btn">(\w+)<\/a><cwdb-action action="call" display="widget" endpoint="([^"]*)">([^<]*)</g;
const buttonsOf = (html: string) => [...html.matchAll(BUTTON)]
  .map(([, label, endpoint, params]) => ({ label, endpoint, page: (JSON.parse(params) as WidgetContent['params']).page }));

test('no text from HealthLake adds a tag or an attribute', () => {
  const hostile = fc.oneof(fc.string({ unit: 'binary', minLength: 1 }),
    fc.constantFrom('<script>x</script>', '"><img src=x onerror=x>', '\' onclick=\'x', '</cwdb-action>', '</style>', '&lt;b&gt;', '${x}', '$&', '\\u003cb>'));
  fc.assert(fc.property(hostile, hostile, hostile, hostile, hostile, (name, id, status, message, output) => {
    const pageWith = (texts: Partial<StoreJob>, problem: string) => pageOf(content([
      {
        datastoreId: DATASTORE,
        jobs: [job({ ...texts, status: `X${texts.status}` }), job({ ...texts, status: 'QUEUED' }), job({ ...texts, status: 'FAILED', ended: new Date(T0) })],
      },
      { datastoreId: OTHER, problem },
    ]));
    const harmless = pageWith({ name: 'a', id: 'a', status: 'a', message: 'a', output: 'a' }, 'a');
    expect(tagsOf(pageWith({ name, id, status, message, output }, message))).toEqual(tagsOf(harmless));
    expect(tagsOf(errorPage(message, content([])))).toEqual(tagsOf(errorPage('a', content([]))));
  }));
});

test('the page has no scripts, no links to other pages, and no style outside the widget', () => {
  const html = page([job()]);
  expect(html).not.toMatch(/<script|<link|<iframe|javascript:|href=|src=|\son\w+=|url\(|@import/);
  const [, css] = /<style>(.*)<\/style>/s.exec(html)!;
  expect(css.trim().split('\n').filter((rule) => !rule.startsWith('.fhir-jobs'))).toEqual([]);
});

test.each<[string, Partial<StoreJob>, string]>([
  ['a running import', { status: 'IN_PROGRESS', progress: { files: 4, filesImported: 1, imported: 1_234, failed: 5 } },
    'Import nightly submitted 20 min ago 25% of files (1 of 4) · 1,234 resources imported · 5 failed'],
  ['a running import without files', { status: 'IN_PROGRESS', progress: { imported: 7 } }, 'submitted 20 min ago 7 resources imported'],
  ['a running import without progress', { status: 'IN_PROGRESS' }, 'submitted 20 min ago no progress is known yet'],
  ['a running export', { kind: 'EXPORT', status: 'IN_PROGRESS' }, 'submitted 20 min ago HealthLake reports no progress of exports'],
  ['a job that is cancelled', { status: 'CANCEL_IN_PROGRESS' }, 'submitted 20 min ago Cancel in progress'],
  ['a queued job', { status: 'QUEUED' }, 'No job is running. Queued Import nightly submitted 20 min ago'],
  ['a job without a name', { name: undefined, status: 'QUEUED' }, `Import ${JOB_ID} submitted`],
  ['a job that failed', { status: 'FAILED', ended: new Date(T0) }, 'Import nightly Failed 2026-01-15 11:40 20 min'],
  ['a job with counts', { ended: new Date(T0), progress: { imported: 1_234, failed: 5 } }, 'Completed 2026-01-15 11:40 20 min 1,234 5'],
  ['a recent failure', { status: 'FAILED', ended: new Date(T0) }, 'last 24 h: 1 failed 0 with errors 0 completed'],
  ['an older failure', { status: 'FAILED', ended: new Date(T0 - 25 * 60 * MINUTE) }, 'last 24 h: 0 failed'],
])('the page shows %s', (_what, changes, shown) => {
  expect(textOf(page([job(changes)]))).toContain(shown);
});

test('the details of a job show its id, the location of its results and its masked message', () => {
  const details = page([job({ status: 'FAILED', message: 'could not read s3://in/Lovelace.ndjson: Access Denied', output: 's3://out/job/' })]);
  expect(details).toContain('HealthLake (full text: aws healthlake describe-fhir-import-job): could not read *** Access Denied');
  expect(details).toContain(`<th>Results</th><td>s3://out/job/</td></tr><tr><th>Job id</th><td>${JOB_ID}</td>`);
  expect(details).not.toContain('Lovelace');
});

test('a data store without jobs has a text in each part of the page', () => {
  const text = textOf(page([]));
  const parts = ['No job is running.', 'No job is queued.', 'No job has ended.', 'No job was submitted in the last 14 days.'];
  expect(parts.filter((part) => !text.includes(part))).toEqual([]);
});

test('the page names a data store that is not listed, and shows the others', () => {
  const text = textOf(pageOf(content([{ datastoreId: DATASTORE, jobs: [job()] }, { datastoreId: OTHER, problem: 'AccessDeniedException' }])));
  expect(text).toContain(`The jobs of the data store ${OTHER} are missing here, because they can't be listed: AccessDeniedException`);
  expect(text).toContain('nightly Completed');
});

test('the page shows no numbers if no list of jobs could be read', () => {
  const html = pageOf(content([{ datastoreId: OTHER, problem: 'AccessDeniedException' }]));
  expect(textOf(html)).not.toMatch(/running|queued|No job|ended/);
  expect(buttonsOf(html)).toEqual([{ label: 'Refresh', endpoint: ARN, page: 0 }]);
});

test.each([
  [0, ['Refresh 0', 'Older 1'], '1 to 50 of 120', 'j0'],
  [1, ['Refresh 1', 'Newer 0', 'Older 2'], '51 to 100 of 120', 'j50'],
  [2, ['Refresh 2', 'Newer 1'], '101 to 120 of 120', 'j100'],
  [9, ['Refresh 9', 'Newer 1'], '101 to 120 of 120', 'j100'],
])('page %d of the table has buttons for the pages beside it', (index, buttons, range, first) => {
  const jobs = Array.from({ length: 120 }, (_, i) => job({ name: `j${i}`, submitted: new Date(T0 - i * MINUTE) }));
  const html = page([...jobs].reverse(), { page: index });
  expect(buttonsOf(html).map(({ label, page: to }) => `${label} ${to}`)).toEqual(buttons);
  expect(textOf(html)).toContain(range);
  expect(textOf(html)).toContain(`Failed Import ${first} `);
});

test('the largest page is far below Lambda\'s limit of 6 MB', () => {
  const jobs = Array.from({ length: 10_000 }, (_, i) => job({
    name: '"'.repeat(64), message: 'denied \''.repeat(400), output: '&'.repeat(1_024), status: ['IN_PROGRESS', 'QUEUED', 'FAILED'][i % 3], ended: new Date(T0),
  }));
  expect(JSON.stringify(page(jobs, { lookBackDays: 90 })).length).toBeLessThan(2e6);
});
