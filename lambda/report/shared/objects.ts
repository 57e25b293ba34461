import { GetObjectCommand, type GetObjectCommandOutput, paginateListObjectsV2, type S3Client } from '@aws-sdk/client-s3';
import { kindOf } from '../../aws/errors';

/** The folder with the results of a job. */
export interface ResultsLocation {
  readonly bucket: string;
  /** The key prefix of the folder. It ends in `/`. */
  readonly prefix: string;
}

/** An object of the results. */
export interface ListedObject {
  readonly key: string;
  /** The size in bytes. */
  readonly size: number;
}

/** The encryption settings of an object, as parameters of PutObject. */
export type Encryption = Pick<GetObjectCommandOutput, 'ServerSideEncryption' | 'SSEKMSKeyId'>;

/** The maximum number of times that `readPieces()` resumes after a broken connection. */
const MAX_RESUMES = 3;

/** Parses the S3 URI of a results folder. Returns undefined if the URI is not the location of a folder in S3. */
export function parseResultsLocation(uri: string): ResultsLocation | undefined {
  const [, bucket, prefix] = /^s3:\/\/([^/]+)\/(.+\/)$/s.exec(uri) ?? [];
  return bucket === undefined ? undefined : { bucket, prefix };
}

/** Yields the objects whose keys start with the prefix of the results and `start`. Leaves out empty objects. */
export async function* listObjects(s3: S3Client, { bucket, prefix }: ResultsLocation, start: string, abortSignal: AbortSignal):
AsyncGenerator<ListedObject> {
  for await (const { Contents = [] } of paginateListObjectsV2({ client: s3 }, { Bucket: bucket, Prefix: prefix + start }, { abortSignal })) {
    for (const { Key, Size = 0 } of Contents) {
      if (Size > 0) {
        yield { key: Key!, size: Size };
      }
    }
  }
}

/** Reads a small object as text. Throws if it has more than `maxBytes`. */
export async function readText(s3: S3Client, bucket: string, key: string, maxBytes: number, abortSignal: AbortSignal):
Promise<{ readonly text: string; readonly encryption: Encryption }> {
  const command = new GetObjectCommand({ Bucket: bucket, Key: key });
  const { Body, ContentLength = 0, ServerSideEncryption, SSEKMSKeyId } = await s3.send(command, { abortSignal });
  if (ContentLength > maxBytes) {
    abandon(Body);
    throw new Error(`the object is larger than ${maxBytes.toLocaleString('en-US')} bytes`);
  }
  return { text: await Body!.transformToString('utf8'), encryption: { ServerSideEncryption, SSEKMSKeyId } };
}

/** Yields the bytes of an object in pieces. When the connection breaks, reading resumes at the next byte. */
export async function* readPieces(s3: S3Client, bucket: string, key: string, abortSignal: AbortSignal): AsyncGenerator<Buffer> {
  let at = 0;
  let length: number | undefined;
  let etag: string | undefined;
  for (let resumes = 0; length === undefined || at < length; resumes++) {
    const range = at > 0 ? { Range: `bytes=${at}-`, IfMatch: etag } : {};
    const { Body, ContentLength, ETag } = await s3.send(new GetObjectCommand({ Bucket: bucket, Key: key, ...range }), { abortSignal });
    length ??= ContentLength ?? 0;
    etag ??= ETag;
    try {
      for await (const piece of Body as AsyncIterable<Buffer>) {
        at += piece.length;
        yield piece;
      }
      return;
    } catch (error) {
      if (abortSignal.aborted || kindOf(error) !== 'transient' || resumes >= MAX_RESUMES) {
        throw error;
      }
    } finally {
      abandon(Body);
    }
  }
}

/** Closes the connection of a response body that is not read to its end. */
function abandon(body: GetObjectCommandOutput['Body']): void {
  (body as { destroy?: () => void } | undefined)?.destroy?.();
}
