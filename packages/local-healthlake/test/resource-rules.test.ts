import { linesOf } from '../src/healthlake/runs/ndjson';
import { judgeBytes, judgeLine } from '../src/healthlake/runs/resource-rules';
import { RESOURCE_TYPES } from '../src/healthlake/runs/resource-types';

const BAD_ID = '1 validation error detected: Value at \'resourceId\' failed to satisfy constraint: '
  + 'Member must satisfy regular expression pattern: [A-Za-z0-9-.]{1,64}';
const BAD_TYPE = '1 validation error detected: Value at \'resourceType\' failed to satisfy constraint: '
  + 'Member must satisfy regular expression pattern: [A-Za-z]{1,256}';
const NO_ID = 'Missing required id field in resource json';
const NO_JSON = 'Invalid JSON found in input file';

describe('judgeLine', () => {
  test.each([
    '{"resourceType":"Patient","id":"a"}',
    '{"resourceType":"Binary","id":"A-9.z","contentType":1}\r',
    `{"resourceType":"Observation","id":"${'x'.repeat(64)}","valueDecimal":1.50}`,
  ])('accepts the line %j unchanged', (line) => {
    expect(judgeLine(line)).toMatchObject({ json: line });
  });

  test.each([
    ['', NO_JSON], ['   ', NO_JSON], ['{', NO_JSON], ['[{"resourceType":"Patient","id":"a"}]', NO_JSON], ['null', NO_JSON], ['"Patient"', NO_JSON],
    ['{"id":"a"}', BAD_TYPE], ['{"resourceType":"MedicationOrder","id":"a"}', BAD_TYPE], ['{"resourceType":7,"id":"a"}', BAD_TYPE],
    ['{"resourceType":"Basic","id":"a"}', BAD_TYPE], ['{"resourceType":"constructor","id":"a"}', BAD_TYPE], ['{"resourceType":"Resource","id":"a"}', BAD_TYPE],
    ['{"resourceType":"Patient"}', NO_ID], ['{"resourceType":"Patient","id":null}', NO_ID],
    ['{"resourceType":"Patient","id":""}', BAD_ID], ['{"resourceType":"Patient","id":"a_b"}', BAD_ID], ['{"resourceType":"Patient","id":7}', BAD_ID],
    [`{"resourceType":"Patient","id":"${'x'.repeat(65)}"}`, BAD_ID], ['{"resourceType":"Patient","id":"a\\n"}', BAD_ID],
  ])('rejects the line %j', (line, diagnostics) => {
    expect(judgeLine(line)).toMatchObject({ diagnostics });
  });

  test('returns the type and id of a rejected line', () => {
    expect(judgeLine('{"resourceType":"Patient","id":"a_b"}')).toEqual({ resourceType: 'Patient', id: 'a_b', diagnostics: BAD_ID });
  });
});

describe('judgeBytes', () => {
  const line = '{"resourceType":"Patient","id":"a","name":[{"family":"M\u00fcller"}]}';

  test('accepts UTF-8 and keeps the text', () => {
    expect(judgeBytes(Buffer.from(line, 'utf8'))).toMatchObject({ json: line });
  });

  test('rejects a line in another encoding', () => {
    expect(judgeBytes(Buffer.from(line, 'latin1'))).toEqual({ diagnostics: NO_JSON });
  });
});

test('RESOURCE_TYPES contains the 106 resource types that HealthLake supports', () => {
  expect(RESOURCE_TYPES.size).toBe(106);
});

describe('linesOf', () => {
  async function split(...chunks: string[]): Promise<string[]> {
    async function* stream(): AsyncGenerator<Buffer> {
      yield* chunks.map((chunk) => Buffer.from(chunk, 'latin1'));
    }
    const lines: string[] = [];
    for await (const line of linesOf(stream())) {
      lines.push(line.toString('latin1'));
    }
    return lines;
  }

  test.each([
    [['a\nb\n'], ['a', 'b']],
    [['a\nb'], ['a', 'b']],
    [['a', 'b\n', 'c', '', 'd'], ['ab', 'cd']],
    [['a\n\nb\n\n'], ['a', '', 'b', '']],
    [['a\r\nb'], ['a\r', 'b']],
    [['a\u2028b'.replace('\u2028', '\xe2\x80\xa8')], ['a\xe2\x80\xa8b']],
    [[], []],
  ])('splits the chunks %j into the lines %j', async (chunks, lines) => {
    expect(await split(...chunks)).toEqual(lines);
  });

  test('joins the bytes of a character across chunks', async () => {
    expect(await split('\xc3', '\xa4\n')).toEqual(['\xc3\xa4']);
  });
});
