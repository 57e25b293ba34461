import type { S3Client } from '@aws-sdk/client-s3';
import { readPieces } from './objects';

/** The number of objects that are read in parallel. Most of the time for a small object is spent waiting for S3. */
const CONCURRENCY = 16;

/** Receives the pieces of one object, in their order. */
export interface PieceReader {
  push(piece: Buffer): void;
  /** Called after the last piece. */
  end(): void;
}

/** Takes items and works on several of them in parallel, until all are taken or the signal is aborted. */
export async function inParallel<T>(items: Iterator<T, undefined> | AsyncIterator<T, undefined>, abortSignal: AbortSignal,
  work: (item: T) => Promise<void>): Promise<void> {
  const worker = async (): Promise<void> => {
    while (!abortSignal.aborted) {
      const { value, done } = await items.next();
      if (done) {
        return;
      }
      await work(value);
    }
  };
  await Promise.all(Array.from({ length: CONCURRENCY }, worker));
}

/** Reads an object to its end. Throws if it can't be read or the signal is aborted. */
export async function readObject(s3: S3Client, bucket: string, key: string, reader: PieceReader, abortSignal: AbortSignal): Promise<void> {
  abortSignal.throwIfAborted();
  for await (const piece of readPieces(s3, bucket, key, abortSignal)) {
    reader.push(piece);
    abortSignal.throwIfAborted();
  }
  reader.end();
}
