/* eslint-disable no-bitwise -- hashes are made of bits */

/** The place of a resource or of a reference: the index of the file, and the number of the line. */
export interface TablePlace {
  readonly file: number;
  readonly line: number;
}

/** The members of an entry: both halves of the hash; the index of the file plus 1, or 0 if the entry is free, with the flag `DEFINED`; the line. */
const MEMBERS = 4;
const FILE = 2;
const LINE = 3;
const DEFINED = 0x8000_0000;
const MAX_LOAD = 0.75;

/**
 * The resources of a data set, and the targets of its references. Keeps 16 bytes for each of them: a hash of 64 bits instead of the id. Two of a hundred million
 * ids have the same hash with a probability of 1 to 4,000, and would then be reported as repeated.
 */
export class IdTable {
  private table: Uint32Array;
  private capacity: number;
  private size = 0;

  public constructor(capacity = 1024) {
    this.capacity = capacity;
    this.table = new Uint32Array(capacity * MEMBERS);
  }

  /** Notes a resource. Returns the place of an earlier resource with this key. */
  public define(key: string, place: TablePlace): TablePlace | undefined {
    const at = this.entryOf(key, place);
    const file = this.table[at + FILE];
    if (file >= DEFINED) {
      return this.placeAt(at);
    }
    this.table[at + FILE] = place.file + 1 + DEFINED;
    this.table[at + LINE] = place.line;
    return undefined;
  }

  /** Notes a reference to a resource that may follow. Returns whether the data set has not had the target so far. */
  public refer(key: string, place: TablePlace): boolean {
    return this.table[this.entryOf(key, place) + FILE] < DEFINED;
  }

  /** Yields the hash of each target that is not in the data set, with the place of the first reference to it. */
  public* missing(): Generator<{ readonly hash: string; readonly place: TablePlace }> {
    for (let at = 0; at < this.table.length; at += MEMBERS) {
      const file = this.table[at + FILE];
      if (file !== 0 && file < DEFINED) {
        yield { hash: `${this.table[at]} ${this.table[at + 1]}`, place: this.placeAt(at) };
      }
    }
  }

  private placeAt(at: number): TablePlace {
    return { file: (this.table[at + FILE] & ~DEFINED) - 1, line: this.table[at + LINE] };
  }

  /** Returns the index of the key's entry. Adds an entry with this place if there is none. */
  private entryOf(key: string, { file, line }: TablePlace): number {
    const [high, low] = hashOf(key);
    const at = find(this.table, this.capacity, high, low);
    if (this.table[at + FILE] !== 0) {
      return at;
    }
    this.table.set([high, low, file + 1, line], at);
    this.size += 1;
    if (this.size <= this.capacity * MAX_LOAD) {
      return at;
    }
    this.grow();
    return find(this.table, this.capacity, high, low);
  }

  private grow(): void {
    const old = this.table;
    this.capacity *= 2;
    this.table = new Uint32Array(this.capacity * MEMBERS);
    for (let at = 0; at < old.length; at += MEMBERS) {
      if (old[at + FILE] !== 0) {
        this.table.set(old.subarray(at, at + MEMBERS), find(this.table, this.capacity, old[at], old[at + 1]));
      }
    }
  }
}

/** Returns the index of the entry with this hash, or of the free entry for it. */
function find(table: Uint32Array, capacity: number, high: number, low: number): number {
  for (let entry = low & (capacity - 1); ; entry = (entry + 1) & (capacity - 1)) {
    const at = entry * MEMBERS;
    if (table[at + FILE] === 0 || (table[at] === high && table[at + 1] === low)) {
      return at;
    }
  }
}

/** Returns a hash of 64 bits in two halves. This is the hash cyrb64; `crypto` would take longer than parsing the resource. */
export function hashOf(text: string): readonly [high: number, low: number] {
  let high = 0xdeadbeef;
  let low = 0x41c6ce57;
  for (let index = 0; index < text.length; index++) {
    const code = text.charCodeAt(index);
    high = Math.imul(high ^ code, 0x9e3779b1);
    low = Math.imul(low ^ code, 0x5f356495);
  }
  high = Math.imul(high ^ (high >>> 16), 0x85ebca6b) ^ Math.imul(low ^ (low >>> 13), 0xc2b2ae35);
  low = Math.imul(low ^ (low >>> 16), 0x85ebca6b) ^ Math.imul(high ^ (high >>> 13), 0xc2b2ae35);
  return [high >>> 0, low >>> 0];
}
