import type { Readable } from 'node:stream';
import { GetObjectCommand, ListObjectsV2Command, PutObjectCommand, type S3Client } from '@aws-sdk/client-s3';
import type { S3Location } from './s3-location';

/** An entry of a listing. */
export interface ListedObject {
  readonly key: string;
  readonly size: number;
}

/** Lists all objects below a prefix. */
export async function* listObjects(s3: S3Client, prefix: S3Location, abortSignal: AbortSignal): AsyncGenerator<ListedObject> {
  let token: string | undefined;
  do {
    const page = await s3.send(
      new ListObjectsV2Command({ Bucket: prefix.bucket, Prefix: prefix.key, ContinuationToken: token }), { abortSignal });
    for (const { Key, Size } of page.Contents ?? []) {
      if (Key !== undefined) {
        yield { key: Key, size: Size ?? 0 };
      }
    }
    token = page.NextContinuationToken;
  } while (token !== undefined);
}

/** Opens an object. The caller must destroy the returned stream. */
export async function openObject(s3: S3Client, object: S3Location, abortSignal: AbortSignal): Promise<Readable> {
  const { Body } = await s3.send(new GetObjectCommand({ Bucket: object.bucket, Key: object.key }), { abortSignal });
  return Body as Readable; // on Node, the SDK returns a Readable
}

/** Writes an object encrypted with the KMS key, like all output of HealthLake. */
export async function putObject(
  s3: S3Client, object: S3Location, body: string, kmsKeyId: string, abortSignal?: AbortSignal,
): Promise<void> {
  await s3.send(new PutObjectCommand({
    Bucket: object.bucket,
    Key: object.key,
    Body: body,
    ContentLength: Buffer.byteLength(body), // without ContentLength, the SDK warns about an empty body
    ServerSideEncryption: 'aws:kms',
    SSEKMSKeyId: kmsKeyId,
  }), { abortSignal });
}
