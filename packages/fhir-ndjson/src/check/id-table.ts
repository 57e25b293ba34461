/* eslint-disable no-bitwise -- the table uses bits of the hash as an index */

import type { Hash } from './hash';

/** The place of a resource or of a reference: the index of the file, and the number of the line. */
export interface TablePlace {
  readonly file: number;
  readonly line: number;
}

/**
 * The number of members of an entry: both halves of the hash, the file and the line. The file is its index plus 1, or 0 if the entry is free. It is negative
 * for a resource, and positive for the target of a reference that is not in the data set so far.
 */
const MEMBERS = 4;
const FILE = 2;
const LINE = 3;
const MAX_LOAD = 0.75;
const RECENT = 16384;

/**
 * The resources of a data set, and the targets of its references. An entry has 16 bytes, because it has a hash of 64 bits instead of the id. Among a hundred
 * million ids, two have the same hash with a probability of 1 in 3,700. Then the second id is wrongly reported as repeated.
 */
export class IdTable {
  private capacity = 1024;
  private table = new Int32Array(this.capacity * MEMBERS);
  private size = 0;
  /** The hashes of recent targets. Most references repeat one of them, and this small table stays in the processor's cache. */
  private readonly recent = new Int32Array(RECENT * 2);

  /** Adds a resource. Returns the place of an earlier one, and whether only references had this hash before. */
  public define(hash: Hash, file: number, line: number): { readonly earlier?: TablePlace; readonly wasTarget: boolean } {
    const { size } = this;
    const at = this.entryOf(hash, file, line);
    if (this.table[at + FILE] < 0) {
      return { earlier: this.placeAt(at), wasTarget: false };
    }
    this.table[at + FILE] = -1 - file;
    this.table[at + LINE] = line;
    return { wasTarget: this.size === size };
  }

  /** Adds the target of a reference, which may follow as a resource. Returns whether neither a resource nor a reference had this hash before. */
  public refer(hash: Hash, file: number, line: number): boolean {
    const { high, low } = hash;
    const at = (low & (RECENT - 1)) * 2;
    if (this.recent[at] === high && this.recent[at + 1] === low) {
      return false;
    }
    this.recent[at] = high;
    this.recent[at + 1] = low;
    const { size } = this;
    this.entryOf(hash, file, line);
    return this.size > size;
  }

  /** Yields the hash of each target that is not in the data set, with the place of the first reference to it. */
  public* missing(): Generator<{ readonly hash: string; readonly place: TablePlace }> {
    for (let at = 0; at < this.table.length; at += MEMBERS) {
      if (this.table[at + FILE] > 0) {
        yield { hash: `${this.table[at]} ${this.table[at + 1]}`, place: this.placeAt(at) };
      }
    }
  }

  private placeAt(at: number): TablePlace {
    return { file: Math.abs(this.table[at + FILE]) - 1, line: this.table[at + LINE] };
  }

  /** Returns the index of the entry with this hash. Adds an entry for a reference if there is none. */
  private entryOf({ high, low }: Hash, file: number, line: number): number {
    const at = find(this.table, this.capacity, high, low);
    if (this.table[at + FILE] !== 0) {
      return at;
    }
    this.table[at] = high;
    this.table[at + 1] = low;
    this.table[at + FILE] = file + 1;
    this.table[at + LINE] = line;
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
    this.table = new Int32Array(this.capacity * MEMBERS);
    for (let at = 0; at < old.length; at += MEMBERS) {
      if (old[at + FILE] !== 0) {
        const to = find(this.table, this.capacity, old[at], old[at + 1]);
        for (let member = 0; member < MEMBERS; member++) {
          this.table[to + member] = old[at + member];
        }
      }
    }
  }
}

/** Returns the index of the entry with this hash, or of the free entry for it. */
function find(table: Int32Array, capacity: number, high: number, low: number): number {
  for (let entry = low & (capacity - 1); ; entry = (entry + 1) & (capacity - 1)) {
    const at = entry * MEMBERS;
    if (table[at + FILE] === 0 || (table[at] === high && table[at + 1] === low)) {
      return at;
    }
  }
}
