import { closeSync, openSync, readSync } from 'node:fs';
import { resolve, sep } from 'node:path';
import { convert, type ConvertResult } from '../../../fhir-ndjson/src/convert/convert';
import { FilesChangedError } from '../../../fhir-ndjson/src/convert/data-set';
import type { Console } from '../cli/console';
import { ToolError } from '../cli/errors';
import { type Progress, withProgress } from '../cli/progress';
import { type FolderFile, listFolder } from '../files/folder';
import { LineFile } from '../files/line-file';
import { writeNewFolder } from '../files/new-folder';

/** The result of a conversion, and the files that were not converted because of their names. */
export interface Conversion extends ConvertResult {
  readonly ignored: readonly string[];
}

const CONVERTIBLE = /\.(json|jsonl|ndjson)(\.gz)?$/i;
const PIECE_BYTES = 1024 * 1024;

/** A conversion reads each file twice. */
const PASSES = 2;

/**
 * Converts the files of a folder into a new folder.
 *
 * @throws if a folder can't be read or written, or the new folder is not empty
 */
export async function convertFolder(console: Console, folder: string, out: string): Promise<Conversion> {
  if (`${resolve(out)}${sep}`.startsWith(`${resolve(folder)}${sep}`)) {
    throw new ToolError(`${out} is not outside of ${folder}: give --out another folder`);
  }
  const all = await listFolder(folder);
  const files = all.filter(({ name }) => CONVERTIBLE.test(name));
  if (files.length === 0) {
    throw new ToolError(`${folder} has no file whose name ends in .json, .jsonl, .ndjson or one of these with .gz: give a folder with such files`);
  }
  const bytes = PASSES * files.reduce((sum, { size }) => sum + size, 0);
  const result = await writeNewFolder(out, (temporary) =>
    withProgress(console, 'converting', bytes, (progress) => convertInto(temporary, files, progress)));
  return { ...result, ignored: all.filter((file) => !files.includes(file)).map(({ name }) => name) };
}

function convertInto(folder: string, files: readonly FolderFile[], progress: Progress): ConvertResult {
  let open: { readonly name: string; readonly file: LineFile } | undefined;
  try {
    return convert(files.map(({ name, size, path }) => ({ name, size, read: () => piecesOf(path, progress) })), {
      write: (name, line) => {
        if (open?.name !== name) {
          open?.file.close();
          open = undefined;
          open = { name, file: new LineFile(folder, name) };
        }
        open.file.write(line);
      },
    });
  } catch (error) {
    throw error instanceof FilesChangedError ? new ToolError(error.message) : error;
  } finally {
    open?.file.close();
  }
}

/** Yields the content of a file. A conversion is synchronous, so streams can't be used. */
function* piecesOf(path: string, progress: Progress): Generator<Buffer> {
  const descriptor = openSync(path, 'r');
  try {
    for (;;) {
      const piece = Buffer.allocUnsafeSlow(PIECE_BYTES);
      const length = readSync(descriptor, piece);
      if (length === 0) {
        return;
      }
      progress.add(length);
      yield piece.subarray(0, length);
    }
  } finally {
    closeSync(descriptor);
  }
}
