/** What there is to import, as a listing shows it: counts and sizes, no keys. */
export interface InputObjects {
  /** Objects that end in `.ndjson`, in lower case. */
  readonly files: number;
  /** Those of them that have no content. */
  readonly emptyFiles: number;
  /** The files that have content but can't be read until they are restored from the archive. */
  readonly archivedFiles: number;
  /** In bytes. */
  readonly largestFile: number;
  /** Of all files, in bytes. */
  readonly totalSize: number;
  /** Objects of other kinds: how many of which. Markers are not among them. */
  readonly others: Readonly<Record<string, number>>;
  /** Whether all objects were listed; if not, there are more. */
  readonly complete: boolean;
  /** Why not all were listed, unless they were just too many. */
  readonly error?: unknown;
}

/** Endings that may be named. Any other may be part of somebody's name. */
const EXTENSION = /\.(json|jsonl|gz|zip|bz2|zst|tar|tgz|csv|tsv|txt|xml|parquet|avro|orc)$/i;

/** Kinds of objects that were probably meant to be imported. */
const OTHER_CASE = '.ndjson in another case';
const SUFFIXED = '.ndjson with a suffix';

/** Objects whose ending may not be named, or that have none. */
const OTHER = 'other';

/** What the console and other programs leave behind for folders (`x/`, `x_$folder$`) and for their own ends (`_SUCCESS`, `.done`). */
const MARKER = /(\/|_\$folder\$|(^|\/)[_.][^/]*)$/;

/** Counts the objects of a listing. */
export class InputTally {
  private files = 0;
  private emptyFiles = 0;
  private archivedFiles = 0;
  private largestFile = 0;
  private totalSize = 0;
  private readonly others = new Map<string, number>();

  public add(key: string, size: number, isArchived = false): void {
    if (key.endsWith('.ndjson')) {
      this.files += 1;
      this.emptyFiles += size === 0 ? 1 : 0;
      this.archivedFiles += isArchived && size > 0 ? 1 : 0;
      this.largestFile = Math.max(this.largestFile, size);
      this.totalSize += size;
    } else if (size > 0 || !MARKER.test(key)) {
      const kind = kindOf(key);
      this.others.set(kind, (this.others.get(kind) ?? 0) + 1);
    }
  }

  public result(end: Pick<InputObjects, 'complete' | 'error'>): InputObjects {
    const { files, emptyFiles, archivedFiles, largestFile, totalSize, others } = this;
    return { files, emptyFiles, archivedFiles, largestFile, totalSize, others: Object.fromEntries(others), ...end };
  }
}

/** Whether the listing shows that no object can be imported. */
export function isWithoutContent({ files, emptyFiles, complete }: InputObjects): boolean {
  return complete && files === emptyFiles;
}

/** Counts by kind, the most frequent first: `3 .json, 1 other`. */
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
