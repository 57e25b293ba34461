import { copyOf } from './findings';
import { hashOf, IdTable, type TablePlace } from './id-table';

/** The number of targets not found so far whose texts are kept. */
const MAX_TEXTS = 10_000;

/** The targets of references that are not in the data set. */
export interface MissingTargets {
  readonly count: number;
  /** The indexes of the files with the first references to them. */
  readonly files: ReadonlySet<number>;
  /** The first places, with the target if its text was kept. */
  readonly first: readonly { readonly place: TablePlace; readonly target?: string }[];
}

/** The resources of a data set by type and id, and the references to them. */
export class ResourceSet {
  private readonly table = new IdTable();
  /** The texts of the earliest targets that the data set doesn't have so far. */
  private readonly texts = new Set<string>();

  /** Adds the resource `Type/id`. Returns the place of an earlier one. */
  public add(key: string, place: TablePlace): TablePlace | undefined {
    this.texts.delete(key);
    return this.table.define(key, place);
  }

  /** Notes a reference to the resource `Type/id`, which may follow. */
  public refer(key: string, place: TablePlace): void {
    if (this.table.refer(key, place) && this.texts.size < MAX_TEXTS) {
      this.texts.add(copyOf(key));
    }
  }

  public missing(limit: number): MissingTargets {
    const files = new Set<number>();
    let count = 0;
    let first: { hash: string; place: TablePlace }[] = [];
    for (const target of this.table.missing()) {
      count += 1;
      files.add(target.place.file);
      if (first.length < limit || isBefore(target.place, first[limit - 1].place)) {
        first = [...first, target].sort((a, b) => isBefore(a.place, b.place) ? -1 : 1).slice(0, limit);
      }
    }
    const texts = new Map([...this.texts].map((text) => [hashOf(text).join(' '), text]));
    return { count, files, first: first.map(({ hash, place }) => ({ place, target: texts.get(hash) })) };
  }
}

function isBefore(a: TablePlace, b: TablePlace): boolean {
  return a.file < b.file || (a.file === b.file && a.line < b.line);
}
