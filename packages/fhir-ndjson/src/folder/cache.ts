import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { SourceFile } from './list';
import type { Folder, PreparedFolder } from './prepared-folder';

/** The name of the cache, as a hidden file of a cloud assembly. */
const CACHE = '.fhir-ndjson.json';

/** The maximum number of folders that the cache keeps. The oldest ones are dropped first. */
const MAX_FOLDERS = 100;

/** A file system may store times with a precision of 2 seconds, so a file can change in this time without a new time. */
const TIME_PRECISION_MS = 2000;

/** The answers about folders, by stamp. */
type Cache = Readonly<Record<string, PreparedFolder>>;

/** Returns a hash of all that the answer depends on: the folder, the names, sizes and times of its files, and this code. */
export function stampOf({ path, content }: Folder, files: readonly SourceFile[]): string {
  const stamp = createHash('sha256').update(readFileSync(__filename)).update(JSON.stringify([path, content]));
  for (const { name, size, times } of files) {
    stamp.update(JSON.stringify([name, size, times]));
  }
  return stamp.digest('hex');
}

export function readCached(cacheFolder: string, stamp: string): PreparedFolder | undefined {
  return read(cacheFolder)[stamp];
}

/** Keeps an answer, unless a file changed just now. A cache that can't be written only makes the next synthesis slower. */
export function writeCached(cacheFolder: string, stamp: string, prepared: PreparedFolder, files: readonly SourceFile[], startedAt: number): void {
  if (files.some(({ times }) => Math.max(...times) > startedAt - TIME_PRECISION_MS)) {
    return;
  }
  const { [stamp]: _, ...others } = read(cacheFolder);
  const cache: Cache = Object.fromEntries([...Object.entries(others), [stamp, prepared]].slice(-MAX_FOLDERS));
  const path = join(cacheFolder, CACHE);
  try {
    mkdirSync(cacheFolder, { recursive: true });
    writeFileSync(`${path}.${process.pid}`, JSON.stringify(cache));
    renameSync(`${path}.${process.pid}`, path); // a process that reads at the same time never sees a part
  } catch {
    // The folder is read-only or full.
  }
}

function read(cacheFolder: string): Cache {
  try {
    return JSON.parse(readFileSync(join(cacheFolder, CACHE), 'utf8')) as Cache | null ?? {};
  } catch {
    return {};
  }
}
