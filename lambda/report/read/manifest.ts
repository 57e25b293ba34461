import { parseObject } from './result-line';
import type { ManifestCounts } from '../types';

/** The counts of a manifest, or the reason why they are not known. */
export type ManifestReading = { readonly counts: ManifestCounts } | { readonly problem: string };

/** The names of the counts in the JSON of a manifest. */
const MEMBERS: Record<keyof ManifestCounts, string> = {
  filesScanned: 'numberOfScannedFiles',
  filesImported: 'numberOfFilesImported',
  filesWithCustomerError: 'numberOfFilesReadWithCustomerError',
  filesWithServerError: 'numberOfFilesReadWithServerError',
  resourcesScanned: 'numberOfResourcesScanned',
  resourcesImported: 'numberOfResourcesImportedSuccessfully',
  resourcesWithCustomerError: 'numberOfResourcesWithCustomerError',
  resourcesWithServerError: 'numberOfResourcesWithServerError',
};

/**
 * Parses the manifest that HealthLake writes beside the results. A missing or invalid count stays undefined.
 *
 * @see https://docs.aws.amazon.com/healthlake/latest/devguide/importing-fhir-data.html
 */
export function readManifest(text: string): ManifestReading {
  const manifest = parseObject(text);
  if (!manifest) {
    return { problem: 'the manifest is not a JSON object' };
  }
  const counts = Object.entries(MEMBERS).map(([name, member]) => [name, manifest[member]]).filter(([, value]) => isCount(value));
  return counts.length > 0 ? { counts: Object.fromEntries(counts) } : { problem: 'the manifest has no counts' };
}

export function isCount(value: unknown): boolean {
  return Number.isInteger(value) && Number(value) >= 0;
}
