import { outputNames } from '../../src/convert/output-names';

test.each<[string, string]>([
  ['Patient.ndjson', 'Patient.ndjson'],
  ['Patient.NDJSON', 'Patient.ndjson'],
  ['a/b.c/patient.1.json', 'a/b.c/patient.1.ndjson'],
  ['x.jsonl', 'x.ndjson'],
  ['x.ndjson.gz', 'x.ndjson'],
  ['x.JSON.GZ', 'x.ndjson'],
  ['x.gz', 'x.ndjson'],
  ['x.txt', 'x.txt.ndjson'],
  ['x', 'x.ndjson'],
])('the output of %s is %s', (name, output) => {
  expect(outputNames([name]).get(name)).toBe(output);
});

test.each<[string, string[], string[]]>([
  ['keep their extensions', ['a.json', 'a.jsonl', 'a.ndjson.gz'], ['a.json.ndjson', 'a.jsonl.ndjson', 'a.ndjson.gz.ndjson']],
  ['leave a name to the file that has it', ['a.json', 'a.ndjson', 'b.ndjson'], ['a.json.ndjson', 'a.ndjson', 'b.ndjson']],
  ['are unique', ['a.json', 'a.json.json', 'a.json.ndjson', 'a.ndjson'], ['a.json.ndjson.ndjson', 'a.json.json.ndjson', 'a.json.ndjson', 'a.ndjson']],
  ['are unique in their folders only', ['a/a.json', 'b/a.jsonl'], ['a/a.ndjson', 'b/a.ndjson']],
])('outputs %s', (_name, names, outputs) => {
  expect([...outputNames(names)]).toEqual(names.map((name, index) => [name, outputs[index]]));
});
