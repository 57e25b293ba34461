import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';

/** A file in a folder. */
export interface FolderFile {
  /** The path below the folder, with `/`. */
  readonly name: string;
  readonly path: string;
  readonly size: number;
}

/**
 * Lists all files in a folder and its subfolders, in the order in which S3 would list them. Follows symbolic links, as `aws s3 sync` does. Leaves out devices
 * and pipes.
 *
 * @throws if the folder or a subfolder can't be read
 */
export async function listFolder(folder: string): Promise<FolderFile[]> {
  const files: FolderFile[] = [];
  await addFiles(files, folder, '');
  return files.sort((a, b) => Buffer.compare(Buffer.from(a.name), Buffer.from(b.name)));
}

async function addFiles(files: FolderFile[], folder: string, prefix: string): Promise<void> {
  for (const entry of await readdir(folder)) {
    const path = join(folder, entry);
    const found = await stat(path);
    if (found.isDirectory()) {
      await addFiles(files, path, `${prefix}${entry}/`);
    } else if (found.isFile()) {
      files.push({ name: prefix + entry, path, size: found.size });
    }
  }
}
