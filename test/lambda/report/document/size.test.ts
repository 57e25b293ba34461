import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { readReport } from '../../../../lambda/report/document/answer';
import type { SectionDocument } from '../../../../lambda/report/document/document';
import { ISSUE_TYPES, RESOURCE_TYPES } from '../../../../lambda/report/messages/fhir-r4-names';
import { MESSAGE_TEMPLATES } from '../../../../lambda/report/messages/message-templates';
import { Tally } from '../../../../lambda/report/read/tally';
import { type JsonSchema, violations } from '../../../support/json-schema';
import { documentOn, fileTally, REQUEST } from '../lines';

const MIB = 1024 * 1024;
const SCHEMA = JSON.parse(readFileSync(join(__dirname, '../../../../docs/report.schema.json'), 'utf8')) as JsonSchema;

/** Returns a tally with a failure of every resource type with every code and message. Its object keys have the maximum length. */
function tallyOfAll(keyCharacter: string): Tally {
  const tally = new Tally();
  const files = Array.from({ length: 1_000 }, (_, index) => fileTally(`x/FAILURE/${index}.`.padEnd(1_024, keyCharacter), index));
  let line = 0;
  for (const code of [...ISSUE_TYPES, undefined]) {
    for (const text of [...MESSAGE_TEMPLATES, undefined]) {
      const reasons = [tally.reason({ code, text })];
      for (const type of [...RESOURCE_TYPES, undefined]) {
        tally.add(type, reasons, files[line % files.length], ++line);
      }
    }
  }
  files.forEach((file) => tally.addFile(file));
  return tally;
}

const sumOf = (rows: readonly { readonly count: number }[]) => rows.reduce((sum, { count }) => sum + count, 0);

/** Returns the totals of a section of the report. The totals include the failures that the section does not list. */
function totalsOf({ files, otherFiles, reasons, otherReasons, resourceTypes }: SectionDocument) {
  return {
    files: files.length + otherFiles.files,
    inFiles: sumOf(files) + otherFiles.count,
    reasons: reasons.length + (otherReasons?.reasons ?? 0),
    inReasons: sumOf(reasons) + (otherReasons?.count ?? 0),
    inTypes: sumOf(resourceTypes),
  };
}

describe('a report with every kind of failure', () => {
  const KINDS = (ISSUE_TYPES.size + 1) * (MESSAGE_TEMPLATES.length + 1);
  const FAILURES = KINDS * (RESOURCE_TYPES.size + 1);
  const before = process.memoryUsage().rss;
  const tally = tallyOfAll('\u0001'); // this character takes six bytes in JSON, the most of any character
  const request = { ...REQUEST, InputS3Uri: `s3://clinic-data/${'i'.repeat(900)}/` };
  const document = documentOn({ failures: tally, searchValidation: tally }, request);
  const json = JSON.stringify(document);

  test('stays below 14 MiB and can be read back', () => {
    expect(Buffer.byteLength(json)).toBeLessThan(14 * MIB);
    expect(readReport(json, request)).toBeDefined();
    expect(process.memoryUsage().rss - before).toBeLessThan(300 * MIB);
  });

  test('conforms to the schema', () => {
    expect(violations(JSON.parse(json), SCHEMA)).toEqual([]);
  });

  test('sums the failures that it does not list', () => {
    const { failures } = document;
    expect(failures.count).toBe(FAILURES);
    expect(totalsOf(failures)).toEqual({ files: 1_000, inFiles: FAILURES, reasons: KINDS, inReasons: FAILURES, inTypes: FAILURES });
    expect(failures.otherReasons!.reasons).toBeGreaterThan(0);
    expect(failures.resourceTypes).toHaveLength(RESOURCE_TYPES.size + 1);
  });

  test('has exact counts in the rows that it lists', () => {
    for (const { count, resourceTypes } of document.failures.reasons) {
      expect([count, sumOf(resourceTypes), resourceTypes.length]).toEqual(Array(3).fill(RESOURCE_TYPES.size + 1));
    }
  });
});

test('a report that cannot list all reasons lists the most frequent reasons', () => {
  const failures = new Tally();
  const file = fileTally('k'.repeat(1_024));
  const codes = [...ISSUE_TYPES];
  MESSAGE_TEMPLATES.forEach((text, i) => codes.forEach((code, j) => {
    for (let times = 0; times < 1 + (i * codes.length + j) % 7; times++) {
      failures.add('Patient', [failures.reason({ code, text })], file, 1);
    }
  }));
  const { reasons, otherReasons } = documentOn({ failures }).failures;
  expect(reasons.length).toBeGreaterThan(400);
  expect(new Set(reasons.map(({ count }) => count))).toEqual(new Set([7]));
  expect(otherReasons!.reasons).toBe(MESSAGE_TEMPLATES.length * codes.length - reasons.length);
});

test('a report has no otherReasons if it lists all reasons', () => {
  const failures = new Tally();
  failures.add('Patient', [failures.reason({ code: 'value' })], fileTally(), 1);
  expect(documentOn({ failures }).failures).not.toHaveProperty('otherReasons');
});
