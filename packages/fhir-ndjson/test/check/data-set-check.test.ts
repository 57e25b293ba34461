import { DataSetCheck, type CheckResult } from '../../src/check/data-set-check';

function check(files: Record<string, string>): CheckResult {
  const dataSet = new DataSetCheck();
  for (const [name, content] of Object.entries(files)) {
    const file = dataSet.file(name);
    file.push(Buffer.from(content));
    file.end();
  }
  return dataSet.result();
}

test('a check finds the place of a problem and counts rejected lines', () => {
  expect(check({ 'a.ndjson': '{"resourceType":"Patient","id":"1"}\n\n' })).toEqual({
    files: [{ file: 'a.ndjson', bytes: 37, lines: 2, rejected: 1, isIgnored: false }],
    types: [{ type: 'Patient', count: 1 }],
    resources: 1,
    bytes: 37,
    problems: [{ code: 'blank-line', severity: 'rejected', count: 1, files: 1, first: [{ code: 'blank-line', place: { file: 'a.ndjson', line: 2 } }] }],
  });
});
