import type { Log } from './changes';
import { Targets } from './targets';
import { isObject, referenceTo, type Found, type JsonObject } from './unwrap';

export class FilesChangedError extends Error {
  public constructor() {
    super('the files changed while they were converted: convert them again');
  }
}

/** The occurrence of a type and id that is kept. */
interface Kept {
  /** The position in the data set. */
  position: number;
  /** The time of meta.lastUpdated, or -Infinity without one. */
  time: number;
  isRepeated: boolean;
}

/** The index of the resources that a conversion finds. */
export class DataSet {
  private readonly types = new Map<string, Map<string, Kept>>();
  private readonly byUrl = new Targets();
  private readonly byIdentifier = new Targets();
  private length = 0;

  /** Adds the next resource. Of those with the same type and id, the one with the newest meta.lastUpdated is kept, or the last one of equal times. */
  public add(found: Found, log: Log): void {
    const { type, id, value, fullUrl, place } = found;
    const ids = this.types.get(type) ?? new Map<string, Kept>();
    this.types.set(type, ids);
    const time = timeOf(value);
    const kept = ids.get(id);
    if (!kept) {
      ids.set(id, { position: this.length, time, isRepeated: false });
    } else {
      kept.isRepeated = true;
      if (time >= kept.time) {
        kept.position = this.length;
        kept.time = time;
      }
    }
    this.length += 1;
    if (fullUrl !== undefined && !this.byUrl.add(fullUrl, referenceTo(found))) {
      log('ambiguous-url', place, { value: fullUrl });
    }
    for (const identifier of identifiersOf(value)) {
      this.byIdentifier.add(`${type}?identifier=${identifier}`, referenceTo(found));
    }
  }

  /** The number of resources without repeats. */
  public get size(): number {
    return [...this.types.values()].reduce((sum, { size }) => sum + size, 0);
  }

  /** Returns the occurrence of the type and id that is kept. */
  public kept({ type, id }: Found): Readonly<Kept> {
    const kept = this.types.get(type)?.get(id);
    if (!kept) {
      throw new FilesChangedError();
    }
    return kept;
  }

  /** Returns the resource of a fullUrl, as `Type/id`. If no entry has a urn:uuid as its fullUrl, returns the only resource with this UUID as its id. */
  public findUrl(url: string): string | undefined {
    return this.byUrl.get(url) ?? (url.startsWith('urn:uuid:') ? this.findId(url.slice('urn:uuid:'.length)) : undefined);
  }

  /** Returns the only resource that a conditional reference matches, as `Type/id`. */
  public findConditional(reference: string): string | undefined {
    return this.byIdentifier.get(reference) ?? this.byIdentifier.get(decoded(reference));
  }

  private findId(id: string): string | undefined {
    const types = [...this.types].filter(([, ids]) => ids.has(id));
    return types.length === 1 ? referenceTo({ type: types[0][0], id }) : undefined;
  }
}

function timeOf({ meta }: JsonObject): number {
  const time = isObject(meta) && typeof meta.lastUpdated === 'string' ? Date.parse(meta.lastUpdated) : NaN;
  return Number.isNaN(time) ? -Infinity : time;
}

/** Returns the identifiers as `system|value`. */
function identifiersOf({ identifier }: JsonObject): string[] {
  const identifiers: readonly unknown[] = Array.isArray(identifier) ? identifier : [identifier];
  return identifiers.flatMap((each) => isObject(each) && typeof each.system === 'string' && typeof each.value === 'string' ? [`${each.system}|${each.value}`] : []);
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
