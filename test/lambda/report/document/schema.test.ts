import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { documentOf } from '../../../../lambda/report/document/document';
import { ISSUE_TYPES } from '../../../../lambda/report/messages/fhir-r4-names';
import type { ManifestReading } from '../../../../lambda/report/read/manifest';
import type { Reading } from '../../../../lambda/report/read/read-files';
import { Tally } from '../../../../lambda/report/read/tally';
import { type JsonSchema, violations } from '../../../support/json-schema';
import { CANARY, failure, REQUEST, tallyOf } from '../lines';

const DOCS = join(__dirname, '../../../../docs');
const SCHEMA = JSON.parse(readFileSync(join(DOCS, 'report.schema.json'), 'utf8')) as JsonSchema;

const ALL_READ: Reading = { filesRead: 1, filesTotal: 1, listing: 'ended', timeUp: false, filesUnread: 0, unread: [] };

function report(failures: Tally, reading: Partial<Reading> = {}, manifest: ManifestReading = { counts: { resourcesScanned: 3 } }): unknown {
  const results = { bucket: 'clinic-results', prefix: 'x-FHIR_IMPORT-y/' };
  const document = documentOf(REQUEST, results, { manifest, failures, searchValidation: new Tally(), reading: { ...ALL_READ, ...reading } });
  return JSON.parse(JSON.stringify(document));
}

const FAILURES = () => tallyOf([
  failure(1, 'Missing required id field in resource json'), failure(2, 'Unrecognised property \'@gender\'', { resourceType: CANARY }), failure(1.5, CANARY),
  CANARY, '{}', failure(6, []), 'x'.repeat(2_000_000),
].join('\n'));

describe('a report keeps to docs/report.schema.json', () => {
  test.each<[string, unknown]>([
    ['of all kinds of lines', report(FAILURES())],
    ['of nothing', report(new Tally())],
    ['that is not complete', report(FAILURES(), { timeUp: true, filesUnread: 1, unread: [{ key: 'a', why: 'NoSuchKey' }], listing: 'broken off' })],
    ['that could not list', report(new Tally(), { listing: 'broken off', listError: new Error('no') })],
    ['without a manifest', report(FAILURES(), {}, { problem: 'there is no manifest' })],
  ])('%s', (_, document) => {
    expect(violations(document, SCHEMA)).toEqual([]);
  });

  test('which would notice', () => {
    const document = report(FAILURES()) as { failures: { count: unknown; reasons: { code: string }[] } };
    document.failures.count = 'three';
    document.failures.reasons[0].code = CANARY;
    Object.assign(document.failures.reasons[1], { diagnostics: CANARY });
    expect(violations(document, SCHEMA)).toEqual([
      '$.failures.count is no integer', '$.failures.count is less than 0', '$.failures.reasons[0].code is not in the list', '$.failures.reasons[1] has diagnostics',
    ]);
  });
});

test('the schema has all codes', () => {
  const codes = JSON.stringify(SCHEMA);
  for (const code of [...ISSUE_TYPES, 'other', 'line-not-json', 'line-without-response', 'line-without-issue', 'line-too-long']) {
    expect(codes).toContain(`"${code}"`);
  }
});

test('docs/report.md shows a report that keeps to it', () => {
  const [, example] = /```json\n(.*?)\n```/s.exec(readFileSync(join(DOCS, 'report.md'), 'utf8'))!;
  expect(violations(JSON.parse(example), SCHEMA)).toEqual([]);
});
