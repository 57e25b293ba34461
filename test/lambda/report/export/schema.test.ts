import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { documentOf, type ExportDocument, type Findings } from '../../../../lambda/report/export/document';
import { COUNTED, Inventory } from '../../../../lambda/report/export/inventory';
import { type JsonSchema, violations } from '../../../support/json-schema';
import { CANARY, WINDOW } from '../lines';

const SCHEMA = JSON.parse(readFileSync(join(__dirname, '../../../../docs/export.schema.json'), 'utf8')) as JsonSchema & { readonly description: string };

const inventory = new Inventory();
for (const name of ['Patient/a.ndjson', 'Patient/b.ndjson', `${CANARY}/c.ndjson`]) {
  inventory.add({ key: name, size: 7 }, name);
}
const resources = new Map([['Patient', 5], ['other', 1]]);

function documentOn(findings: Partial<Findings>, Window: object = WINDOW): ExportDocument {
  return documentOf({
    Kind: 'EXPORT', DatastoreId: 'd', JobId: 'j', JobStatus: 'COMPLETED', OutputLocation: 's3://clinic-results/d-FHIR_EXPORT-j/', ReportRoleArn: 'arn:aws:iam::123456789012:role/report', Window,
  }, { inventory, ...findings });
}

describe('docs/export.schema.json', () => {
  test.each([
    ['with counted resources', documentOn({ count: { resources } })],
    ['beyond the limits of counting', documentOn({})],
    ['without a complete listing', documentOn({ listProblem: 'no' })],
    ['whose files could not be read', documentOn({ count: { problem: 'no' } })],
    ['without files', documentOn({ inventory: new Inventory(), count: { resources: new Map() } })],
    ['without times', documentOn({}, {})],
  ])('describes a report %s', (_, document) => {
    expect(violations(document, SCHEMA)).toEqual([]);
  });

  test('says that the resources were not counted without a problem if the files are beyond the limits of counting', () => {
    const { complete, counted, problem, resources: sum } = documentOn({});
    expect({ complete, counted, problem, sum }).toEqual({ complete: true, counted: false, problem: undefined, sum: undefined });
  });

  test('names the limits of counting', () => {
    for (const limit of Object.values(COUNTED)) {
      expect(SCHEMA.description).toContain(` ${limit.toLocaleString('en-US')} `);
    }
  });

  test('rejects wrong types and unknown members', () => {
    const document = JSON.parse(JSON.stringify(documentOn({ count: { resources } })));
    document.files = 'three';
    document.types[0].key = CANARY;
    expect(violations(document, SCHEMA)).toEqual(['$.files is no integer', '$.files is less than 0', '$.types[0] has key']);
  });
});
