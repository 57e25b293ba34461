import type { S3Client } from '@aws-sdk/client-s3';
import { LineReader } from './line-reader';
import { listObjects, readPieces, type ResultsLocation } from './results';
import type { FileTally, Tally } from './tally';
import { errorCodeOf } from '../../aws/errors';

/** The number of files that are read in parallel. Most of the time for a small file is spent waiting for S3. */
const CONCURRENCY = 16;

/** The maximum number of unread files that the report names. */
const MAX_UNREAD = 20;

/** A folder of the results, and the tally that counts its lines. */
export interface Folder {
  readonly name: string;
  readonly tally: Tally;
}

export interface TimeBudget {
  /** The signal that ends the reading of files when its time is up. */
  readonly reading: AbortSignal;
  /**
   * The signal that ends the listing of files when its time is up. This signal comes after `reading`, so that the function can count the files that it didn't
   * read.
   */
  readonly listing: AbortSignal;
}

/** The progress of reading the results. */
export interface Reading {
  filesRead: number;
  filesTotal: number;
  /** Whether all files were listed. If not, there may be more files than `filesTotal`. */
  allListed: boolean;
  /** Whether the time was up before all files were read. */
  timeUp: boolean;
  /** The number of files that could not be read because of an error. */
  filesUnread: number;
  /** The files that could not be read because of an error, at most 20, and the code of each error. */
  readonly unread: { readonly key: string; readonly why: string }[];
  listError?: unknown;
}

/** A file to read, and the tally that counts its lines. */
interface Task {
  readonly file: FileTally;
  readonly tally: Tally;
}

/** Reads the files of the folders until all are read or the time is up. */
export async function readFiles(s3: S3Client, results: ResultsLocation, folders: readonly Folder[], time: TimeBudget): Promise<Reading> {
  const reading: Reading = { filesRead: 0, filesTotal: 0, allListed: false, timeUp: false, filesUnread: 0, unread: [] };
  const tasks = listTasks(s3, results, folders, reading, time.listing);
  const work = async (): Promise<void> => {
    while (!time.reading.aborted) {
      const { value, done } = await tasks.next();
      if (done) {
        return;
      }
      await readFile(s3, results.bucket, value, reading, time.reading);
    }
  };
  await Promise.all(Array.from({ length: CONCURRENCY }, work));
  while (!(await tasks.next()).done) { // lists the remaining files, so that `filesTotal` counts them
    reading.timeUp = true;
  }
  return reading;
}

async function* listTasks(s3: S3Client, results: ResultsLocation, folders: readonly Folder[], reading: Reading, abortSignal: AbortSignal):
AsyncGenerator<Task, undefined> {
  try {
    for (const { name, tally } of folders) {
      for await (const key of listObjects(s3, results, name, abortSignal)) {
        yield { file: { key, index: reading.filesTotal++, wasRead: false, count: 0, first: [] }, tally };
      }
    }
    reading.allListed = true;
  } catch (error) {
    if (abortSignal.aborted) {
      reading.timeUp = true;
    } else {
      reading.listError = error;
    }
  }
  return undefined;
}

async function readFile(s3: S3Client, bucket: string, { file, tally }: Task, reading: Reading, abortSignal: AbortSignal): Promise<void> {
  try {
    const lines = new LineReader(tally, file);
    abortSignal.throwIfAborted();
    for await (const piece of readPieces(s3, bucket, file.key, abortSignal)) {
      lines.push(piece);
      abortSignal.throwIfAborted();
    }
    lines.end();
    file.wasRead = true;
    reading.filesRead += 1;
  } catch (error) {
    if (abortSignal.aborted) {
      reading.timeUp = true;
    } else {
      reading.filesUnread += 1;
      reading.unread.push({ key: file.key, why: errorCodeOf(error) });
      reading.unread.splice(MAX_UNREAD);
    }
  }
  tally.addFile(file);
}
