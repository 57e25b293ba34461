import { randomUUID } from 'node:crypto';
import { rename, rm, stat, writeFile } from 'node:fs/promises';
import { ToolError } from '../cli/errors';

/**
 * Writes or replaces a file. If the write fails, an earlier file stays unchanged.
 *
 * @throws if the path is a folder, a device or a pipe, or the file can't be written
 */
export async function writeWholeFile(path: string, text: string): Promise<void> {
  if (await stat(path).then((found) => !found.isFile(), () => false)) {
    throw new ToolError(`${path} is not a file: give the path of a new file, or of a file to replace`);
  }
  const temporary = `${path}.${randomUUID()}.tmp`;
  try {
    await writeFile(temporary, text);
    await rename(temporary, path);
  } catch (error) {
    await rm(temporary, { force: true });
    throw Object.assign(error as NodeJS.ErrnoException, { path }); // names the file that the user gave
  }
}
