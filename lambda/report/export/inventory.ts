import { RESOURCE_TYPES } from '../messages/fhir-r4-names';
import { OTHER } from '../read/tally';
import type { ListedObject } from '../shared/objects';

/**
 * The limits up to which the resources are counted. The report function needs only a small part of its time to read so many bytes, even if S3 is slow.
 * `npm run bench` prints the CPU time and the memory of counting.
 */
export const COUNTED = { bytes: 2_000_000_000, files: 10_000 } as const;

/** Matches the key of an exported file without the prefix of the results: `<Type>/<name>.ndjson`. */
const EXPORTED_FILE = /^([A-Z][A-Za-z]{1,63})\/[^/]+\.ndjson$/;

/** An exported file. */
export interface ExportedFile {
  readonly key: string;
  readonly type: string;
}

/** The exported files of one resource type. */
export interface TypeInventory {
  readonly type: string;
  files: number;
  bytes: number;
}

/** The exported files of a job. The memory that an inventory uses is limited by `COUNTED` and by the number of resource types. */
export class Inventory {
  public files = 0;
  public bytes = 0;
  /** The key of the first file. */
  public firstKey?: string;
  /** The files, or undefined if they are beyond the limits of counting. */
  public toCount: ExportedFile[] | undefined = [];
  private readonly byType = new Map<string, TypeInventory>();

  /** The exported files by type, sorted by type. */
  public get types(): readonly TypeInventory[] {
    return [...this.byType.values()].sort((a, b) => (a.type < b.type ? -1 : 1));
  }

  /** Adds an object if it is an exported file. `name` is its key without the prefix of the results. */
  public add({ key, size }: ListedObject, name: string): void {
    const folder = EXPORTED_FILE.exec(name)?.[1];
    if (folder === undefined) {
      return;
    }
    const type = RESOURCE_TYPES.has(folder) ? folder : OTHER; // a name that FHIR R4 doesn't define may be patient data
    const ofType = this.byType.get(type) ?? { type, files: 0, bytes: 0 };
    this.byType.set(type, ofType);
    for (const sums of [this, ofType]) {
      sums.files += 1;
      sums.bytes += size;
    }
    this.firstKey ??= key;
    this.toCount?.push({ key, type });
    if (this.files > COUNTED.files || this.bytes > COUNTED.bytes) {
      this.toCount = undefined;
    }
  }
}
