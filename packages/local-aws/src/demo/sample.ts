import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ListObjectsV2Command, PutObjectCommand, type S3Client } from '@aws-sdk/client-s3';

/** What was uploaded. */
export interface Upload {
  readonly files: number;
  readonly lines: number;
}

/** Uploads the NDJSON files of a folder, as `aws s3 cp --recursive` does. */
export async function upload(s3: S3Client, folder: string, bucket: string, prefix: string): Promise<Upload> {
  const names = (await readdir(folder)).filter((name) => name.endsWith('.ndjson'));
  let lines = 0;
  for (const name of names) {
    const body = await readFile(join(folder, name));
    lines += body.toString().split('\n').filter((line) => line !== '').length;
    await s3.send(new PutObjectCommand({ Bucket: bucket, Key: `${prefix}${name}`, Body: body }));
  }
  return { files: names.length, lines };
}

/** What lies in a bucket: keys and sizes. */
export async function list(s3: S3Client, bucket: string): Promise<string[]> {
  const { Contents: objects = [] } = await s3.send(new ListObjectsV2Command({ Bucket: bucket }));
  return objects.map(({ Key, Size }) => `${String(Size).padStart(10)}  ${Key}`);
}
