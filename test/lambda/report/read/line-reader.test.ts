import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { LineReader } from '../../../../lambda/report/read/line-reader';
import { Tally } from '../../../../lambda/report/read/tally';
import { MAX_LINE_LENGTH } from '../../../../packages/fhir-ndjson/src/lines/line-splitter';
import { CANARY, error, failure, fileTally, rowsOf, tallyOf } from '../lines';

const MISSING_ID = 'Missing required id field in resource json';
const NOT_JSON = ['line-not-json', 'a line of the results is not a JSON object'];
const NO_RESPONSE = ['line-without-response', 'a line of the results has no UpdateResourceResponse'];
const NO_ISSUE = ['line-without-issue', 'a line of the results has no issue'];

function reasonsOf(content: string | Buffer): (string | number | undefined)[][] {
  return rowsOf(tallyOf(content)).map(({ type, code, message, count }) => [type, code, message, count]);
}

describe('a line', () => {
  test.each([
    ['is not JSON', 'Missing required id field', NOT_JSON],
    ['is cut off', failure(7, MISSING_ID).slice(0, -2), NOT_JSON],
    ['is an array', '[1]', NOT_JSON],
    ['is null', 'null', NOT_JSON],
    ['has no response', '{"lineId":1,"resourceId":"x"}', NO_RESPONSE],
    ['has a text as its response', '{"UpdateResourceResponse":"no"}', NO_RESPONSE],
    ['has no blob', '{"UpdateResourceResponse":{"statusCode":500}}', NO_ISSUE],
    ['has a resource as its blob', '{"UpdateResourceResponse":{"jsonBlob":{"resourceType":"Patient","issue":[{"code":"x"}]}}}', NO_ISSUE],
    ['has no issues', failure(1, []), NO_ISSUE],
    ['has only malformed issues', failure(1, [[], null, 'x'] as unknown as object[]), NO_ISSUE],
  ])('gets a code that FHIR does not define if it %s', (_, line, [code, message]) => {
    expect(reasonsOf(`${line}\n`)).toEqual([[expect.any(String), code, message, 1]]);
  });

  test('is read even in the malformed form that the developer guide shows', () => {
    const printed = '{"lineId":9, UpdateResourceResponse:{"jsonBlob":{"resourceType":"OperationOutcome","issue":[{"severity":"error","code":"processing",'
      + '"diagnostics":"Missing required id field in resource json"}]}, "statusCode":400}';
    expect(reasonsOf(`${printed}\n${printed}\n`)).toEqual([['other', 'processing', MISSING_ID, 2]]);
    expect(rowsOf(tallyOf(printed))[0].first[0].lineId).toBe(9);
  });

  test('is counted once for each distinct reason among its errors, and not for its warnings', () => {
    const issues = [
      { severity: 'warning', code: 'processing', diagnostics: 'All observations should have a subject' },
      error('Unrecognised property \'@gender\''), error('Unrecognised property \'@address\''), error('Unrecognised property \'@gender\''),
      { severity: 'fatal', code: 'exception' },
    ];
    expect(reasonsOf(`${failure(1, issues)}\n${failure(2, issues)}\n`)).toEqual([
      ['Patient', 'processing', 'Unrecognised property \'@gender\'', 2],
      ['Patient', 'processing', 'Unrecognised property \'@address\'', 2],
      ['Patient', 'exception', undefined, 2],
    ]);
    expect(tallyOf(failure(1, issues)).count).toBe(1);
  });

  test('is counted for all its issues if it has no errors', () => {
    const warning = { severity: 'warning', code: 'processing', diagnostics: 'All observations should have a subject' };
    expect(reasonsOf(failure(1, [warning]))).toEqual([['Patient', 'processing', warning.diagnostics, 1]]);
  });

  test('may have its message in details.text', () => {
    const issue = { severity: 'error', code: 'required', details: { text: MISSING_ID } };
    expect(reasonsOf(failure(1, [issue]))).toEqual([['Patient', 'required', MISSING_ID, 1]]);
  });

  test.each([
    ['code', { severity: 'error', code: CANARY, diagnostics: MISSING_ID }, {}, ['Patient', 'other', MISSING_ID, 2]],
    ['text', { severity: 'error', code: 'value', diagnostics: `of ${CANARY}` }, {}, ['Patient', 'value', undefined, 2]],
    ['type', { severity: 'error', code: 'value' }, { resourceType: CANARY }, ['other', 'value', undefined, 2]],
  ])('is counted without its unknown %s', (_, issue, more, expected) => {
    expect(reasonsOf(`${failure(1, [issue], more)}\n${failure(2, [issue], more)}\n`)).toEqual([expected]);
  });

  test('is not counted as a failure if it is blank, but is counted in the line numbers', () => {
    const tally = tallyOf(`\n  \r\n${failure(7, MISSING_ID)}\r\n\n`);
    expect([tally.count, rowsOf(tally)[0].first[0].line]).toEqual([1, 3]);
  });

  test('is counted under the reasons in its jsonBlob, not under issues outside the jsonBlob', () => {
    const line = failure(1, MISSING_ID).replace('"jsonBlob"', `"issue":[${JSON.stringify(error('Unrecognised property \'@gender\''))}],"jsonBlob"`);
    expect(reasonsOf(line)).toEqual([['Patient', 'processing', MISSING_ID, 1]]);
  });

  test('has no message if its text only begins like a known message', () => {
    const lines = [MISSING_ID, `${MISSING_ID} of ${CANARY}`].map((text, i) => failure(i + 1, text));
    expect(reasonsOf(lines.join('\n'))).toEqual([['Patient', 'processing', MISSING_ID, 1], ['Patient', 'processing', undefined, 1]]);
  });

  test('is read even if it is not valid UTF-8', () => {
    const [start, end] = failure(1, MISSING_ID).split(CANARY);
    expect(reasonsOf(Buffer.concat([Buffer.from(start), Buffer.of(0xff, 0xc3), Buffer.from(end)]))).toEqual([['Patient', 'processing', MISSING_ID, 1]]);
  });

  test('ends only at a line feed', () => {
    const lines = ['\u2028', '\u2029', '\u0085'].map((separator, i) => failure(i + 1, `Unknown code 'a${separator}b'`));
    expect(rowsOf(tallyOf(lines.join('\n')))).toMatchObject([{ count: 3, first: [{ line: 1 }, { line: 2 }, { line: 3 }] }]);
  });

  test.each([1, 2, 3, 5, 8, 13, 777, Infinity])('can arrive in pieces of %s bytes', (pieceSize) => {
    const content = [
      failure(1, 'Unrecognised property \'@gender\''), '\r', '', failure(4, 'Unknown code \'\u00e9\u{1F600}\''), `${failure(5, MISSING_ID)}\r`, 'x',
      failure(7, MISSING_ID),
    ].join('\n');
    const rows = rowsOf(tallyOf(content, pieceSize));
    expect(rows.map(({ code, message, count, first }) => [code, message, count, first.map(({ line }) => line)])).toEqual([
      ['processing', 'Unrecognised property \'@gender\'', 1, [1]],
      ['processing', 'Unknown code \'{code}\'', 1, [4]],
      ['processing', MISSING_ID, 2, [5, 7]],
      [...NOT_JSON, 1, [6]],
    ]);
  });
});

describe('the reader', () => {
  const MIB = 1024 * 1024;
  setFlagsFromString('--expose-gc');
  const collectGarbage = runInNewContext('gc') as () => void;
  let tally: Tally;
  let lines: LineReader;

  beforeEach(() => {
    tally = new Tally();
    lines = new LineReader(tally, fileTally());
  });

  function heldMemory(): number {
    collectGarbage();
    const { heapUsed, external } = process.memoryUsage();
    return heapUsed + external;
  }

  test('counts a line of 300 MB without keeping it in memory', () => {
    const head = failure(1, MISSING_ID).replace(`"${MISSING_ID}"`, `"${CANARY}`);
    const before = heldMemory();
    lines.push(Buffer.from(`${failure(1, MISSING_ID)}\n${head}`));
    for (let sent = 0; sent < 300 * MIB; sent += 64 * 1024) {
      lines.push(Buffer.alloc(64 * 1024, 'x'));
    }
    expect(heldMemory() - before).toBeLessThan(100 * MIB); // Node frees unused buffers with a delay
    lines.push(Buffer.from(`"}]}}}\n${failure(3, MISSING_ID)}\n`));
    lines.end();
    expect(rowsOf(tally).map(({ type, code, count, first }) => [type, code, count, first.map(({ line }) => line)])).toEqual([
      ['Patient', 'processing', 2, [1, 3]],
      ['Patient', 'line-too-long', 1, [2]],
    ]);
    expect(tally.count).toBe(3);
  });

  test.each([[0, 'processing'], [1, 'line-too-long']])('a line of the maximum length plus %s bytes gets the code %s', (more, code) => {
    const short = failure(1, '');
    const line = failure(1, 'x'.repeat(MAX_LINE_LENGTH - short.length + more));
    expect(line.length).toBe(MAX_LINE_LENGTH + more);
    for (const pieceSize of [64 * 1024, Infinity]) {
      expect(rowsOf(tallyOf(`${line}\n`, pieceSize))[0].code).toBe(code);
      expect(rowsOf(tallyOf(line, pieceSize))[0].code).toBe(code);
    }
  });

  test('keeps only three rows for 100,000 failures of three kinds', () => {
    const texts = [MISSING_ID, 'Invalid JSON found in input file', `Unknown code '${CANARY}'`];
    const thousand = Buffer.from(Array.from({ length: 1_000 }, (_, i) => `${failure(i + 1, texts[i % 3])}\n`).join(''));
    const before = heldMemory();
    for (let pushed = 0; pushed < 100_000; pushed += 1_000) {
      lines.push(thousand);
    }
    lines.end();
    expect(heldMemory() - before).toBeLessThan(4 * MIB);
    expect(rowsOf(tally).map(({ message, count, first }) => [message, count, first.map(({ lineId }) => lineId)])).toEqual([
      [MISSING_ID, 33_400, [1, 4, 7]],
      ['Invalid JSON found in input file', 33_300, [2, 5, 8]],
      ['Unknown code \'{code}\'', 33_300, [3, 6, 9]],
    ]);
  });

  test('keeps no text of a failure in memory, even if all texts differ', () => {
    const text = 'x'.repeat(800);
    const before = heldMemory();
    for (let lineId = 1; lineId <= 20_000; lineId++) {
      lines.push(Buffer.from(`${failure(lineId, `${lineId}${text}${lineId}`)}\n`));
    }
    expect(heldMemory() - before).toBeLessThan(4 * MIB);
    expect(rowsOf(tally)).toMatchObject([{ code: 'processing', count: 20_000 }]);
  });

  test('keeps at most 2,001 rows, however many elements the failures name', () => {
    const names = ['birthDate', 'gender', 'name', 'telecom', 'address', 'photo', 'contact', 'link', 'active', 'deceased'];
    const paths = names.flatMap((a) => names.flatMap((b) => names.flatMap((c) => names.map((d) => `Patient.${a}.${b}.${c}.${d}`))));
    const ofPaths = tallyOf(paths.map((path, i) => failure(i + 1, `${path}: max allowed = 1, but found 2`)).join('\n'));
    expect(ofPaths.count).toBe(10_000);
    expect(rowsOf(ofPaths)).toHaveLength(2_001);
    expect(rowsOf(ofPaths)[2_000]).toMatchObject({ message: '{element}: max allowed = {number}, but found {number}', count: 8_000 });
  });
});
