import Table from 'cli-table3';
import { createColors, isColorSupported } from 'picocolors';
import type { TextStream } from './console';

export type Colors = ReturnType<typeof createColors>;

/** Returns the colours for a stream. A stream that is not a terminal gets none. */
export function colorsOf({ isTTY = false }: TextStream): Colors {
  return createColors(isTTY && isColorSupported);
}

/** Returns names and their values, one a line. Leaves out empty values. */
export function fields(values: readonly (readonly [name: string, value: string | undefined])[], colors: Colors): string {
  const shown = values.filter(([, value]) => value !== undefined && value !== '');
  const width = Math.max(...shown.map(([name]) => name.length));
  return shown.map(([name, value]) => `${colors.bold(name.padEnd(width))}  ${printable(value!)}\n`).join('');
}

/** The column names of a table. A name that begins with `>` aligns its column to the right. */
export type Columns = readonly string[];

const NO_BORDERS = Object.fromEntries([
  'top', 'top-mid', 'top-left', 'top-right', 'bottom', 'bottom-mid', 'bottom-left', 'bottom-right', 'left', 'left-mid', 'mid', 'mid-mid', 'right', 'right-mid',
].map((name) => [name, '']));

/** Returns a table without borders. */
export function table(columns: Columns, rows: readonly (readonly (string | number | undefined)[])[], colors: Colors): string {
  const lines = new Table({
    head: columns.map((name) => colors.bold(name.replace('>', ''))),
    colAligns: columns.map((name) => name.startsWith('>') ? 'right' : 'left'),
    chars: { ...NO_BORDERS, middle: '  ' },
    style: { 'head': [], 'border': [], 'padding-left': 0, 'padding-right': 0 },
  });
  lines.push(...rows.map((row) => row.map((cell) => typeof cell === 'number' ? count(cell) : printable(cell ?? ''))));
  return lines.toString().split('\n').map((line) => `${line.trimEnd()}\n`).join('');
}

/**
 * Replaces the characters of a text that a terminal would obey in the name of a file: control characters and those that change the direction of the text. Keeps
 * the colours of the tool.
 */
export function printable(text: string): string {
  return text.replace(/\x1b(?!\[(?:0|3[12369])m)|[\x00-\x1a\x1c-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]/g, '\ufffd'); // eslint-disable-line no-control-regex
}

/** Returns a count with separators: 1,234. */
export function count(number: number): string {
  return number.toLocaleString('en-US');
}

/** Returns a count with its noun: `1 file`, `2 files`. */
export function counted(number: number, noun: string): string {
  return `${count(number)} ${noun}${number === 1 ? '' : 's'}`;
}

/** Returns a number of bytes in the unit that suits it. */
export function size(bytes: number): string {
  const power = Math.min(4, Math.max(0, Math.floor(Math.log10(Math.max(1, bytes)) / 3)));
  return power === 0 ? counted(bytes, 'byte') : `${(bytes / 1000 ** power).toFixed(1)} ${['kB', 'MB', 'GB', 'TB'][power - 1]}`;
}

/** Returns a time in UTC, to the second. */
export function time(at: Date | string | undefined): string {
  return at === undefined ? '' : `${new Date(at).toISOString().slice(0, 19).replace('T', ' ')}Z`;
}

/** Returns a duration in its two largest units: `2 d 3 h`, `45 s`. */
export function duration(ms: number): string {
  const seconds = Math.round(ms / 1000);
  const parts = [[Math.floor(seconds / 86_400), 'd'], [Math.floor(seconds / 3_600) % 24, 'h'], [Math.floor(seconds / 60) % 60, 'min'], [seconds % 60, 's']];
  const first = parts.findIndex(([amount]) => amount !== 0);
  const shown = first < 0 ? parts.slice(3) : parts.slice(first, first + 2).filter(([amount]) => amount !== 0);
  return shown.map(([amount, unit]) => `${amount} ${unit}`).join(' ');
}

/** Returns a bar that is filled to a fraction from 0 to 1. */
export function bar(fraction: number): string {
  const WIDTH = 12;
  const filled = Math.round(fraction * WIDTH);
  return `${'█'.repeat(filled)}${'░'.repeat(WIDTH - filled)} ${String(Math.floor(fraction * 100)).padStart(3)} %`;
}
