import type { S3Client } from '@aws-sdk/client-s3';
import type { ExportedFile } from './inventory';
import { LineCounter } from './line-counter';
import { errorCodeOf } from '../../aws/errors';
import { inParallel, readObject } from '../shared/read-all';

/** The number of resources of each type, or the reason why the resources could not be counted. */
export type Count = { readonly resources: ReadonlyMap<string, number> } | { readonly problem: string };

/** Counts the resources in exported files. Each line with content is a resource. */
export async function countResources(s3: S3Client, bucket: string, files: readonly ExportedFile[], abortSignal: AbortSignal): Promise<Count> {
  const resources = new Map<string, number>();
  let read = 0;
  let failure: { readonly error: unknown } | undefined;
  await inParallel(files.values(), abortSignal, async ({ key, type }) => {
    if (failure) {
      return; // a count without this file would be wrong
    }
    try {
      const lines = new LineCounter();
      await readObject(s3, bucket, key, lines, abortSignal);
      resources.set(type, (resources.get(type) ?? 0) + lines.count);
      read += 1;
    } catch (error) {
      failure = { error };
    }
  });
  if (read === files.length) {
    return { resources };
  }
  const why = abortSignal.aborted ? `the time was up: ${read} of ${files.length} files read` : `a file could not be read (${errorCodeOf(failure?.error)})`;
  return { problem: `the resources could not be counted: ${why}` };
}
