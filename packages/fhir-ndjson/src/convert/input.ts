import { gunzipSync } from 'node:zlib';
import type { ChangeCode, Log } from './changes';

/** A file to convert. */
export interface InputFile {
  /** The path below the folder, with slashes. */
  readonly name: string;
  /** The length in bytes. */
  readonly size: number;
  /** Reads the file from its start at each call. Each piece is a buffer of its own. */
  read(): Iterable<Buffer>;
}

const MAX_UNPACKED_LENGTH = 1024 ** 3;

/** Returns whether a file of this name can be converted. */
export function isConvertible({ name }: { readonly name: string }): boolean {
  return /\.(json|jsonl|ndjson)(\.gz)?$/i.test(name);
}

/** Yields the content of the file, unpacked if its name ends in .gz. A .gz file is in memory as a whole, because Node.js can't unpack streams synchronously. */
export function* contentOf(file: InputFile, log: Log, maxLength = MAX_UNPACKED_LENGTH): Generator<Buffer> {
  if (!/\.gz$/i.test(file.name)) {
    yield* file.read();
    return;
  }
  const content = unpack(Buffer.concat([...file.read()]), maxLength);
  if (typeof content === 'string') {
    log(content, { file: file.name });
  } else {
    log('gzip', { file: file.name });
    yield content;
  }
}

/** Returns the unpacked bytes, or the reason why they can't be unpacked. */
function unpack(bytes: Buffer, maxLength: number): Buffer | ChangeCode {
  try {
    return gunzipSync(bytes, { maxOutputLength: maxLength });
  } catch (error) {
    const { code = '' } = error as NodeJS.ErrnoException;
    if (code === 'ERR_BUFFER_TOO_LARGE') {
      return 'too-large';
    }
    if (code.startsWith('Z_')) {
      return 'not-gzip';
    }
    throw error;
  }
}
