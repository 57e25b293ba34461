import { createReadStream } from 'node:fs';
import { ListObjectsV2Command, PutObjectCommand, type S3Client } from '@aws-sdk/client-s3';
import { calling } from '../aws/errors';
import { type S3Location, s3UriOf } from '../aws/s3-uri';
import type { Console } from '../cli/console';
import { ToolError } from '../cli/errors';
import { withProgress } from '../cli/progress';
import type { FolderFile } from '../files/folder';

/** @throws if the prefix has objects, or can't be listed */
export async function checkIsNew(s3: S3Client, { bucket, key }: S3Location): Promise<void> {
  const uri = s3UriOf({ bucket, key });
  const { KeyCount = 0 } = await calling(`${uri} can't be listed`, () => s3.send(new ListObjectsV2Command({ Bucket: bucket, Prefix: key, MaxKeys: 1 })));
  if (KeyCount > 0) {
    throw new ToolError(`${uri} has objects: give --upload a new prefix`);
  }
}

/** Uploads files below a prefix. Fails if an object exists already. */
export async function upload(console: Console, s3: S3Client, files: readonly FolderFile[], { bucket, key }: S3Location): Promise<void> {
  const bytes = files.reduce((sum, { size }) => sum + size, 0);
  await withProgress(console, 'uploading', bytes, async (progress) => {
    for (const [done, { name, path, size }] of files.entries()) {
      const Key = key + name;
      await calling(`${s3UriOf({ bucket, key: Key })} can't be written, after ${done} of ${files.length} files`, () => s3.send(new PutObjectCommand({
        Bucket: bucket, Key, Body: createReadStream(path), ContentLength: size, IfNoneMatch: '*',
      })));
      progress.add(size);
    }
  });
}
