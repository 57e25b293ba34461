import type { SourceFile } from './list';
import type { Receiver } from './receivers';

/** A folder with NDJSON files, or with files of Bundles that are converted to NDJSON. */
export interface Folder {
  readonly path: string;
  readonly content: 'ndjson' | 'bundles';
}

export interface PreparedFolder {
  /** The hash of the names and contents of the files that are uploaded. */
  readonly hash: string;
  readonly files: number;
  readonly bytes: number;
  readonly problems: readonly FolderProblem[];
}

/** A problem of the files, without ids and values. */
export interface FolderProblem {
  readonly code: string;
  readonly severity: 'error' | 'warning' | 'info';
  /** The problem, as part of a sentence. */
  readonly text: string;
  /** The way to mend the problem, as part of a sentence. */
  readonly remedy: string;
  readonly count: number;
  /** The first files, with their lines. Empty if the problem is not in a file. */
  readonly places: readonly string[];
}

/** A kind of files that a folder can have. */
export interface ContentKind {
  /** Checks the files, and hashes the files that are uploaded. */
  prepare(files: readonly SourceFile[]): PreparedFolder;
  /** Sends the files that are uploaded to a receiver. */
  send(files: readonly SourceFile[], receiver: Receiver): void;
}
