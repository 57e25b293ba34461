import { GetObjectCommand, type GetObjectCommandOutput, paginateListObjectsV2, PutObjectCommand, type S3Client } from '@aws-sdk/client-s3';
import { kindOf } from '../../aws/errors';

/** Where the results of a job are. */
export interface Results {
  readonly bucket: string;
  /** Ends in `/`. */
  readonly prefix: string;
}

/** Folders of the results that are read, with what their lines are about. SUCCESS/ is not among them. */
export const FAILURES_FOLDER = 'FAILURE/';
export const SEARCH_VALIDATION_FOLDER = 'SUCCESS_WITH_SEARCH_VALIDATION_FAILURES/';

/** HealthLake writes the first, and its guide prints the second. */
export const MANIFEST_NAMES: readonly string[] = ['Manifest.json', 'manifest.json'];

export const REPORT_NAME = 'report.json';

/** How an object is encrypted, as PutObject takes it. */
export type Encryption = Pick<GetObjectCommandOutput, 'ServerSideEncryption' | 'SSEKMSKeyId'>;

/** How often the reading of an object is taken up again after its connection broke. */
const MAX_RESUMES = 3;

/** Undefined for what is not the location of a folder. */
export function parseResults(uri: string): Results | undefined {
  const [, bucket, prefix] = /^s3:\/\/([^/]+)\/(.+\/)$/s.exec(uri) ?? [];
  return bucket === undefined ? undefined : { bucket, prefix };
}

/** The names that lie directly in the folder of the results; those of folders end in `/`. Asking for an object that isn't there says less. */
export async function listNames(s3: S3Client, { bucket, prefix }: Results, abortSignal: AbortSignal): Promise<Set<string>> {
  const names = new Set<string>();
  const input = { Bucket: bucket, Prefix: prefix, Delimiter: '/' };
  for await (const page of paginateListObjectsV2({ client: s3 }, input, { abortSignal })) {
    const keys = [...(page.Contents ?? []).map(({ Key }) => Key), ...(page.CommonPrefixes ?? []).map(({ Prefix }) => Prefix)];
    for (const key of keys) {
      names.add(key!.slice(prefix.length));
    }
  }
  return names;
}

/** The objects below a folder that hold anything. */
export async function* listObjects(s3: S3Client, { bucket, prefix }: Results, folder: string, abortSignal: AbortSignal):
AsyncGenerator<{ readonly key: string; readonly size: number }> {
  for await (const page of paginateListObjectsV2({ client: s3 }, { Bucket: bucket, Prefix: prefix + folder }, { abortSignal })) {
    for (const { Key, Size } of page.Contents ?? []) {
      if (Size !== 0) {
        yield { key: Key!, size: Size! };
      }
    }
  }
}

/** A small object as text, with its encryption. Rejects one of more than `maxBytes`. */
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

/** The bytes of an object, piece by piece. When the connection breaks, it goes on where it was. */
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

/** Writes the report beside the results, encrypted as they are. */
export async function writeReport(s3: S3Client, { bucket, prefix }: Results, json: string, encryption: Encryption,
  abortSignal: AbortSignal): Promise<void> {
  const input = { Bucket: bucket, Key: prefix + REPORT_NAME, Body: json, ContentType: 'application/json', ...encryption };
  await s3.send(new PutObjectCommand(input), { abortSignal });
}

/** Lets go of a body that is not read to its end, and with it of its connection. */
function abandon(body: GetObjectCommandOutput['Body']): void {
  (body as { destroy?: () => void } | undefined)?.destroy?.();
}
