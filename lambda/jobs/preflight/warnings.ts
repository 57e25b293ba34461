import { type InputObjects, isWithoutContent, listKinds } from './input-objects';
import { type BucketFindings, regionInError } from './inspect';
import type { PreflightRequest } from './request';
import type { ContractQuotas } from '../../../src/contract';
import { errorCodeOf, type Fact } from '../../aws/errors';

/** A warning for the log. It has a fixed text, and counts, sizes or an error code. It has no object keys and no AWS messages. */
export interface PreflightWarning {
  readonly warning: string;
  readonly [field: string]: string | number;
}

const GB = 1e9;

/** Returns warnings about bucket contents and settings that may be mistakes, and about checks that could not be made. */
export function warningsOf({ input, output }: BucketFindings, request: PreflightRequest): PreflightWarning[] {
  const unchecked = (what: string, fact: Fact<unknown>): PreflightWarning[] =>
    ('error' in fact && !isProblem(fact.error, request.Region) ? [{ warning: `could not check ${what}`, code: errorCodeOf(fact.error) }] : []);
  return [
    ...(input ? [...unchecked('the Region of the input bucket', input.region), ...unchecked('the input', input.objects)] : []),
    ...unchecked('the Region of the output bucket', output.region),
    ...unchecked('the encryption of the output bucket', output.encryption),
    ...unchecked('the public access block of the output bucket', output.publicAccessBlock),
    ...(input && request.input && 'value' in input.objects
      ? [...contentWarnings(input.objects.value), ...quotaWarnings(input.objects.value, request.input.Quotas)] : []),
    ...('value' in output.publicAccessBlock && !output.publicAccessBlock.value ? [PUBLIC_ACCESS] : []),
  ];
}

const PUBLIC_ACCESS: PreflightWarning = {
  warning: 'the output bucket does not have all options of its own Block Public Access on; HealthLake may not accept those of the account instead',
};

/**
 * Returns whether an error shows that the bucket doesn't exist or is in another Region. In that case `judgeBuckets()` returns a problem, and a warning is not
 * needed.
 */
function isProblem(error: unknown, wantedRegion: string): boolean {
  return errorCodeOf(error) === 'NoSuchBucket' || (regionInError(error) ?? wantedRegion) !== wantedRegion;
}

/** Returns warnings about the input objects. Returns none for an input without content, because `judgeBuckets()` returns a problem for it. */
function contentWarnings(objects: InputObjects): PreflightWarning[] {
  if (isWithoutContent(objects)) {
    return [];
  }
  const { files, emptyFiles, others, complete, error } = objects;
  const skipped = Object.values(others).reduce((sum, count) => sum + count, 0);
  return [
    ...(complete ? [] : [{ warning: 'not all objects of the input were listed', listed: files + skipped, ...(error !== undefined && { code: errorCodeOf(error) }) }]),
    ...(emptyFiles > 0 ? [{ warning: 'files of the input are empty', emptyFiles, files }] : []),
    ...(skipped > 0 ? [{ warning: 'objects of the input do not end in .ndjson, in lower case, and are probably skipped', skipped, kinds: listKinds(others), files }] : []),
  ];
}

function quotaWarnings({ files, largestFile, totalSize }: InputObjects, quotas: ContractQuotas): PreflightWarning[] {
  const [maxFiles, maxFileSizeInGB, maxTotalSizeInGB] = [quotas.MaxFiles, quotas.MaxFileSizeInGB, quotas.MaxTotalSizeInGB].map(Number);
  return [
    ...(files > maxFiles ? [{ warning: 'the input has more files than the quota of a job', files, maxFiles }] : []),
    ...(largestFile > maxFileSizeInGB * GB
      ? [{ warning: 'a file of the input is larger than the quota', largestFileInGB: inGB(largestFile), maxFileSizeInGB }] : []),
    ...(totalSize > maxTotalSizeInGB * GB
      ? [{ warning: 'the input is larger than the quota of a job', totalSizeInGB: inGB(totalSize), maxTotalSizeInGB }] : []),
  ];
}

/** Converts bytes to gigabytes, rounded to the megabyte. */
function inGB(bytes: number): number {
  return Math.round(bytes / 1e6) / 1e3;
}
