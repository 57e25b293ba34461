import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ISSUE_TYPES } from '../../../../lambda/report/messages/fhir-r4-names';
import { type JsonSchema, violations } from '../../../support/json-schema';
import { CANARY, documentOn, failure, tallyOf } from '../lines';

const DOCS = join(__dirname, '../../../../docs');
const SCHEMA = JSON.parse(readFileSync(join(DOCS, 'report.schema.json'), 'utf8')) as JsonSchema;

const failures = tallyOf([
  failure(1, 'Missing required id field in resource json'), failure(2, 'Unrecognised property \'@gender\'', { resourceType: CANARY }), failure(1.5, CANARY),
  CANARY, '{}', failure(6, []), 'x'.repeat(2_000_000),
].join('\n'));

describe('docs/report.schema.json', () => {
  test.each([
    ['with all kinds of lines', documentOn({ failures })],
    ['without failures', documentOn({})],
    ['that is not complete', documentOn({ failures, reading: { timeUp: true, filesUnread: 1, unread: [{ key: 'a', why: 'NoSuchKey' }], allListed: false } })],
    ['without a complete listing', documentOn({ reading: { allListed: false, listError: new Error('no') } })],
    ['without a manifest', documentOn({ failures, manifest: { problem: 'there is no manifest' } })],
  ])('describes a report %s', (_, document) => {
    expect(violations(document, SCHEMA)).toEqual([]);
  });

  test('describes the example in docs/report.md', () => {
    const [, example] = /```json\n(.*?)\n```/s.exec(readFileSync(join(DOCS, 'report.md'), 'utf8'))!;
    expect(violations(JSON.parse(example), SCHEMA)).toEqual([]);
  });

  test('lists all codes that a report can contain', () => {
    const codes = JSON.stringify(SCHEMA);
    for (const code of [...ISSUE_TYPES, 'other', 'line-not-json', 'line-without-response', 'line-without-issue', 'line-too-long']) {
      expect(codes).toContain(`"${code}"`);
    }
  });

  test('rejects wrong types, unknown codes and unknown members', () => {
    const document = JSON.parse(JSON.stringify(documentOn({ failures })));
    document.failures.count = 'three';
    document.failures.reasons[0].code = CANARY;
    document.failures.reasons[1].diagnostics = CANARY;
    expect(violations(document, SCHEMA)).toEqual([
      '$.failures.count is no integer', '$.failures.count is less than 0', '$.failures.reasons[0].code is not in the list', '$.failures.reasons[1] has diagnostics',
    ]);
  });
});
