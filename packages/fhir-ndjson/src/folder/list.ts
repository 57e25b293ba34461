import { closeSync, type Dirent, openSync, readdirSync, readSync, realpathSync, type Stats, statSync } from 'node:fs';
import { join } from 'node:path';
import { type Obstacle, obstacleOf, UnreadableFile } from './obstacles';

/** The number of bytes that are read at once. */
const PIECE = 1024 * 1024;

/** A file of a folder. */
export interface SourceFile {
  /** The path below the folder, with `/`, in the composed form of Unicode: macOS can give the decomposed form. */
  readonly name: string;
  readonly size: number;
  /** The times of the last change of the content and of the inode, in milliseconds. Tools can set the first time, but not the second one. */
  readonly times: readonly [modified: number, changed: number];
  /** Yields the content in pieces, which stay valid. Throws `UnreadableFile`. */
  readonly read: () => Generator<Buffer>;
}

export interface Listing {
  /** The files, sorted by the code units of their names. */
  readonly files: readonly SourceFile[];
  readonly obstacles: readonly Obstacle[];
}

/** Returns all files below a folder. Follows links. */
export function listFolder(root: string): Listing {
  const files: SourceFile[] = [];
  const obstacles: Obstacle[] = [];

  function visitFolder(path: string, name: string, around: readonly string[]): void {
    const real = realpathSync(path);
    if (around.includes(real)) {
      obstacles.push({ code: 'link-circle', name });
      return;
    }
    for (const entry of readdirSync(path, { withFileTypes: true })) {
      const entryName = `${name === '' ? '' : `${name}/`}${entry.name}`.normalize('NFC');
      attempt(entryName, () => visit(entry, join(path, entry.name), entryName, [...around, real]));
    }
  }

  function visit(entry: Dirent, path: string, name: string, around: readonly string[]): void {
    if (!isUsableName(entry.name)) {
      obstacles.push({ code: 'unusable-name', name });
      return;
    }
    const stats = statSync(path);
    if (stats.isDirectory()) {
      visitFolder(path, name, around);
    } else if (stats.isFile()) {
      files.push(sourceFile(path, name, stats));
    } else {
      obstacles.push({ code: 'not-a-file', name });
    }
  }

  function attempt(name: string, act: () => void): void {
    try {
      act();
    } catch (error) {
      obstacles.push(obstacleOf(error, name));
    }
  }

  attempt('', () => {
    if (statSync(root).isDirectory()) {
      visitFolder(root, '', []);
    } else {
      obstacles.push({ code: 'not-a-folder', name: '' });
    }
  });
  return { files: files.sort(byName), obstacles: obstacles.sort(byName) };
}

/** Compares code units, because `localeCompare()` depends on the machine. */
function byName(a: { readonly name: string }, b: { readonly name: string }): number {
  return a.name < b.name ? -1 : 1;
}

/**
 * Returns whether S3, zip files and all systems can keep a name unchanged. Node.js reads bytes that are not UTF-8 as U+FFFD, and zip tools read `\` as `/`.
 */
function isUsableName(name: string): boolean {
  return !/[\p{Cc}\\\ufffd]/u.test(name);
}

function sourceFile(path: string, name: string, { size, mtimeMs, ctimeMs }: Stats): SourceFile {
  return {
    name,
    size,
    times: [mtimeMs, ctimeMs],
    read: function* () {
      try {
        yield* piecesOf(path);
      } catch (error) {
        throw new UnreadableFile(name, error);
      }
    },
  };
}

/** Yields the content of a file in pieces, each a buffer of its own. */
export function* piecesOf(path: string): Generator<Buffer> {
  const file = openSync(path, 'r');
  try {
    for (;;) {
      const piece = Buffer.allocUnsafe(PIECE);
      const length = readSync(file, piece);
      if (length === 0) {
        return;
      }
      yield piece.subarray(0, length);
    }
  } finally {
    closeSync(file);
  }
}
