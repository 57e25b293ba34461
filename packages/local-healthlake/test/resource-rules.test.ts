import { judgeBytes, judgeLine } from '../src/healthlake/runs/resource-rules';

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
