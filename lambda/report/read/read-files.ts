import type { S3Client } from '@aws-sdk/client-s3';
import { LineReader } from './line-reader';
import type { FileTally, Tally } from './tally';
import { errorCodeOf } from '../../aws/errors';
import { listObjects, type ResultsLocation } from '../shared/objects';
import { inParallel, readObject } from '../shared/read-all';
import type { TimeBudget } from '../shared/time-budget';

/** The maximum number of unread files that the report names. */
const MAX_UNREAD = 20;

/** A folder of the results, and the tally that counts its lines. */
export interface Folder {
  readonly name: string;
  readonly tally: Tally;
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
  await inParallel(tasks, time.reading, (task) => readFile(s3, results.bucket, task, reading, time.reading));
  while (!(await tasks.next()).done) { // lists the remaining files, so that `filesTotal` counts them
    reading.timeUp = true;
  }
  return reading;
}

async function* listTasks(s3: S3Client, results: ResultsLocation, folders: readonly Folder[], reading: Reading, abortSignal: AbortSignal):
AsyncGenerator<Task, undefined> {
  try {
    for (const { name, tally } of folders) {
      for await (const { key } of listObjects(s3, results, name, abortSignal)) {
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
    await readObject(s3, bucket, file.key, new LineReader(tally, file), abortSignal);
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
