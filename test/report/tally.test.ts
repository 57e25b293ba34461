import { fileTally } from './lines';
import { FileTally, Tally } from '../../lambda/report/tally';

/** Counts lines of a file that say the same. */
function count(tally: Tally, file: FileTally, lines: number): void {
  const row = tally.row('Patient', { code: 'value' });
  for (let line = 1; line <= lines; line++) {
    tally.add([row], file, line);
  }
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
  const first = tally.rows[0].first.map(({ file, line }) => [file.index, line]);
  expect(first).toEqual([[1, 1], [5, 1], [5, 2]]);
});
