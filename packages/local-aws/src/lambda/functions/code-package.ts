import { chmod, copyFile, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join, resolve, sep } from 'node:path';
import { unzipSync } from 'fflate';
import { isPython, type FunctionConfiguration } from './function-configuration';

/** Reads a zip file from an S3 bucket: the code of a function or of a layer. */
export type CodeLoader = (bucket: string, key: string) => Promise<Buffer>;

/** A directory with the unpacked code of one version of a function, or with its unpacked layers. */
export class CodePackage {
  public static async unpack({ code, runtime }: FunctionConfiguration, load: CodeLoader): Promise<CodePackage> {
    return this.write('zipFile' in code
      ? { [isPython(runtime) ? 'index.py' : 'index.js']: Buffer.from(code.zipFile, 'utf8') }
      : unzipSync('zip' in code ? code.zip : await load(code.bucket, code.key)));
  }

  /** Unpacks layers into one directory. A file of a later layer replaces a file of an earlier one. */
  public static async unpackLayers(zips: readonly Uint8Array[]): Promise<CodePackage> {
    return this.write(Object.assign({}, ...zips.map((zip) => unzipSync(zip))));
  }

  private static async write(files: Record<string, Uint8Array>): Promise<CodePackage> {
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

  /** Returns whether this is the Python function of aws-s3-deployment's BucketDeployment. */
  public async isBucketDeployment(): Promise<boolean> {
    const code = await readFile(join(this.directory, 'index.py'), 'utf8').catch(() => '');
    return code.includes('def s3_deploy(') && code.includes('SourceObjectKeys');
  }

  /** Adds the stand-in for the function of a BucketDeployment as `index.cjs`, so that the handler `index.handler` finds it. */
  public async addBucketDeployment(): Promise<void> {
    await copyFile(join(__dirname, 'bucket-deployment.cjs'), join(this.directory, 'index.cjs'));
  }

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
