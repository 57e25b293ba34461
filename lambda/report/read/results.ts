import { GetObjectCommand, type GetObjectCommandOutput, paginateListObjectsV2, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { assumeRole, CLIENT_CONFIG } from '../../aws/credentials';
import { kindOf } from '../../aws/errors';

/** The folder with the results of a job. */
export interface ResultsLocation {
  readonly bucket: string;
  /** The key prefix of the folder. It ends in `/`. */
  readonly prefix: string;
}

/** The folders of the results that the report function reads. The function never reads SUCCESS/. */
export const FAILURES_FOLDER = 'FAILURE/';
export const SEARCH_VALIDATION_FOLDER = 'SUCCESS_WITH_SEARCH_VALIDATION_FAILURES/';

/** The possible names of the manifest. HealthLake writes `Manifest.json`. Its developer guide also mentions `manifest.json`. */
export const MANIFEST_NAMES: readonly string[] = ['Manifest.json', 'manifest.json'];

export const REPORT_NAME = 'report.json';

/** The encryption settings of an object, as parameters of PutObject. */
export type Encryption = Pick<GetObjectCommandOutput, 'ServerSideEncryption' | 'SSEKMSKeyId'>;

/** The maximum number of times that `readPieces()` resumes after a broken connection. */
const MAX_RESUMES = 3;

const clients = new Map<string, S3Client>();

/** Returns the S3 client that uses the report role of an import. A warm function reuses the client. */
export function s3Of(roleArn: string): S3Client {
  const client = clients.get(roleArn) ?? new S3Client({
    ...CLIENT_CONFIG,
    requestHandler: { ...CLIENT_CONFIG.requestHandler, socketTimeout: 20_000 },
    credentials: () => assumeRole(roleArn),
    responseChecksumValidation: 'WHEN_REQUIRED', // TLS already protects the data, and a checksum of all bytes takes as long as reading them
  });
  clients.set(roleArn, client);
  return client;
}

/** Parses the S3 URI of a results folder. Returns undefined if the URI is not the location of a folder in S3. */
export function parseResultsLocation(uri: string): ResultsLocation | undefined {
  const [, bucket, prefix] = /^s3:\/\/([^/]+)\/(.+\/)$/s.exec(uri) ?? [];
  return bucket === undefined ? undefined : { bucket, prefix };
}

/**
 * Lists the names of the objects and folders directly in the results folder. Names of folders end in `/`. GetObject can't tell whether an object is missing: if
 * the role may not list the bucket, S3 returns "access denied" for a missing object.
 */
export async function listNames(s3: S3Client, { bucket, prefix }: ResultsLocation, abortSignal: AbortSignal): Promise<Set<string>> {
  const names = new Set<string>();
  const input = { Bucket: bucket, Prefix: prefix, Delimiter: '/' };
  for await (const { Contents = [], CommonPrefixes = [] } of paginateListObjectsV2({ client: s3 }, input, { abortSignal })) {
    for (const key of [...Contents.map(({ Key }) => Key), ...CommonPrefixes.map(({ Prefix }) => Prefix)]) {
      names.add(key!.slice(prefix.length));
    }
  }
  return names;
}

/** Yields the keys of the objects in a folder and its sub-folders. Leaves out empty objects. */
export async function* listObjects(s3: S3Client, { bucket, prefix }: ResultsLocation, folder: string, abortSignal: AbortSignal):
AsyncGenerator<string> {
  for await (const { Contents = [] } of paginateListObjectsV2({ client: s3 }, { Bucket: bucket, Prefix: prefix + folder }, { abortSignal })) {
    yield* Contents.filter(({ Size }) => Size !== 0).map(({ Key }) => Key!);
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

/** Writes the report beside the results. */
export async function writeReport(s3: S3Client, { bucket, prefix }: ResultsLocation, json: string, encryption: Encryption,
  abortSignal: AbortSignal): Promise<void> {
  const input = { Bucket: bucket, Key: prefix + REPORT_NAME, Body: json, ContentType: 'application/json', ...encryption };
  await s3.send(new PutObjectCommand(input), { abortSignal });
}

/** Closes the connection of a response body that is not read to its end. */
function abandon(body: GetObjectCommandOutput['Body']): void {
  (body as { destroy?: () => void } | undefined)?.destroy?.();
}
