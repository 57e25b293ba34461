/**
 * The part of packages/fhir-ndjson that reads folders at synthesis. The library has no dependencies, so it has this package as a bundle in `assets/`. A test
 * proves that these types fit the package.
 */
export interface FhirNdjson {
  prepareFolder(folder: Folder, cacheFolder?: string): PreparedFolder;
  writeFolder(folder: Folder, hash: string, target: string): void;
}

/** A folder with NDJSON files, or with files of Bundles that are converted to NDJSON. */
export interface Folder {
  readonly path: string;
  readonly content: 'ndjson' | 'bundles';
}

export interface PreparedFolder {
  /** The hash of the names and contents of the files that are uploaded. */
  readonly hash: string;
  readonly files: number;
  readonly bytes: number;
  readonly problems: readonly FolderProblem[];
}

/** A problem of the files, without ids and values. */
export interface FolderProblem {
  readonly code: string;
  readonly severity: 'error' | 'warning' | 'info';
  readonly text: string;
  readonly remedy: string;
  readonly count: number;
  /** The first files, with their lines. */
  readonly places: readonly string[];
}

/** Loads the bundle on first use, because most apps don't need it. */
export function fhirNdjson(): FhirNdjson {
  // The bundle is not part of src/, and has no declaration file.
  // eslint-disable-next-line @typescript-eslint/no-require-imports
  return require('../../../assets/fhir-ndjson/index.js') as FhirNdjson;
}
