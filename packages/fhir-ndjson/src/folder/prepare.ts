import { BUNDLES } from './bundles';
import { readCached, stampOf, writeCached } from './cache';
import { listFolder } from './list';
import { NDJSON } from './ndjson';
import { type Obstacle, obstacleOf } from './obstacles';
import type { Folder, PreparedFolder } from './prepared-folder';
import { problemOfObstacle } from './problems';
import { both, ContentHash, FolderWriter } from './receivers';

const KINDS = { ndjson: NDJSON, bundles: BUNDLES };

/**
 * Checks the files of a folder, and hashes the files that are uploaded. If no file has changed since an earlier call with this cache folder, returns the
 * answer of that call without reading the files.
 *
 * @param cacheFolder the folder that keeps the answers. Without it, no answer is kept.
 */
export function prepareFolder(folder: Folder, cacheFolder?: string, startedAt = Date.now()): PreparedFolder {
  const { files, obstacles } = listFolder(folder.path);
  if (obstacles.length > 0) {
    return unusable(obstacles);
  }
  const stamp = stampOf(folder, files);
  const cached = cacheFolder === undefined ? undefined : readCached(cacheFolder, stamp);
  if (cached) {
    return cached;
  }
  try {
    const prepared = KINDS[folder.content].prepare(files);
    if (cacheFolder !== undefined) {
      writeCached(cacheFolder, stamp, prepared, files, startedAt);
    }
    return prepared;
  } catch (error) {
    return unusable([obstacleOf(error, '')]);
  }
}

/**
 * Writes the files that are uploaded into the folder `target`.
 *
 * @param hash the hash of these files, as `prepareFolder()` returned it.
 * @throws if the files have another hash by now.
 */
export function writeFolder({ path, content }: Folder, hash: string, target: string): void {
  const written = new ContentHash();
  KINDS[content].send(listFolder(path).files, both(written, new FolderWriter(target)));
  if (written.summary().hash !== hash) {
    throw new Error(`the files of "${path}" changed during the synthesis; synthesize again`);
  }
}

function unusable(obstacles: readonly Obstacle[]): PreparedFolder {
  const codes = [...new Set(obstacles.map(({ code }) => code))];
  const problems = codes.map((code) => problemOfObstacle(code, obstacles.filter((obstacle) => obstacle.code === code).map(({ name }) => name)));
  return { ...new ContentHash().summary(), problems };
}
