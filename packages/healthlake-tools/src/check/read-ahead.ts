import { buffer } from 'node:stream/consumers';
import type { SourceFile } from './source-file';
import { isImported } from '../../../fhir-ndjson/src/check/data-set-check';

/** The largest object that is read ahead, in bytes. */
const MAX_BYTES = 256 * 1024;

/** The number of objects that may be read at the same time. */
const MAX_OBJECTS = 16;

/** Returns objects that also begin to read the small objects after them. S3 takes longer to answer a request than to send a small object. */
export function readingAhead(objects: readonly SourceFile[]): SourceFile[] {
  const begun = new Map<SourceFile, Promise<Buffer>>();
  return objects.map((object, n) => ({
    ...object,
    read: async function* () {
      for (const next of objects.slice(n, n + MAX_OBJECTS)) {
        if (next.size <= MAX_BYTES && isImported(next.name) && !begun.has(next)) {
          const content = buffer(next.read());
          content.catch(() => undefined); // the read of this object throws the error
          begun.set(next, content);
        }
      }
      const content = begun.get(object);
      begun.delete(object);
      yield* content ? [await content] : object.read();
    },
  }));
}
