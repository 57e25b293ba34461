import { paginateListObjectsV2, type S3Client } from '@aws-sdk/client-s3';
import type { ResultsLocation } from '../shared/objects';

/** The folders of the results that the report function reads. The function never reads SUCCESS/. */
export const FAILURES_FOLDER = 'FAILURE/';
export const SEARCH_VALIDATION_FOLDER = 'SUCCESS_WITH_SEARCH_VALIDATION_FAILURES/';

/** The possible names of the manifest. HealthLake writes `Manifest.json`. Its developer guide also mentions `manifest.json`. */
export const MANIFEST_NAMES: readonly string[] = ['Manifest.json', 'manifest.json'];

export const REPORT_NAME = 'report.json';

/**
 * Lists the names of the objects and folders directly in the results folder. Names of folders end in `/`. GetObject can't tell whether an object is missing: if
 * the role may not list the bucket, S3 returns "access denied" for a missing object.
 */
export async function listNames(s3: S3Client, { bucket, prefix }: ResultsLocation, abortSignal: AbortSignal): Promise<Set<string>> {
  const names = new Set<string>();
  const input = { Bucket: bucket, Prefix: prefix, Delimiter: '/' };
  for await (const { Contents = [], CommonPrefixes = [] } of paginateListObjectsV2({ client: s3 }, input, { abortSignal })) {
    for (const key of [...Contents.map(({ Key }) => Key), ...CommonPrefixes.map(({ Prefix }) => Prefix)]) {
      names.add(key!.slice(prefix.length));
    }
  }
  return names;
}
