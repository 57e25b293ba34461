import { randomUUID } from 'node:crypto';
import { mkdir, readdir, rename, rm, rmdir, stat } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { ToolError } from '../cli/errors';

/**
 * Writes a new folder. `fill` writes into a temporary folder beside it, which is renamed at the end. So the folder is complete or missing.
 *
 * @throws if the folder exists and is not empty
 */
export async function writeNewFolder<T>(folder: string, fill: (temporary: string) => T | Promise<T>): Promise<T> {
  const path = resolve(folder);
  await stat(dirname(path));
  if (!await isEmptyOrMissing(path)) {
    throw new ToolError(`${folder} is not empty: give --out a new folder`);
  }
  const temporary = `${path}.${randomUUID()}.tmp`;
  try {
    await mkdir(temporary);
    const result = await fill(temporary);
    await rmdir(path).catch(() => undefined); // the folder may be missing; if it can't be removed, the rename fails too
    await rename(temporary, path);
    return result;
  } catch (error) {
    await rm(temporary, { recursive: true, force: true }).catch(() => undefined); // the first error says more
    const { path: failed } = error as NodeJS.ErrnoException;
    throw failed === undefined ? error : Object.assign(error as Error, { path: failed.replace(temporary, folder) }); // names the folder that the user gave
  }
}

/** @throws if the path is not a folder, or can't be read */
export async function isEmptyOrMissing(folder: string): Promise<boolean> {
  try {
    return (await readdir(folder)).length === 0;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') {
      return true;
    }
    throw error;
  }
}
