import { createHash, type Hash } from 'node:crypto';
import { closeSync, mkdirSync, openSync, writeSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** Receives the files that are uploaded, one after the other. */
export interface Receiver {
  file(name: string): FileReceiver;
}

export interface FileReceiver {
  push(piece: Buffer): void;
  end(): void;
}

/** Returns a receiver that hands everything to two receivers. */
export function both(one: Receiver, other: Receiver): Receiver {
  return {
    file: (name) => {
      const files = [one.file(name), other.file(name)];
      return {
        push: (piece) => files.forEach((file) => file.push(piece)),
        end: () => files.forEach((file) => file.end()),
      };
    },
  };
}

/** The length of a content hash in hexadecimal digits. */
const HASH_LENGTH = 20;

/** Hashes the names and contents of files. The order in which the files arrive doesn't matter. */
export class ContentHash implements Receiver {
  private bytes = 0;
  private readonly hashes = new Map<string, Hash>();

  public file(name: string): FileReceiver {
    const hash = createHash('sha256');
    this.hashes.set(name, hash);
    return {
      push: (piece) => {
        hash.update(piece);
        this.bytes += piece.length;
      },
      end: () => {},
    };
  }

  public summary(): { readonly hash: string; readonly files: number; readonly bytes: number } {
    const all = createHash('sha256');
    for (const name of [...this.hashes.keys()].sort()) { // sorts by code units, as on every machine
      all.update(`${this.hashes.get(name)!.copy().digest('hex')} ${name}\n`);
    }
    return { hash: all.digest('hex').slice(0, HASH_LENGTH), files: this.hashes.size, bytes: this.bytes };
  }
}

/** Writes files into a folder. */
export class FolderWriter implements Receiver {
  public constructor(private readonly folder: string) {}

  public file(name: string): FileReceiver {
    const path = join(this.folder, name);
    mkdirSync(dirname(path), { recursive: true });
    const file = openSync(path, 'wx'); // fails if the file system takes two names for one, for example a.ndjson and A.ndjson
    return {
      push: (piece) => {
        for (let written = 0; written < piece.length;) {
          written += writeSync(file, piece, written);
        }
      },
      end: () => closeSync(file),
    };
  }
}
