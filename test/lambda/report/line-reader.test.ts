import { CANARY, error, failure, fileTally, randomNumbers, rowsOf, summaryOf, tallyOf } from './lines';
import { LineReader } from '../../../lambda/report/line-reader';
import { MAX_LINE_LENGTH } from '../../../lambda/report/line-splitter';
import { Chunk } from '../../../lambda/report/segment';
import { Tally } from '../../../lambda/report/tally';

const MISSING_ID = 'Missing required id field in resource json';

/** What a line says: code and message of the first reason, and how many lines say it. */
function reasonsOf(content: string | Buffer): (string | number | undefined)[][] {
  return rowsOf(tallyOf(content)).map(({ type, code, message, count }) => [type, code, message, count]);
}

describe('a line', () => {
  test('of HealthLake is counted by type, code and message', () => {
    expect(reasonsOf(`${failure(7, MISSING_ID)}\n`)).toEqual([['Patient', 'processing', MISSING_ID, 1]]);
    expect(rowsOf(tallyOf(`${failure(7, MISSING_ID)}\n`))[0].first).toEqual([expect.objectContaining({ line: 1, lineId: 7 })]);
  });

  test.each([
    ['no JSON', 'Missing required id field', 'line-not-json', 'a line of the results is not a JSON object'],
    ['cut off', failure(7, MISSING_ID).slice(0, -2), 'line-not-json', 'a line of the results is not a JSON object'],
    ['no object', '[1]', 'line-not-json', 'a line of the results is not a JSON object'],
    ['null', 'null', 'line-not-json', 'a line of the results is not a JSON object'],
    ['without a response', '{"lineId":1,"resourceId":"x"}', 'line-without-response', 'a line of the results has no UpdateResourceResponse'],
    ['with a response that is a text', '{"UpdateResourceResponse":"no"}', 'line-without-response', 'a line of the results has no UpdateResourceResponse'],
    ['without a blob', '{"UpdateResourceResponse":{"statusCode":500}}', 'line-without-issue', 'a line of the results has no issue'],
    ['with a resource', '{"UpdateResourceResponse":{"jsonBlob":{"resourceType":"Patient","issue":[{"code":"x"}]}}}', 'line-without-issue', 'a line of the results has no issue'],
    ['with no issues', failure(1, []), 'line-without-issue', 'a line of the results has no issue'],
    ['with issues that are none', failure(1, [[], null, 'x'] as unknown as object[]), 'line-without-issue', 'a line of the results has no issue'],
  ])('that is %s', (_, line, code, message) => {
    expect(reasonsOf(`${line}\n`)).toEqual([[expect.any(String), code, message, 1]]);
  });

  test('as the guide prints it is understood', () => {
    const printed = '{"lineId":9, UpdateResourceResponse:{"jsonBlob":{"resourceType":"OperationOutcome","issue":[{"severity":"error","code":"processing",'
      + '"diagnostics":"Missing required id field in resource json"}]}, "statusCode":400}';
    expect(reasonsOf(`${printed}\n${printed}\n`)).toEqual([['other', 'processing', MISSING_ID, 2]]);
    expect(rowsOf(tallyOf(printed))[0].first[0].lineId).toBe(9);
  });

  test('is counted for its errors, and once for each reason', () => {
    const issues = [
      { severity: 'warning', code: 'processing', diagnostics: 'All observations should have a subject' },
      error('Unrecognised property \'@gender\''), error('Unrecognised property \'@address\''), error('Unrecognised property \'@gender\''),
      { severity: 'fatal', code: 'exception' },
    ];
    const expected = [
      ['Patient', 'processing', 'Unrecognised property \'@gender\'', 1],
      ['Patient', 'processing', 'Unrecognised property \'@address\'', 1],
      ['Patient', 'exception', undefined, 1],
    ];
    expect(reasonsOf(failure(1, issues))).toEqual(expected);
    expect(tallyOf(failure(1, issues)).count).toBe(1);
    // The second line is read without being parsed.
    expect(reasonsOf(`${failure(1, issues)}\n${failure(2, issues)}\n`)).toEqual(expected.map(([type, code, message]) => [type, code, message, 2]));
  });

  test('that has no errors is counted for what it has', () => {
    const warning = { severity: 'warning', code: 'processing', diagnostics: 'All observations should have a subject' };
    expect(reasonsOf(`${failure(1, [warning])}\n${failure(2, [warning])}`)).toEqual([['Patient', 'processing', warning.diagnostics, 2]]);
  });

  test('may have its text in the details', () => {
    const issue = { severity: 'error', code: 'required', details: { text: MISSING_ID } };
    expect(reasonsOf(`${failure(1, [issue])}\n${failure(2, [issue])}`)).toEqual([['Patient', 'required', MISSING_ID, 2]]);
  });

  test.each([
    ['code', { severity: 'error', code: CANARY, diagnostics: MISSING_ID }, {}, ['Patient', 'other', MISSING_ID, 2]],
    ['text', { severity: 'error', code: 'value', diagnostics: `of ${CANARY}` }, {}, ['Patient', 'value', undefined, 2]],
    ['type', { severity: 'error', code: 'value' }, { resourceType: CANARY }, ['other', 'value', undefined, 2]],
  ])('with an unknown %s shows nothing of it', (_, issue, more, expected) => {
    expect(reasonsOf(`${failure(1, [issue], more)}\n${failure(2, [issue], more)}\n`)).toEqual([expected]);
  });

  test('that is blank is none, and still numbers the next', () => {
    const tally = tallyOf(`\n  \r\n${failure(7, MISSING_ID)}\r\n\n`);
    expect([tally.count, rowsOf(tally)[0].first[0].line]).toEqual([1, 3]);
  });

  test.each([
    ['a control character in a text', failure(2, 'x').replace('"x"', '"\u0001"')],
    ['a control character in an id', failure(2, MISSING_ID).replace(CANARY, '\u0001')],
    ['an escape that is none', failure(2, 'x').replace('"x"', String.raw`"\q"`)],
    ['half an escape', failure(2, 'x').replace('"x"', String.raw`"\u00e"`)],
    ['a number that begins with 0', failure(2, MISSING_ID).replace('"lineId":2', '"lineId":02')],
    ['no number', failure(2, MISSING_ID).replace('"lineId":2', '"lineId":')],
    ['something after it', `${failure(2, MISSING_ID)}}`],
    ['a comma too much', failure(2, MISSING_ID).replace('}]', '},]')],
    ['an error without braces', failure(2, MISSING_ID).replace('}]', '},"x"}]')],
  ])('is no JSON for %s, also where the lines before it were', (_, line) => {
    expect(() => JSON.parse(line)).toThrow();
    const known = [1, 3, 4].map((lineId) => failure(lineId, MISSING_ID));
    const reasons = reasonsOf([...known, line, ...known].join('\n'));
    expect(reasons).toEqual([['Patient', 'processing', MISSING_ID, 6], ['other', 'line-not-json', 'a line of the results is not a JSON object', 1]]);
  });

  test('is no JSON for a text that does not count either', () => {
    const line = (text: string) => failure(1, [error(MISSING_ID), { severity: 'warning', code: 'value', diagnostics: 'TEXT' }]).replace('TEXT', text);
    const reasons = reasonsOf([line('a'), line('b'), line('\u0001'), line('c')].join('\n'));
    expect(reasons.map(([, code, , count]) => [code, count])).toEqual([['processing', 3], ['line-not-json', 1]]);
  });

  test('with a number that no integer holds is read as JSON reads it', () => {
    const lines = [failure(1, MISSING_ID), failure(2, MISSING_ID).replace('"lineId":2', '"lineId":7454738786756221877'), failure(3, MISSING_ID)];
    expect(rowsOf(tallyOf(lines.join('\n')))[0].first.map(({ lineId }) => lineId)).toEqual([1, 7454738786756222000, 3]);
  });
});

describe('what only looks like a known line', () => {
  test('has its issues elsewhere', () => {
    const decoy = (lineId: number, text: string) => failure(lineId, MISSING_ID)
      .replace('"jsonBlob"', `"issue":[${JSON.stringify(error(text))}],"jsonBlob"`);
    const lines = [decoy(1, 'Unrecognised property \'@gender\''), decoy(2, 'Unrecognised property \'@gender\''), decoy(3, CANARY)];
    expect(reasonsOf(lines.join('\n'))).toEqual([['Patient', 'processing', MISSING_ID, 3]]);
  });

  test('has a key that ends like one of HealthLake\'s', () => {
    const line = (lineId: number, value: string) => failure(lineId, MISSING_ID, { 'not "lineId': 7, 'not "diagnostics': value });
    const tally = tallyOf([line(1, 'a'), line(2, 'b'), line(3, 'c\\')].join('\n'));
    expect(rowsOf(tally).map(({ message, count }) => [message, count])).toEqual([[MISSING_ID, 3]]);
    expect(rowsOf(tally)[0].first.map(({ lineId }) => lineId)).toEqual([1, 2, 3]);
  });

  test('has the key twice, of which the last one counts', () => {
    const line = (lineId: number) => failure(lineId, MISSING_ID).replace(/\}$/, `,"lineId":${lineId + 100}}`);
    expect(rowsOf(tallyOf([1, 2, 3].map(line).join('\n')))[0].first.map(({ lineId }) => lineId)).toEqual([101, 102, 103]);
  });

  test('has a text that begins like a known one', () => {
    // Where texts are found by a hash of some of their bytes, these two have the same.
    const longer = `${MISSING_ID} of aaaaaaaaaaaaehdbaaaaaaaaaaaaaaaaaaaaaaaa tyft`;
    const lines = [MISSING_ID, MISSING_ID, MISSING_ID, longer, longer].map((text, i) => failure(i + 1, text));
    expect(reasonsOf(lines.join('\n'))).toEqual([['Patient', 'processing', MISSING_ID, 3], ['Patient', 'processing', undefined, 2]]);
  });

  test('has an escaped quote where a text would end', () => {
    const quoted = (text: string) => failure(1, 'x').replace('"x"', `"${text}"`);
    const end = '\\"}]},\\"statusCode\\":400}}';
    const lines = ['a', 'b', end, `c${end}d`, String.raw`\\`, String.raw`\\\"`].map(quoted);
    lines.forEach((line) => JSON.parse(line));
    expect(reasonsOf(lines.join('\n'))).toEqual([['Patient', 'processing', undefined, lines.length]]);
  });
});

test('backslashes are found from wherever they are looked for', () => {
  const chunk = new Chunk(Buffer.from(String.raw`a\b\c`));
  expect([0, 4, 2, 0, 6, 1].map((from) => chunk.nextBackslash(from))).toEqual([1, Infinity, 3, 1, Infinity, 1]);
});

describe('lines that are read without being parsed say the same as parsed ones', () => {
  const TEXTS = [
    MISSING_ID, 'Unrecognised property \'@gender\'', 'Unknown "code" \\ é \u2028 \u{1F600}', '', 'Unknown code \'a\nb\'', 'slot 1', 'Patient.name: max allowed = 1, but found 2',
  ];
  const TYPES = ['Patient', 'Observation', CANARY, undefined];

  /** Lines of all kinds: alike most of them, with whatever may differ. */
  function makeLines(seed: number): string[] {
    const random = randomNumbers(seed);
    const pick = <T>(...from: readonly T[]): T => from[random(from.length)];
    const makeIssue = () => ({
      ...(random(9) > 0 && { severity: pick('error', 'warning', 'fatal', 'information') }),
      code: pick('processing', 'value', 'Quillfeather'),
      ...(random(9) > 0 && { diagnostics: random(5) > 0 ? pick(...TEXTS) : `Unknown code '${random(1000)}'` }),
      ...(random(3) === 0 && { location: [`Patient.name[${random(9)}]`, ...(random(3) === 0 ? ['x"y'] : [])] }),
      ...(random(20) === 0 && { details: { text: pick(...TEXTS) } }),
    });
    return Array.from({ length: 2_000 }, (_, i) => {
      const line = {
        ...(random(50) > 0 && { lineId: pick(i, i + 1, random(10) === 0 ? 1.5 : i + 2) }),
        ...(random(5) > 0 && { resourceId: random(10) === 0 ? 'a"b\\' : `id-${random(1e6)}` }),
        resourceType: pick(...TYPES),
        ...(random(50) > 0 && {
          UpdateResourceResponse: {
            ...(random(seed * 5) === 0 && { issue: [makeIssue()] }),
            jsonBlob: { resourceType: 'OperationOutcome', issue: Array.from({ length: random(4) }, makeIssue) },
            statusCode: 400,
          },
        }),
        ...(random(50) === 0 && { lineId: i }),
      };
      const text = random(30) === 0 ? JSON.stringify(line, null, 1).replace(/\n/g, '') : JSON.stringify(line);
      const spoiled = random(60) === 0 ? text.slice(0, random(text.length)) : random(60) === 0 ? text.replace(/[a-z]/, '"') : text;
      return random(100) === 0 ? `${spoiled}\r` : spoiled;
    });
  }

  /** Each line by a reader of its own, which knows no shapes yet. */
  function summaryOfParsed(lines: readonly string[]): object {
    const tally = new Tally();
    const file = fileTally();
    lines.forEach((line, i) => {
      const splitter = new LineReader(tally).open(file);
      splitter.push(Buffer.from('\n'.repeat(i)));
      splitter.push(Buffer.from(line));
      splitter.end();
    });
    return summaryOf(tally);
  }

  test.each([1, 2, 3])('whatever they are (%s)', (seed) => {
    const lines = makeLines(seed);
    const expected = summaryOfParsed(lines);
    for (const pieceSize of [64 * 1024, 777]) {
      expect(summaryOf(tallyOf(lines.join('\n'), pieceSize))).toEqual(expected);
    }
  });

  test.each([1, 2, 3, 5, 8, 13])('in pieces of %s bytes', (pieceSize) => {
    const content = [1, 2, 3, 4].map((n) => failure(n, 'Unrecognised property \'@gender\' \u00e9')).join('\n');
    expect(summaryOf(tallyOf(content, pieceSize))).toEqual(summaryOf(tallyOf(content)));
  });

  test('and most lines are', () => {
    const parse = jest.spyOn(JSON, 'parse');
    const tally = tallyOf(Array.from({ length: 5_000 }, (_, i) => (
      failure(i + 1, [error(MISSING_ID), error('x "}] \\', { location: [`Patient.name[${i % 9}]`] })].slice(0, 1 + i % 2))
    )).join('\n'));
    expect(tally.count).toBe(5_000);
    expect(parse.mock.calls.length).toBeLessThan(20);
    parse.mockRestore();
  });
});

describe('memory', () => {
  const SMALL = 40 * 1024 * 1024;

  test('a line of 300 MB is not held, and counted', () => {
    const tally = new Tally();
    const file = fileTally();
    const lines = new LineReader(tally).open(file);
    const head = failure(1, MISSING_ID).replace(`"${MISSING_ID}"`, `"${CANARY}`);
    const piece = Buffer.alloc(64 * 1024, 'x');
    const before = process.memoryUsage().rss;
    lines.push(Buffer.from(`${failure(1, MISSING_ID)}\n${head}`));
    for (let sent = 0; sent < 300 * 1024 * 1024; sent += piece.length) {
      lines.push(piece);
    }
    expect(process.memoryUsage().rss - before).toBeLessThan(SMALL);
    lines.push(Buffer.from(`"}]}}}\n${failure(3, MISSING_ID)}\n`));
    lines.end();
    expect(rowsOf(tally).map(({ type, code, count, first }) => [type, code, count, first.map(({ line }) => line)])).toEqual([
      ['Patient', 'processing', 2, [1, 3]],
      ['Patient', 'line-too-long', 1, [2]],
    ]);
    expect(tally.count).toBe(3);
  });

  test.each([[0, 'processing'], [1, 'line-too-long']])('a line of %s bytes more than the longest', (more, code) => {
    const short = failure(1, '');
    const line = failure(1, 'x'.repeat(MAX_LINE_LENGTH - short.length + more));
    expect(line.length).toBe(MAX_LINE_LENGTH + more);
    // In one piece nothing has to be held.
    expect(rowsOf(tallyOf(`${line}\n`, line.length + 1))[0].code).toBe('processing');
    expect(rowsOf(tallyOf(`${line}\n`))[0].code).toBe(code);
    expect(rowsOf(tallyOf(line))[0].code).toBe(code);
  });

  test('1,000,000 failures of three kinds are three rows', () => {
    const tally = new Tally();
    const file = fileTally();
    const lines = new LineReader(tally).open(file);
    const texts = [MISSING_ID, 'Invalid JSON found in input file', `Unknown code '${CANARY}'`];
    const thousand = Buffer.from(Array.from({ length: 1_000 }, (_, i) => `${failure(i + 1, texts[i % 3])}\n`).join(''));
    let before = 0;
    for (let pushed = 0; pushed < 1_000_000; pushed += 1_000) {
      lines.push(thousand);
      before ||= process.memoryUsage().rss;
    }
    lines.end();
    expect(rowsOf(tally).map(({ message, count, first }) => [message, count, first.map(({ lineId }) => lineId)])).toEqual([
      [MISSING_ID, 334_000, [1, 4, 7]],
      ['Invalid JSON found in input file', 333_000, [2, 5, 8]],
      ['Unknown code \'{code}\'', 333_000, [3, 6, 9]],
    ]);
    expect(process.memoryUsage().rss - before).toBeLessThan(2 * SMALL);
  });

  test('texts that are all different are not held', () => {
    const tally = new Tally();
    const lines = new LineReader(tally).open(fileTally());
    const text = 'x'.repeat(800);
    let before = 0;
    for (let lineId = 1; lineId <= 150_000; lineId++) {
      lines.push(Buffer.from(`${failure(lineId, `${lineId}${text}${lineId}`)}\n`));
      before ||= lineId === 1_000 ? process.memoryUsage().rss : 0;
    }
    expect(rowsOf(tally)).toMatchObject([{ code: 'processing', count: 150_000 }]);
    expect(process.memoryUsage().rss - before).toBeLessThan(2 * SMALL);
  });

  test('as many kinds as there are elements do not make as many rows', () => {
    const names = ['birthDate', 'gender', 'name', 'telecom', 'address', 'photo', 'contact', 'link', 'active', 'deceased'];
    const paths = names.flatMap((a) => names.flatMap((b) => names.flatMap((c) => names.map((d) => `Patient.${a}.${b}.${c}.${d}`))));
    const tally = tallyOf(paths.map((path, i) => failure(i + 1, `${path}: max allowed = 1, but found 2`)).join('\n'));
    expect(tally.count).toBe(10_000);
    expect(rowsOf(tally).length).toBe(2_001);
    expect(rowsOf(tally)[2_000]).toMatchObject({ message: '{element}: max allowed = {number}, but found {number}', count: 8_000 });
  });
});
