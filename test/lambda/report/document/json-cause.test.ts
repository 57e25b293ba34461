import { createHash } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import { answerOf, readReport } from '../../../../lambda/report/document/answer';
import { INVALID_JSON } from '../../../../lambda/report/document/json-cause';
import { Tally } from '../../../../lambda/report/read/tally';
import type { JsonCause, Report } from '../../../../lambda/report/types';
import { LineSplitter } from '../../../../packages/fhir-ndjson/src/lines/line-splitter';
import { failureLine } from '../../../../packages/local-healthlake/src/healthlake/runs/import-output';
import { isRejected, judgeLine } from '../../../../packages/local-healthlake/src/healthlake/runs/resource-rules';
import { CANARY, documentOn, failure, fileTally, readInto, REQUEST } from '../lines';

/** Returns the report on these failed lines, one list for each input file. Also checks that the report stays the same if it is written and read again. */
function report(...files: readonly (readonly string[])[]): Report {
  const failures = new Tally();
  files.forEach((lines, index) => readInto(failures, fileTally(`x-FHIR_IMPORT-y/FAILURE/${index}.ndjson`, index), lines.map((line) => `${line}\n`).join('')));
  const document = documentOn({ failures });
  const answer = answerOf(document, undefined);
  expect(answerOf(readReport(JSON.stringify(document), REQUEST)!, undefined)).toEqual(answer);
  return answer;
}

function causeIn({ reasons }: Report): JsonCause | undefined {
  return reasons.find(({ message }) => message === INVALID_JSON)?.likelyCause;
}

/** Returns the lines that the local HealthLake writes about failures in an input file. */
function failuresOf(content: Buffer): string[] {
  const splitter = new LineSplitter();
  return [...splitter.push(content), ...splitter.end()].flatMap(({ bytes }, index) => {
    const judged = judgeLine(bytes.toString('utf8'));
    return isRejected(judged) ? [failureLine(index + 1, judged)] : [];
  });
}

/** Returns an id that does not compress well. */
const idOf = (n: number) => createHash('sha256').update(String(n)).digest('hex');
const patient = (id: string) => ({ resourceType: 'Patient', id, name: [{ family: CANARY, given: ['Ada', 'Byron'] }], active: true });
const PATIENTS = Array.from({ length: 200 }, (_, n) => patient(idOf(n)));
const NDJSON = PATIENTS.map((resource) => `${JSON.stringify(resource)}\n`);
const GOOD = NDJSON.join('');
const utf16BigEndian = (text: string) => Buffer.from(text, 'utf16le').swap16();

test.each<[what: string, content: string | Buffer, expected: JsonCause]>([
  ['a blank line in the middle', [...NDJSON.slice(0, 100), '\n', ...NDJSON.slice(100)].join(''), 'single-lines'],
  ['a blank line after each line', GOOD.replaceAll('\n', '\n\n'), 'single-lines'],
  ['a blank last line', `${GOOD}\n`, 'single-lines'],
  ['a blank first and a blank last line', `\n${GOOD}\n`, 'single-lines'],
  ['a last line that is cut off', GOOD.slice(0, -20), 'single-lines'],
  ['a blank first line', `\n${GOOD}`, 'start-of-file'],
  ['a byte order mark', `\ufeff${GOOD}`, 'start-of-file'],
  ['a byte order mark before the only resource', `\ufeff${NDJSON[0]}`, 'start-of-file'],
  ['UTF-16 with a byte order mark', Buffer.from(`\ufeff${GOOD}`, 'utf16le'), 'whole-file'],
  ['UTF-16 without a byte order mark', Buffer.from(GOOD, 'utf16le'), 'whole-file'],
  ['big-endian UTF-16', utf16BigEndian(`\ufeff${GOOD}`), 'whole-file'],
  ['UTF-16 of one resource', Buffer.from(NDJSON[0], 'utf16le'), 'start-of-file'],
  ['big-endian UTF-16 of one resource', utf16BigEndian(NDJSON[0]), 'start-of-file'],
  ['compressed data', gzipSync(GOOD), 'whole-file'],
  ['one compressed resource', gzipSync(NDJSON[0]), 'start-of-file'],
  ['a pretty-printed resource', JSON.stringify(PATIENTS[0], undefined, 2), 'whole-file'],
  ['pretty-printed resources', PATIENTS.map((resource) => JSON.stringify(resource, undefined, 2)).join('\n'), 'whole-file'],
  ['a pretty-printed array', JSON.stringify(PATIENTS, undefined, 2), 'whole-file'],
  ['an array with one resource per line', `[\n${NDJSON.map((line) => line.trim()).join(',\n')}\n]`, 'whole-file'],
  ['an array on one line', JSON.stringify(PATIENTS), 'start-of-file'],
])('the report names the likely cause of invalid JSON in a file with %s', (_what, content, expected) => {
  expect(causeIn(report(failuresOf(Buffer.from(content))))).toBe(expected);
});

const invalid = (...lineIds: number[]) => lineIds.map((lineId) => failure(lineId, INVALID_JSON, { resourceType: undefined }));
const missing = (...lineIds: number[]) => lineIds.map((lineId) => failure(lineId, 'Missing required id field in resource json'));

test.each<[what: string, files: string[][], expected: JsonCause | undefined]>([
  ['the first line of each of many files', Array.from({ length: 50 }, () => invalid(1)), 'start-of-file'],
  ['the first two lines', [invalid(1, 2)], 'start-of-file'],
  ['most lines', [invalid(1), invalid(1), invalid(1, 2, 3, 4), invalid(7)], 'whole-file'],
  ['most lines, in a later file', [invalid(1), invalid(4, 9)], 'single-lines'],
  ['all lines, counted from 0', [invalid(0, 1, 2, 3)], 'whole-file'],
  ['the first line, counted from 0', [invalid(0)], 'start-of-file'],
  ['lines without a number', [[failure(1, INVALID_JSON, { lineId: undefined })]], undefined],
  ['lines of which one has no number', [[...invalid(1), failure(1, INVALID_JSON, { lineId: undefined })]], undefined],
  ['the first line, before a failure for another reason', [[...invalid(1), ...missing(40)]], 'start-of-file'],
  ['a line in the middle, after a failure for another reason', [[...missing(1), ...invalid(40)]], 'single-lines'],
  ['all lines but one that fails for another reason', [[...invalid(1, 2, 3), ...missing(4), ...invalid(5, 6)]], 'whole-file'],
  ['the first line of files that have other reasons too', [[...invalid(1), ...missing(2)], invalid(1), [...invalid(1), ...missing(3)]], 'start-of-file'],
  ['no line', [missing(1, 2, 3)], undefined],
])('the report names the likely cause, if it can be known, of invalid JSON in %s', (_what, files, expected) => {
  expect(causeIn(report(...files))).toBe(expected);
});

test('the report names a likely cause only for invalid JSON', () => {
  expect(report([...invalid(1), ...missing(2, 3, 4)]).reasons.map(({ count, likelyCause }) => [count, likelyCause]))
    .toEqual([[3, undefined], [1, 'start-of-file']]);
});
