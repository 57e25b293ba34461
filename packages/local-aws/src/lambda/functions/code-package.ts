import { chmod, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join, resolve, sep } from 'node:path';
import { unzipSync } from 'fflate';
import type { CodeLocation } from './function-configuration';

/** Reads the zip file of a function's code from an S3 bucket. */
export type CodeLoader = (bucket: string, key: string) => Promise<Buffer>;

/** The unpacked code of one version of a function, in a directory of its own. */
export class CodePackage {
  public static async unpack(code: CodeLocation, load: CodeLoader): Promise<CodePackage> {
    const files: Record<string, Uint8Array> = 'zipFile' in code
      ? { 'index.js': Buffer.from(code.zipFile, 'utf8') }
      : unzipSync('zip' in code ? code.zip : await load(code.bucket, code.key));
    const directory = await mkdtemp(join(tmpdir(), 'local-lambda-'));
    try {
      for (const [name, content] of Object.entries(files)) {
        await writeInside(directory, name, content);
      }
    } catch (error) {
      await rm(directory, { recursive: true, force: true });
      throw error;
    }
    return new CodePackage(directory);
  }

  private constructor(public readonly directory: string) {}

  public async remove(): Promise<void> {
    await rm(this.directory, { recursive: true, force: true });
  }
}

async function writeInside(directory: string, name: string, content: Uint8Array): Promise<void> {
  const file = resolve(directory, name);
  if (!file.startsWith(directory + sep)) {
    throw new Error(`zip entry ${name} lies outside of the function's code, pack it with a relative path`);
  }
  if (name.endsWith('/')) {
    await mkdir(file, { recursive: true });
    return;
  }
  await mkdir(dirname(file), { recursive: true });
  await writeFile(file, content);
  await chmod(file, 0o755);
}
