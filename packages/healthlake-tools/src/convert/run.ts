import { realpath } from 'node:fs/promises';
import { basename, dirname, join, resolve, sep } from 'node:path';
import { convert, type ConvertResult } from '../../../fhir-ndjson/src/convert/convert';
import { FilesChangedError } from '../../../fhir-ndjson/src/convert/data-set';
import { isConvertible } from '../../../fhir-ndjson/src/convert/input';
import { piecesOf } from '../../../fhir-ndjson/src/folder/list';
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

/** A conversion reads each file twice. */
const PASSES = 2;

/**
 * Converts the files of a folder into a new folder.
 *
 * @throws if a folder can't be read or written, or the new folder is not empty
 */
export async function convertFolder(console: Console, folder: string, out: string): Promise<Conversion> {
  const target = join(await realpath(dirname(resolve(out))), basename(resolve(out)));
  if (`${target}${sep}`.startsWith(`${await realpath(folder)}${sep}`)) {
    throw new ToolError(`${out} is not outside of ${folder}: give --out another folder`);
  }
  const all = await listFolder(folder);
  const files = all.filter(isConvertible);
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
    return convert(files.map(({ name, size, path }) => ({ name, size, read: () => readPieces(path, progress) })), {
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

/** Yields the content of a file, and shows the progress. */
function* readPieces(path: string, progress: Progress): Generator<Buffer> {
  for (const piece of piecesOf(path)) {
    progress.add(piece.length);
    yield piece;
  }
}
