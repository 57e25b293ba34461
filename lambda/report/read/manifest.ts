import { parseJson } from './json';
import type { ManifestCounts } from '../types';

/** A manifest's counts, or why it has none. */
export type ManifestReading = { readonly counts: ManifestCounts } | { readonly problem: string };

/** Names are matched exactly: those of files and those of resources are similar, and folders have names that begin alike. */
const NAMES: Record<keyof ManifestCounts, string> = {
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
 * Reads what HealthLake writes beside the results. A count that is missing, or that is none, stays undefined.
 *
 * @see https://docs.aws.amazon.com/healthlake/latest/devguide/importing-fhir-data.html
 */
export function readManifest(text: string): ManifestReading {
  const manifest = parseJson(text);
  if (manifest === undefined) {
    return { problem: 'the manifest is not JSON' };
  }
  if (typeof manifest !== 'object' || manifest === null || Array.isArray(manifest)) {
    return { problem: 'the manifest is not a JSON object' };
  }
  const members = new Map(Object.entries(manifest));
  const counts = Object.entries(NAMES).map(([count, name]) => [count, countOf(members.get(name))]).filter(([, count]) => count !== undefined);
  return counts.length > 0 ? { counts: Object.fromEntries(counts) } : { problem: 'the manifest has no counts' };
}

function countOf(value: unknown): number | undefined {
  return typeof value === 'number' && Number.isInteger(value) && value >= 0 ? value : undefined;
}
