import { LineSplitter, type Line } from '../../src/lines/line-splitter';

function linesOf(splitter: LineSplitter, pieces: readonly string[]): Line[] {
  return [...pieces.flatMap((piece) => [...splitter.push(Buffer.from(piece, 'latin1'))]), ...splitter.end()];
}

describe('LineSplitter', () => {
  test.each([
    [['a\nb\n'], ['a', 'b']],
    [['a\nb'], ['a', 'b']],
    [['a', 'b\n', 'c', '', 'd'], ['ab', 'cd']],
    [['a\n\nb\n\n'], ['a', '', 'b', '']],
    [['a\r\nb'], ['a\r', 'b']],
    [['a\xe2\x80\xa8b'], ['a\xe2\x80\xa8b']], // U+2028
    [['\xc3', '\xa4\n'], ['\xc3\xa4']],
    [[], []],
  ])('splits the pieces %j into the lines %j', (pieces, lines) => {
    expect(linesOf(new LineSplitter(), pieces).map(({ bytes }) => bytes.toString('latin1'))).toEqual(lines);
  });

  test('cuts off a line that is longer than the limit, and keeps the next line', () => {
    const [long, next] = linesOf(new LineSplitter(3), ['ab', 'cd', 'ef', 'gh\nabc\n']);
    expect(long).toEqual({ bytes: Buffer.from('abcd'), isTooLong: true });
    expect(next).toEqual({ bytes: Buffer.from('abc'), isTooLong: false });
  });
});
