import { InputTally } from '../../../../lambda/jobs/preflight/input-objects';

function count(...objects: readonly (readonly [key: string, size: number, isArchived?: boolean])[]) {
  const tally = new InputTally();
  objects.forEach(([key, size, isArchived]) => tally.add(key, size, { isArchived }));
  return tally.result({ complete: true });
}

test('InputTally counts the .ndjson files and measures their sizes', () => {
  expect(count(['in/Patient.ndjson', 300], ['in/deep/Observation.ndjson', 500], ['in/Empty.ndjson', 0]))
    .toEqual({ files: 3, emptyFiles: 1, archivedFiles: 0, newerFiles: 0, largestFile: 500, totalSize: 800, others: {}, complete: true });
});

test('InputTally counts nothing in an empty listing', () => {
  expect(count()).toEqual({ files: 0, emptyFiles: 0, archivedFiles: 0, newerFiles: 0, largestFile: 0, totalSize: 0, others: {}, complete: true });
});

test.each(['in/Patient.ndjson', '.ndjson', 'in/_part-1.ndjson', 'in/.Patient.ndjson'])('InputTally counts "%s" as a .ndjson file, even if it is empty', (key) => {
  expect(count([key, 1])).toMatchObject({ files: 1, emptyFiles: 0, others: {} });
  expect(count([key, 0])).toMatchObject({ files: 1, emptyFiles: 1, others: {} });
});

test.each(['in/', 'in/deep/', 'in/deep_$folder$', 'in/_SUCCESS', '_SUCCESS', 'in/_started_123', 'in/.done', 'in/._SUCCESS.crc'])(
  'InputTally ignores the object "%s" if it is empty, and otherwise counts it among the other objects', (key) => {
    expect(count([key, 0])).toMatchObject({ files: 0, others: {} });
    expect(count([key, 7])).toMatchObject({ files: 0, totalSize: 0, others: { other: 1 } });
  });

test.each([
  ['in/Patient.json', '.json'],
  ['in/Patient.JSON', '.json'],
  ['in/Patient.jsonl', '.jsonl'],
  ['in/Patient.ndjson.gz', '.gz'],
  ['in/all.zip', '.zip'],
  ['in/all.tar.bz2', '.bz2'],
  ['in/Patient.csv', '.csv'],
  ['in/Patient.NDJSON', '.ndjson in another case'],
  ['in/Patient.Ndjson', '.ndjson in another case'],
  ['in/Patient.ndjson ', '.ndjson with a suffix'],
  ['in/Patient.ndjson\r', '.ndjson with a suffix'],
  ['in/Patient.ndjson.tmp', '.ndjson with a suffix'],
  ['in/Patient.NDJSON.Lovelace', '.ndjson with a suffix'],
  ['in/Patient.ndjson/part-0', 'other'],
  ['in/Patientndjson', 'other'],
  ['in_SUCCESS', 'other'],
  ['in/Ada.Lovelace', 'other'],
  ['in/Ada_Lovelace', 'other'],
  ['in/json', 'other'],
])('InputTally counts "%s" among the other objects, as kind "%s", even if it is empty', (key, kind) => {
  expect(count([key, 7], [key, 0])).toEqual({ ...count(), others: { [kind]: 2 } });
});

test('InputTally counts as archived only .ndjson files that are not empty', () => {
  expect(count(['in/Patient.ndjson', 300, true], ['in/Empty.ndjson', 0, true], ['in/Patient.json', 7, true], ['in/Observation.ndjson', 500, false]))
    .toEqual({ files: 3, emptyFiles: 1, archivedFiles: 1, newerFiles: 0, largestFile: 500, totalSize: 800, others: { '.json': 1 }, complete: true });
});

test('InputTally keeps no part of an object key except known file extensions', () => {
  expect(JSON.stringify(count(['Lovelace/Lovelace.Lovelace', 1], ['Lovelace.json.Lovelace', 1], ['Lovelace.json', 1]))).not.toContain('Lovelace');
});

test('InputTally counts the .ndjson files with content that were modified after the given time', () => {
  const tally = new InputTally(1_000);
  const objects: [key: string, size: number, modifiedAt?: number][] = [
    ['in/Old.ndjson', 1, 999], ['in/Same.ndjson', 1, 1_000], ['in/New.ndjson', 1, 1_001], ['in/Empty.ndjson', 0, 1_001], ['in/New.json', 1, 1_001], ['in/WithoutTime.ndjson', 1],
  ];
  objects.forEach(([key, size, modifiedAt]) => tally.add(key, size, { modifiedAt }));
  expect(tally.result({ complete: true })).toMatchObject({ files: 5, emptyFiles: 1, newerFiles: 1 });
});
