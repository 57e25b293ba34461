import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { GetObjectCommand, paginateListObjectsV2, PutObjectCommand, type S3Client } from '@aws-sdk/client-s3';

const DATA = join(__dirname, '..', '..', '..', 'examples', 'data');

/** A place in S3. */
export interface S3Place {
  readonly bucket: string;
  readonly key: string;
}

/** Reads `s3://bucket/key`. */
export function placeOf(uri: string): S3Place {
  const [, bucket, key] = /^s3:\/\/([^/]+)\/(.*)$/.exec(uri) ?? [];
  if (!bucket) {
    throw new Error(`"${uri}" is no S3 URI; HealthLake or the stack gave it`);
  }
  return { bucket, key };
}

/** Uploads the NDJSON files of a folder of sample data, and tells how many lines they have. */
export async function uploadSample(s3: S3Client, folder: 'synthea' | 'bad', { bucket, key }: S3Place): Promise<number> {
  let lines = 0;
  for (const name of (await readdir(join(DATA, folder))).filter((file) => file.endsWith('.ndjson'))) {
    const body = await readFile(join(DATA, folder, name), 'utf8');
    lines += body.split('\n').filter((line) => line !== '').length;
    await s3.send(new PutObjectCommand({ Bucket: bucket, Key: `${key}${name}`, Body: body }));
  }
  return lines;
}

/** The keys under a prefix, relative to it. */
export async function keysUnder(s3: S3Client, { bucket, key: prefix }: S3Place): Promise<string[]> {
  const keys: string[] = [];
  for await (const { Contents: objects = [] } of paginateListObjectsV2({ client: s3 }, { Bucket: bucket, Prefix: prefix })) {
    keys.push(...objects.map(({ Key: key }) => key!.slice(prefix.length)));
  }
  return keys;
}

export async function readText(s3: S3Client, { bucket, key }: S3Place): Promise<string> {
  const { Body: body } = await s3.send(new GetObjectCommand({ Bucket: bucket, Key: key }));
  return body!.transformToString();
}
