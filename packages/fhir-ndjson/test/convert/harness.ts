import { convert, type ConvertResult } from '../../src/convert/convert';
import type { InputFile } from '../../src/convert/input';

/** The result of a conversion, with the files that it wrote. */
export interface Converted extends ConvertResult {
  readonly output: Readonly<Record<string, string>>;
  /** The changes as `severity code count`. */
  readonly counts: readonly string[];
}

export function convertFiles(files: Readonly<Record<string, string | Buffer>>, pieceLength = Infinity): Converted {
  const output: Record<string, string> = {};
  const result = convert(Object.entries(files).map(([name, content]) => fileOf(name, content, pieceLength)), {
    write: (file, line) => {
      output[file] = `${output[file] ?? ''}${line}\n`;
    },
  });
  return { ...result, output, counts: result.changes.map(({ severity, code, count }) => `${severity} ${code} ${count}`) };
}

export function fileOf(name: string, content: string | Buffer, pieceLength = Infinity): InputFile {
  const bytes = Buffer.from(content);
  return { name, size: bytes.length, read: () => piecesOf(bytes, pieceLength) };
}

function* piecesOf(bytes: Buffer, length: number): Generator<Buffer> {
  for (let at = 0; at < bytes.length; at += length) {
    yield bytes.subarray(at, at + length);
  }
}

/** Returns the converted resources, in the order in which they are written. */
export function resourcesOf({ output }: Converted): Record<string, any>[] {
  return Object.values(output).flatMap((text) => text.split('\n').slice(0, -1).map((line) => JSON.parse(line)));
}

export function bundle(type: string, ...entry: readonly object[]): object {
  return { resourceType: 'Bundle', type, entry };
}

export function pretty(value: unknown): string {
  return JSON.stringify(value, null, 2);
}
