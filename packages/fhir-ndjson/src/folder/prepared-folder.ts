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
  /** The problem and the way to mend it, as parts of a sentence. */
  readonly text: string;
  readonly remedy: string;
  readonly count: number;
  /** The first files, with their lines. Empty if the problem is not in a file. */
  readonly places: readonly string[];
}

/** A kind of files that a folder can have. */
export interface ContentKind {
  /** Checks the files, and hashes what is uploaded. */
  prepare(files: readonly SourceFile[]): PreparedFolder;
  /** Sends what is uploaded. */
  send(files: readonly SourceFile[], receiver: Receiver): void;
}
