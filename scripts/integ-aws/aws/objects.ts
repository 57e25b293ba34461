import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import {
  DeleteBucketCommand, DeleteObjectsCommand, GetObjectCommand, ListObjectVersionsCommand, paginateListObjectsV2,
  PutObjectCommand, type ObjectIdentifier, type S3Client, S3ServiceException,
} from '@aws-sdk/client-s3';

const DATA = join(__dirname, '..', '..', '..', 'examples', 'data');

/** A bucket, and a key or prefix in it. */
export interface S3Location {
  readonly bucket: string;
  readonly key: string;
}

/** Parses `s3://bucket/key`. */
export function parseS3Uri(uri: string): S3Location {
  const [, bucket, key] = /^s3:\/\/([^/]+)\/(.*)$/.exec(uri) ?? [];
  if (!bucket) {
    throw new Error(`"${uri}" from HealthLake or the stack is not an S3 URI`);
  }
  return { bucket, key };
}

/** The size of the sample data that was uploaded. */
export interface Sample {
  readonly files: number;
  readonly lines: number;
  readonly bytes: number;
}

/** Uploads the NDJSON files of a folder of sample data. */
export async function uploadSample(s3: S3Client, folder: 'synthea' | 'bad', { bucket, key }: S3Location): Promise<Sample> {
  const sample = { files: 0, lines: 0, bytes: 0 };
  for (const name of (await readdir(join(DATA, folder))).filter((file) => file.endsWith('.ndjson'))) {
    const body = await readFile(join(DATA, folder, name), 'utf8');
    sample.files += 1;
    sample.lines += body.split('\n').filter((line) => line !== '').length;
    sample.bytes += Buffer.byteLength(body);
    await s3.send(new PutObjectCommand({ Bucket: bucket, Key: `${key}${name}`, Body: body }));
  }
  return sample;
}

/** Returns the keys of the objects below a prefix. The returned keys don't include the prefix. */
export async function keysUnder(s3: S3Client, { bucket, key: prefix }: S3Location): Promise<string[]> {
  const keys: string[] = [];
  for await (const { Contents: objects = [] } of paginateListObjectsV2({ client: s3 }, { Bucket: bucket, Prefix: prefix })) {
    keys.push(...objects.map(({ Key: key }) => key!.slice(prefix.length)));
  }
  return keys;
}

export async function readText(s3: S3Client, { bucket, key }: S3Location): Promise<string> {
  const { Body: body } = await s3.send(new GetObjectCommand({ Bucket: bucket, Key: key }));
  return body!.transformToString();
}

/** Deletes all versions of all objects below a prefix. */
export async function deleteObjects(s3: S3Client, { bucket, key: prefix }: S3Location): Promise<void> {
  for (;;) {
    const { Versions: versions = [], DeleteMarkers: markers = [] } = await s3.send(new ListObjectVersionsCommand({ Bucket: bucket, Prefix: prefix }));
    const objects: ObjectIdentifier[] = [...versions, ...markers].map(({ Key, VersionId }) => ({ Key, VersionId }));
    if (objects.length === 0) {
      return;
    }
    const { Errors: errors = [] } = await s3.send(new DeleteObjectsCommand({ Bucket: bucket, Delete: { Objects: objects, Quiet: true } }));
    if (errors.length > 0) {
      throw new Error(`S3 did not delete ${errors.length} objects of ${bucket}: ${errors[0].Code}; delete them and run the script again`);
    }
  }
}

/** Deletes a bucket and its objects. Does nothing if the bucket doesn't exist. */
export async function deleteBucket(s3: S3Client, bucket: string): Promise<void> {
  try {
    await deleteObjects(s3, { bucket, key: '' });
    await s3.send(new DeleteBucketCommand({ Bucket: bucket }));
  } catch (error) {
    if (!(error instanceof S3ServiceException && error.name === 'NoSuchBucket')) {
      throw error;
    }
  }
}
