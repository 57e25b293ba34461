import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { readReport } from '../../../../lambda/report/document/answer';
import { documentOf, type ReportDocument, type SectionDocument } from '../../../../lambda/report/document/document';
import { ISSUE_TYPES, RESOURCE_TYPES } from '../../../../lambda/report/messages/fhir-r4-names';
import { MESSAGE_TEMPLATES } from '../../../../lambda/report/messages/message-templates';
import type { Reading } from '../../../../lambda/report/read/read-files';
import { type FileTally, Tally } from '../../../../lambda/report/read/tally';
import { type JsonSchema, violations } from '../../../support/json-schema';
import { fileTally } from '../lines';

const MIB = 1024 * 1024;
const SCHEMA = JSON.parse(readFileSync(join(__dirname, '../../../../docs/report.schema.json'), 'utf8')) as JsonSchema;
const REQUEST = {
  DatastoreId: '6407b9ae4c2def3cb6f1a46a0c599ec0',
  JobId: 'c0fddbf76f238297632d4aebdbfc9ddf',
  InputS3Uri: `s3://clinic-data/${'i'.repeat(900)}/`,
  OutputLocation: 's3://clinic-results/x/',
  ReportRoleArn: 'arn:aws:iam::123456789012:role/report',
};

/** Every resource type with every code and every text, in files whose keys are as long as S3 allows. */
function tallyOfAll(keyCharacter: string): Tally {
  const tally = new Tally();
  const files: FileTally[] = Array.from({ length: 1_000 }, (_, index) => fileTally(`x/FAILURE/${index}.`.padEnd(1_024, keyCharacter), index));
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

function documentOn(failures: Tally, searchValidation: Tally): ReportDocument {
  const manifest = { counts: { resourcesScanned: 9 } };
  const reading: Reading = { filesRead: 2_000, filesTotal: 2_000, listing: 'ended', timeUp: false, filesUnread: 0, unread: [] };
  return documentOf(REQUEST, { bucket: 'clinic-results', prefix: 'x/' }, { manifest, failures, searchValidation, reading });
}

const sumOf = (rows: readonly { readonly count: number }[]) => rows.reduce((sum, { count }) => sum + count, 0);

/** What is in the lists and what is only summed. */
function totalsOf({ files, otherFiles, reasons, otherReasons, resourceTypes }: SectionDocument) {
  return {
    files: files.length + otherFiles.files,
    inFiles: sumOf(files) + otherFiles.count,
    reasons: reasons.length + (otherReasons?.reasons ?? 0),
    inReasons: sumOf(reasons) + (otherReasons?.count ?? 0),
    inTypes: sumOf(resourceTypes),
  };
}

describe('a report of every kind of failure', () => {
  const KINDS = (ISSUE_TYPES.size + 1) * (MESSAGE_TEMPLATES.length + 1);
  const FAILURES = KINDS * (RESOURCE_TYPES.size + 1);
  const before = process.memoryUsage().rss;
  const tally = tallyOfAll('\u0001'); // of which JSON makes six bytes, more than of any other
  const document = documentOn(tally, tally);
  const json = JSON.stringify(document);

  test('stays below 14 MiB, and can be read back', () => {
    expect(Buffer.byteLength(json)).toBeLessThan(14 * MIB);
    expect(readReport(json, REQUEST)).toBeDefined();
    expect(process.memoryUsage().rss - before).toBeLessThan(300 * MIB);
  });

  test('keeps to the schema', () => {
    expect(violations(JSON.parse(json), SCHEMA)).toEqual([]);
  });

  test('sums what it does not list', () => {
    const { failures } = document;
    expect(failures.count).toBe(FAILURES);
    expect(totalsOf(failures)).toEqual({ files: 1_000, inFiles: FAILURES, reasons: KINDS, inReasons: FAILURES, inTypes: FAILURES });
    expect(failures.otherReasons!.reasons).toBeGreaterThan(0);
    expect(failures.resourceTypes).toHaveLength(RESOURCE_TYPES.size + 1);
  });

  test('has exact numbers in the rows that it lists', () => {
    for (const { count, resourceTypes } of document.failures.reasons) {
      expect([count, sumOf(resourceTypes), resourceTypes.length]).toEqual(Array(3).fill(RESOURCE_TYPES.size + 1));
    }
  });
});

test('a list of reasons has the most frequent ones', () => {
  const tally = new Tally();
  const file = fileTally('k'.repeat(1_024));
  const codes = [...ISSUE_TYPES];
  MESSAGE_TEMPLATES.forEach((text, i) => codes.forEach((code, j) => {
    for (let times = 0; times < 1 + (i * codes.length + j) % 7; times++) {
      tally.add('Patient', [tally.reason({ code, text })], file, 1);
    }
  }));
  const { reasons, otherReasons } = documentOn(tally, new Tally()).failures;
  expect(reasons.length).toBeGreaterThan(400);
  expect(new Set(reasons.map(({ count }) => count))).toEqual(new Set([7]));
  expect(otherReasons!.reasons).toBe(MESSAGE_TEMPLATES.length * codes.length - reasons.length);
});

test('a report that lists all its reasons has no otherReasons', () => {
  const tally = new Tally();
  tally.add('Patient', [tally.reason({ code: 'value' })], fileTally(), 1);
  expect(documentOn(tally, new Tally()).failures).not.toHaveProperty('otherReasons');
});
