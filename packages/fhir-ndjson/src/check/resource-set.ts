import { Hash } from './hash';
import { IdTable, type TablePlace } from './id-table';

/** The maximum number of targets whose texts are kept. */
const MAX_TEXTS = 10_000;

/** A resource, and where its type and id are. */
export interface FoundResource {
  readonly type: string;
  readonly id: string;
  /** Bytes that contain the type and the id, each followed by a quotation mark. */
  readonly json: Buffer;
  readonly typeStart: number;
  readonly idStart: number;
}

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
  private readonly hash = new Hash();
  private readonly table = new IdTable();
  /** The texts of the first targets that are not in the data set so far. */
  private readonly texts = new Set<string>();

  /** Adds the resource `Type/id`. Returns the place of an earlier one. */
  public add({ type, id, json, typeStart, idStart }: FoundResource, file: number, line: number): TablePlace | undefined {
    const { earlier, wasTarget } = this.table.define(this.hash.of(json, typeStart, idStart), file, line);
    if (wasTarget) {
      this.texts.delete(`${type}/${id}`);
    }
    return earlier;
  }

  /** Adds the reference that is the content of the JSON string that starts here. Returns false if the content is not of the form `Type/id`. */
  public refer(json: Buffer, start: number, file: number, line: number): boolean {
    const end = this.hash.ofTarget(json, start);
    if (end > 0 && this.table.refer(this.hash, file, line) && this.texts.size < MAX_TEXTS) {
      this.texts.add(json.toString('latin1', start, end));
    }
    return end > 0;
  }

  /** Returns the targets that are missing, with at most `limit` places. */
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
    const texts = new Map([...this.texts].map((text) => {
      this.hash.ofTarget(Buffer.from(`${text}"`), 0);
      const { high, low } = this.hash;
      return [`${high} ${low}`, text];
    }));
    return { count, files, first: first.map(({ hash, place }) => ({ place, target: texts.get(hash) })) };
  }
}

function isBefore(a: TablePlace, b: TablePlace): boolean {
  return a.file < b.file || (a.file === b.file && a.line < b.line);
}
