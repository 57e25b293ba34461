import type { S3Client } from '@aws-sdk/client-s3';
import { LineReader } from './line-reader';
import { listObjects, readPieces, type Results } from './results';
import type { FileTally, Tally } from './tally';
import { errorCodeOf } from '../../aws/errors';

/** How many files are read at once: reading many small ones is waiting for S3. */
const CONCURRENCY = 16;

/** Of large ones, which keep the processor busy, fewer: when the time is up some are read, and not all of them in part. */
const LARGE_CONCURRENCY = 2;
const LARGE = 8 * 1024 * 1024;

/** How many of the files that could not be read are named. */
const MAX_UNREAD = 20;

/** Files of one folder, and what their lines are counted in. */
export interface Folder {
  readonly name: string;
  readonly tally: Tally;
}

/** Until when. */
export interface TimeBudget {
  /** Aborts when reading has to end. */
  readonly reading: AbortSignal;
  /** Aborts when counting the files that are left has to end too. */
  readonly listing: AbortSignal;
}

/** How far it has got. */
export interface Reading {
  filesRead: number;
  filesTotal: number;
  /** Unless it ended, there may be more files than `filesTotal`. */
  listing: 'under way' | 'ended' | 'broken off';
  /** Whether the time was up before all were read. */
  timeUp: boolean;
  /** Files that could not be read, and the code of the error. */
  filesUnread: number;
  readonly unread: { readonly key: string; readonly why: string }[];
  /** Why the files could not be listed. */
  listError?: unknown;
}

/** A file that is to be read. */
interface Task {
  readonly key: string;
  readonly size: number;
  readonly index: number;
  readonly tally: Tally;
}

/** Reads the files of the folders until they are read, or the time is up. */
export async function readFiles(s3: S3Client, results: Results, folders: readonly Folder[], time: TimeBudget): Promise<Reading> {
  const reading: Reading = { filesRead: 0, filesTotal: 0, listing: 'under way', timeUp: false, filesUnread: 0, unread: [] };
  const tasks = listTasks(s3, results, folders, time.listing);
  const lanes = Array.from({ length: LARGE_CONCURRENCY }, async () => {});
  const work = async (): Promise<void> => {
    while (!time.reading.aborted) {
      const task = await nextTask(tasks, reading, time);
      if (!task) {
        return;
      }
      const read = async () => readFile(s3, results.bucket, task, reading, time.reading);
      const lane = task.index % LARGE_CONCURRENCY;
      await (task.size < LARGE ? read() : lanes[lane] = lanes[lane].then(read));
    }
  };
  await Promise.all(Array.from({ length: CONCURRENCY }, work));
  while (await nextTask(tasks, reading, time)) {
    reading.timeUp = true;
  }
  return reading;
}

async function* listTasks(s3: S3Client, results: Results, folders: readonly Folder[], abortSignal: AbortSignal): AsyncGenerator<Task> {
  let index = 0;
  for (const { name, tally } of folders) {
    for await (const object of listObjects(s3, results, name, abortSignal)) {
      yield { ...object, index: index++, tally };
    }
  }
}

/** Undefined when there are no more, or none can be listed. */
async function nextTask(tasks: AsyncGenerator<Task>, reading: Reading, { listing }: TimeBudget): Promise<Task | undefined> {
  try {
    const { value, done } = await tasks.next();
    if (!done) {
      reading.filesTotal += 1;
      return value;
    }
    reading.listing = reading.listing === 'under way' ? 'ended' : reading.listing;
  } catch (error) {
    reading.listing = 'broken off';
    if (listing.aborted) {
      reading.timeUp = true;
    } else {
      reading.listError = error;
    }
  }
  return undefined;
}

async function readFile(s3: S3Client, bucket: string, { key, index, tally }: Task, reading: Reading,
  abortSignal: AbortSignal): Promise<void> {
  const file: FileTally = { key, index, wasRead: false, count: 0, first: [] };
  try {
    abortSignal.throwIfAborted();
    const lines = new LineReader(tally, file);
    for await (const piece of readPieces(s3, bucket, key, abortSignal)) {
      lines.push(piece);
      abortSignal.throwIfAborted();
    }
    lines.end();
    file.wasRead = true;
    reading.filesRead += 1;
  } catch (error) {
    noteUnread(reading, key, error, abortSignal);
  }
  tally.addFile(file);
}

function noteUnread(reading: Reading, key: string, error: unknown, { aborted }: AbortSignal): void {
  if (aborted) {
    reading.timeUp = true;
    return;
  }
  reading.filesUnread += 1;
  if (reading.unread.length < MAX_UNREAD) {
    reading.unread.push({ key, why: errorCodeOf(error) });
  }
}
