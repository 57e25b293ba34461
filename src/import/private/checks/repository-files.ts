import { isAbsolute, relative } from 'node:path';
import { Annotations, Size, SizeRoundingBehavior, Token } from 'aws-cdk-lib';
import type { IConstruct } from 'constructs';
import type { FolderProblem, PreparedFolder } from '../fhir-ndjson';

/**
 * The default memory of the upload's function, in MiB. The handler of aws-cdk-lib and the AWS CLI that it runs need 150 MiB for files of 100 MB, so the
 * default of aws-cdk-lib, 128 MiB, is too small.
 */
export const DEFAULT_MEMORY_LIMIT = 512;

const MIN_MEMORY_LIMIT = 256;

/** The sizes of the disk of a function: https://docs.aws.amazon.com/lambda/latest/api/API_EphemeralStorage.html */
const DEFAULT_DISK = Size.mebibytes(512);
const MAX_DISK = Size.gibibytes(10);

/**
 * The number of files that the upload's function can write in its 15 minutes. Without TLS, a file takes 3 ms of CPU time. The smallest memory comes with a
 * seventh of a CPU, so 10,000 files take 4 minutes. The rest of the time is a reserve for TLS.
 */
const MAX_FILES = 10_000;

/** The bytes that a file takes on the disk in addition to its content: its headers in the zip file, and the unused rest of its last block. */
const OVERHEAD = 8192;

/** Options of the upload that its checks read. */
interface UploadOptions {
  readonly dataIsSynthetic: boolean;
  readonly memoryLimit?: number;
  readonly ephemeralStorageSize?: Size;
}

/** Throws if an option of a source from the repository is not valid. */
export function validateRepositoryOptions(factory: string, { dataIsSynthetic, memoryLimit, ephemeralStorageSize }: UploadOptions): void {
  if (dataIsSynthetic !== true) {
    throw new Error(`${factory} needs dataIsSynthetic: true, got ${dataIsSynthetic}; patient data must not get into a repository, a cloud assembly or a CI cache, `
      + 'so upload it to a bucket and use FhirSource.bucket()');
  }
  if (memoryLimit !== undefined && (Token.isUnresolved(memoryLimit) || memoryLimit < MIN_MEMORY_LIMIT)) {
    throw new Error(`memoryLimit must be a number of at least ${MIN_MEMORY_LIMIT} MiB, got ${Token.isUnresolved(memoryLimit) ? 'a token' : memoryLimit}; `
      + 'the upload fails with less');
  }
  if (ephemeralStorageSize?.isUnresolved()) {
    throw new Error('ephemeralStorageSize must be known at synthesis, got a token; give a literal size');
  }
}

/**
 * Adds an annotation for each problem of the files. Returns whether the files can be uploaded.
 *
 * @param what the name of the source in the annotations.
 */
export function checkFiles(scope: IConstruct, what: string, prepared: PreparedFolder, ephemeralStorageSize: Size = DEFAULT_DISK): boolean {
  const annotations = Annotations.of(scope);
  for (const problem of prepared.problems) {
    const message = `${what}: ${describe(problem)}`;
    const id = `cdk-healthlake-import:${problem.code}`;
    switch (problem.severity) {
      case 'error':
        annotations.addError(message);
        break;
      case 'warning':
        annotations.addWarningV2(id, message);
        break;
      case 'info':
        annotations.addInfoV2(id, message);
        break;
    }
  }
  const excess = tooLarge(prepared, ephemeralStorageSize);
  if (excess !== undefined) {
    annotations.addError(`${what}: ${excess}`);
  }
  return excess === undefined && prepared.problems.every(({ severity }) => severity !== 'error');
}

/** Returns whether a folder contains another one. */
export function contains(folder: string, other: string): boolean {
  const path = relative(folder, other);
  return !path.startsWith('..') && !isAbsolute(path);
}

function describe({ text, remedy, count, places }: FolderProblem): string {
  const where = places.length > 0 ? `, at ${places.join(', ')}` : '';
  const all = count > 1 ? ` (${count} in all)` : '';
  return `${text}${where}${all}; ${remedy}`;
}

/** The upload's function has the files twice on its disk: in a zip file and unpacked. A zip file is hardly larger than the files in it. */
function tooLarge({ bytes, files }: PreparedFolder, disk: Size): string | undefined {
  const needed = Math.ceil((2 * bytes + files * OVERHEAD) / 1024 ** 2);
  if (files > MAX_FILES) {
    return `the upload takes up to ${MAX_FILES} files, got ${files}; join files, or upload them to a bucket and use FhirSource.bucket()`;
  }
  if (needed > MAX_DISK.toMebibytes()) {
    return `the upload takes files of up to ${MAX_DISK.toMebibytes() / 2} MiB, got ${Math.ceil(bytes / 1024 ** 2)} MiB; upload the files to a bucket and use FhirSource.bucket()`;
  }
  if (needed > disk.toMebibytes({ rounding: SizeRoundingBehavior.FLOOR })) {
    return `the upload needs twice the size of its files on its disk, which is ${needed} MiB, got ${disk.toMebibytes()} MiB; `
      + `set ephemeralStorageSize to Size.mebibytes(${needed}) or more, or use FhirSource.bucket()`;
  }
  return undefined;
}
