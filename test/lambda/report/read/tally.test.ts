import { type Count, type FileTally, Tally } from '../../../../lambda/report/read/tally';
import { fileTally } from '../lines';

/** Adds this many failed lines of a file to the tally, all with the same reason. */
function count(tally: Tally, file: FileTally, lines: number): void {
  const reason = tally.reason({ code: 'value' });
  for (let line = 1; line <= lines; line++) {
    tally.add('Patient', [reason], file, line);
  }
}

/** Returns the file index and the line number of each line in `first`. */
function placesOf({ first }: Count): number[][] {
  return first.map(({ file, line }) => [file.index, line]);
}

test('the tally keeps rows only for the 1,000 files with the most failed lines', () => {
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

test('the tally keeps no row for a file without failed lines', () => {
  const tally = new Tally();
  tally.addFile(fileTally());
  expect(tally.fileRows).toEqual([]);
  expect(tally.otherFiles).toEqual({ files: 0, count: 0 });
});

test('the tally keeps the first three lines of each reason, by file and line number, whatever the order of reading', () => {
  const tally = new Tally();
  const [late, early, middle] = [9, 1, 5].map((index) => fileTally(`file ${index}`, index));
  count(tally, late, 5);
  count(tally, middle, 1);
  const [reason] = tally.reasons;
  expect(placesOf(reason)).toEqual([[5, 1], [9, 1], [9, 2]]);
  tally.add('Observation', [reason], early, 4);
  expect(placesOf(reason)).toEqual([[1, 4], [5, 1], [9, 1]]);
  tally.add('Patient', [reason], early, 6);
  count(tally, late, 5);
  expect(placesOf(reason)).toEqual([[1, 4], [1, 6], [5, 1]]);
  tally.add('Patient', [reason], early, 9);
  expect(placesOf(reason)).toEqual([[1, 4], [1, 6], [1, 9]]);
});

test('the tally counts lines with a known reason even after the maximum number of reasons is reached', () => {
  const names = ['birthDate', 'gender', 'name', 'telecom', 'address', 'photo', 'contact', 'link', 'active', 'deceased'];
  const texts = names.flatMap((a) => names.flatMap((b) => names.flatMap((c) => [1, 2, 3].map((n) => `Patient.${a}.${b}.${names[n]}.${c}: max allowed = 1, but found 2`))));
  const tally = new Tally();
  texts.forEach((text) => tally.add('Patient', [tally.reason({ code: 'value', text })], fileTally(), 1));
  expect(tally.reasons).toHaveLength(2_001);
  const first = tally.reason({ code: 'value', text: texts[0] });
  tally.add('Observation', [first], fileTally(), 2);
  expect([...first.types]).toEqual([['Patient', 1], ['Observation', 1]]);
});
