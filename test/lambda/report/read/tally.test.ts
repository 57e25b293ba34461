import { type Count, type FileTally, Tally } from '../../../../lambda/report/read/tally';
import { fileTally } from '../lines';

/** Counts lines that failed for the same reason. */
function count(tally: Tally, file: FileTally, lines: number): void {
  const reason = tally.reason({ code: 'value' });
  for (let line = 1; line <= lines; line++) {
    tally.add('Patient', [reason], file, line);
  }
}

/** Indexes of files, and lines. */
function placesOf({ first }: Count): number[][] {
  return first.map(({ file, line }) => [file.index, line]);
}

test('files with few lines have no row of their own when there are many', () => {
  const tally = new Tally();
  for (let index = 0; index < 4_500; index++) {
    const file = fileTally(`file ${index}`, index);
    count(tally, file, index % 1_500 === 7 ? 3 : 1);
    tally.addFile(file);
  }
  expect(tally.fileRows.slice(0, 5).map(({ key }) => key)).toEqual(['file 7', 'file 1507', 'file 3007', 'file 0', 'file 1']);
  expect(tally.fileRows).toHaveLength(1_000);
  expect(tally.otherFiles).toEqual({ files: 3_500, count: 3_500 });
  expect(tally.count).toBe(4_506);
});

test('a file without lines has none', () => {
  const tally = new Tally();
  tally.addFile(fileTally());
  expect(tally.fileRows).toEqual([]);
  expect(tally.otherFiles).toEqual({ files: 0, count: 0 });
});

test('the first occurrences are those of the first files, whichever is read first', () => {
  const tally = new Tally();
  const [late, early, middle] = [9, 1, 5].map((index) => fileTally(`file ${index}`, index));
  count(tally, late, 5);
  count(tally, middle, 2);
  count(tally, early, 1);
  count(tally, late, 5);
  expect(placesOf(tally.reasons[0])).toEqual([[1, 1], [5, 1], [5, 2]]);
});

test('orders the first occurrences by file and line, even if the files are read in turns', () => {
  const tally = new Tally();
  const [early, late] = [0, 1].map((index) => fileTally(`file ${index}`, index));
  const reason = tally.reason({ code: 'value' });
  tally.add('Patient', [reason], late, 1);
  tally.add('Observation', [reason], early, 4);
  expect(placesOf(reason)).toEqual([[0, 4], [1, 1]]);
  tally.add('Patient', [reason], early, 6);
  expect(placesOf(reason)).toEqual([[0, 4], [0, 6], [1, 1]]);
  tally.add('Patient', [reason], early, 9);
  expect(placesOf(reason)).toEqual([[0, 4], [0, 6], [0, 9]]);
});

test('a reason counts all its lines, even of resource types that first come after the limit of reasons', () => {
  const names = ['birthDate', 'gender', 'name', 'telecom', 'address', 'photo', 'contact', 'link', 'active', 'deceased'];
  const texts = names.flatMap((a) => names.flatMap((b) => names.flatMap((c) => [1, 2, 3].map((n) => `Patient.${a}.${b}.${names[n]}.${c}: max allowed = 1, but found 2`))));
  const tally = new Tally();
  texts.forEach((text) => tally.add('Patient', [tally.reason({ code: 'value', text })], fileTally(), 1));
  expect(tally.reasons.length).toBe(2_001);
  const first = tally.reason({ code: 'value', text: texts[0] });
  tally.add('Observation', [first], fileTally(), 2);
  expect([...first.types]).toEqual([['Patient', 1], ['Observation', 1]]);
});
