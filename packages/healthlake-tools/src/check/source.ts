import { createReadStream } from 'node:fs';
import { readingAhead } from './read-ahead';
import type { SourceFile } from './source-file';
import { readPieces } from '../../../../lambda/report/shared/objects';
import { type AwsOptions, s3Client } from '../aws/clients';
import { toolErrorOf } from '../aws/errors';
import { listObjects } from '../aws/objects';
import { isS3Uri, parseS3Uri, s3UriOf } from '../aws/s3-uri';
import { type FolderFile, listFolder } from '../files/folder';

/** Lists the files of a folder, or the objects of a prefix in S3. */
export async function listSource(argument: string, options: AwsOptions): Promise<SourceFile[]> {
  return isS3Uri(argument) ? listPrefix(argument, options) : (await listFolder(argument)).map(sourceFileOf);
}

export function sourceFileOf({ name, size, path }: FolderFile): SourceFile {
  return { name, size, read: () => createReadStream(path) };
}

async function listPrefix(uri: string, options: AwsOptions): Promise<SourceFile[]> {
  const s3 = s3Client(options);
  const { bucket, key: prefix } = parseS3Uri(uri);
  const objects = await listObjects(s3, { bucket, key: prefix });
  const isFolder = ({ key }: { readonly key: string }): boolean => key.endsWith('/');
  return readingAhead(objects.filter((object) => !isFolder(object)).map(({ key, size }) => ({
    name: key.slice(prefix.lastIndexOf('/') + 1),
    size,
    read: () => readObject(s3, bucket, key),
  })));
}

/** Yields the bytes of an object in pieces. */
export async function* readObject(s3: ReturnType<typeof s3Client>, bucket: string, key: string): AsyncGenerator<Buffer> {
  try {
    yield* readPieces(s3, bucket, key, new AbortController().signal);
  } catch (error) {
    throw toolErrorOf(`${s3UriOf({ bucket, key })} can't be read`, error);
  }
}
