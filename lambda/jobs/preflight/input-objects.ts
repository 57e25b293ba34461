/** The counts and sizes of the input objects that were listed, without the object keys. */
export interface InputObjects {
  /** The number of objects whose keys end in lower-case `.ndjson`. */
  readonly files: number;
  /** The number of `files` without content. */
  readonly emptyFiles: number;
  /** The number of `files` that have content and can't be read until they are restored from the archive. */
  readonly archivedFiles: number;
  /** The number of `files` that have content and were modified after a given time. 0 if no time is given. */
  readonly newerFiles: number;
  /** The size of the largest file, in bytes. */
  readonly largestFile: number;
  /** The size of all files, in bytes. */
  readonly totalSize: number;
  /** The number of objects whose keys don't end in `.ndjson`, by kind. Marker objects are not counted. */
  readonly others: Readonly<Record<string, number>>;
  /** Whether all objects were listed. */
  readonly complete: boolean;
  /** The error that ended the listing. Undefined if the listing was complete, or ended because there were too many objects. */
  readonly error?: unknown;
}

/** Matches the file name extensions that may be shown. Any other ending of a key may be part of a patient's name. */
const EXTENSION = /\.(json|jsonl|gz|zip|bz2|zst|tar|tgz|csv|tsv|txt|xml|parquet|avro|orc)$/i;

/** The kind of an object whose extension `.ndjson` has upper-case letters. The user probably meant to import it. */
const OTHER_CASE = '.ndjson in another case';
/** The kind of an object whose key has a suffix after `.ndjson`. The user probably meant to import it. */
const SUFFIXED = '.ndjson with a suffix';

/** The kind of an object whose key has no file name extension, or an extension that may not be shown. */
const OTHER = 'other';

/** Matches the keys of marker objects, which stand for folders (`x/`, `x_$folder$`) or are written by programs (`_SUCCESS`, `.done`). */
const MARKER = /(\/|_\$folder\$|(^|\/)[_.][^/]*)$/;

/** The state of an object. */
interface ObjectState {
  /** Whether the object can't be read until it is restored from the archive. */
  readonly isArchived?: boolean;
  /** The time of the last modification, in milliseconds since the epoch. */
  readonly modifiedAt?: number;
}

/** Counts the objects of a listing. */
export class InputTally {
  private files = 0;
  private emptyFiles = 0;
  private archivedFiles = 0;
  private newerFiles = 0;
  private largestFile = 0;
  private totalSize = 0;
  private readonly others = new Map<string, number>();

  /** @param since the time after which a modified file counts as newer, in milliseconds since the epoch. */
  public constructor(private readonly since = Infinity) {}

  public add(key: string, size: number, { isArchived = false, modifiedAt = 0 }: ObjectState = {}): void {
    if (key.endsWith('.ndjson')) {
      this.files += 1;
      this.emptyFiles += size === 0 ? 1 : 0;
      this.archivedFiles += isArchived && size > 0 ? 1 : 0;
      this.newerFiles += modifiedAt > this.since && size > 0 ? 1 : 0;
      this.largestFile = Math.max(this.largestFile, size);
      this.totalSize += size;
    } else if (size > 0 || !MARKER.test(key)) {
      const kind = kindOf(key);
      this.others.set(kind, (this.others.get(kind) ?? 0) + 1);
    }
  }

  public result(end: Pick<InputObjects, 'complete' | 'error'>): InputObjects {
    const { files, emptyFiles, archivedFiles, newerFiles, largestFile, totalSize, others } = this;
    return { files, emptyFiles, archivedFiles, newerFiles, largestFile, totalSize, others: Object.fromEntries(others), ...end };
  }
}

/** Returns whether the input is known to have no `.ndjson` object with content. */
export function isWithoutContent({ files, emptyFiles, complete }: InputObjects): boolean {
  return complete && files === emptyFiles;
}

/** Formats counts by kind, the largest first: `3 .json, 1 other`. */
export function listKinds(kinds: InputObjects['others']): string {
  return Object.keys(kinds).sort((a, b) => kinds[b] - kinds[a]).map((kind) => `${kinds[kind]} ${kind}`).join(', ');
}

function kindOf(key: string): string {
  const extension = EXTENSION.exec(key)?.[0].toLowerCase();
  if (extension !== undefined) {
    return extension;
  }
  if (/\.ndjson$/i.test(key)) {
    return OTHER_CASE;
  }
  return /\.ndjson[^/]+$/i.test(key) ? SUFFIXED : OTHER;
}
