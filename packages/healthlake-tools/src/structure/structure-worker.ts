import { parentPort } from 'node:worker_threads';
import { BatchCheck } from './batch-check';
import type { BatchLine } from './findings';

// A worker thread that checks the batches of lines which the main thread posts, and posts their problems.
const check = new BatchCheck();
parentPort?.on('message', (lines: readonly BatchLine[]) => parentPort?.postMessage(check.check(lines)));
