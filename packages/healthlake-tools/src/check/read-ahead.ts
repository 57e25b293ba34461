import { buffer } from 'node:stream/consumers';
import type { SourceFile } from './source-file';
import { isImported } from '../../../fhir-ndjson/src/check/data-set-check';

/** The largest object that is read ahead, in bytes. */
const MAX_BYTES = 256 * 1024;

/** The number of objects that may be read at the same time. */
const MAX_OBJECTS = 16;

/**
 * Returns the objects in the same order. A read of one object also starts the reads of the small objects that follow, because S3 takes longer to answer a
 * request than to send a small object.
 */
export function readingAhead(objects: readonly SourceFile[]): SourceFile[] {
  const started = new Map<SourceFile, Promise<Buffer>>();
  return objects.map((object, n) => ({
    ...object,
    read: async function* () {
      for (const next of objects.slice(n, n + MAX_OBJECTS)) {
        if (next.size <= MAX_BYTES && isImported(next.name) && !started.has(next)) {
          const content = buffer(next.read());
          content.catch(() => undefined); // the read of this object throws the error
          started.set(next, content);
        }
      }
      const content = started.get(object);
      started.delete(object);
      yield* content ? [await content] : object.read();
    },
  }));
}
