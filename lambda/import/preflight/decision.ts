import { type InputObjects, isWithoutContent, listKinds } from './input-objects';
import type { BucketFindings, DefaultEncryption } from './inspect';
import { isOtherKey } from './kms-key';
import { locationOf, type PreflightRequest } from './request';
import { type PreflightWarning, warningsOf } from './warnings';
import type { Fact } from '../../aws/fact';

/** What the buckets say of an import that is about to be started. */
export interface Judgement {
  /** Why it can't succeed and what to do about it, in one sentence; undefined if nothing is known to be against it. */
  readonly problem?: string;
  readonly warnings: readonly PreflightWarning[];
}

/** Judges. Only what S3 has said is a problem: what can't be asked is not known, and HealthLake has the last word. */
export function judgeBuckets(findings: BucketFindings, request: PreflightRequest): Judgement {
  const { input, output } = findings;
  const inputBucket = `the input bucket "${locationOf(request.InputS3Uri).bucket}"`;
  const outputBucket = `the output bucket "${locationOf(request.OutputS3Uri).bucket}"`;
  const problem = absence(inputBucket, Object.values(input))
    ?? absence(outputBucket, Object.values(output))
    ?? elsewhere(inputBucket, input.region, request.Region, 'copy the data to a bucket there')
    ?? elsewhere(outputBucket, output.region, request.Region, 'name an output bucket there')
    ?? nothingToImport(input.objects, request.InputS3Uri)
    ?? archived(input.objects, request.InputS3Uri)
    ?? unfitEncryption(outputBucket, output.encryption, request.OutputKmsKeyId);
  return { problem, warnings: warningsOf(findings, request) };
}

function absence(bucket: string, facts: readonly Fact<unknown>[]): string | undefined {
  const isAbsent = facts.some((fact) => 'error' in fact && fact.error instanceof Error && fact.error.name === 'NoSuchBucket');
  return isAbsent ? `${bucket} does not exist; correct its name, or create it before the import` : undefined;
}

function elsewhere(bucket: string, region: Fact<string>, wanted: string, fix: string): string | undefined {
  return 'value' in region && region.value !== wanted
    ? `${bucket} is in ${region.value} and the data store in ${wanted}, and HealthLake takes buckets of its own Region only; ${fix}`
    : undefined;
}

function nothingToImport(objects: Fact<InputObjects>, inputS3Uri: string): string | undefined {
  if ('error' in objects || !isWithoutContent(objects.value)) {
    return undefined;
  }
  const { emptyFiles, others } = objects.value;
  const found = emptyFiles > 0 ? { ...others, 'empty .ndjson': emptyFiles } : others;
  const kinds = Object.keys(found);
  return kinds.length === 0
    ? `there is nothing to import under ${inputS3Uri}; upload the .ndjson files before the import, or correct the prefix`
    : `there is no .ndjson object${emptyFiles > 0 ? ' with content' : ''} under ${inputS3Uri}, only ${listKinds(found)}; ${fixesFor(kinds).join(', and ')}`;
}

/** Nobody can read an archived object: its data would be missing. */
function archived(objects: Fact<InputObjects>, inputS3Uri: string): string | undefined {
  if ('error' in objects || objects.value.archivedFiles === 0) {
    return undefined;
  }
  const { files, archivedFiles } = objects.value;
  return `${archivedFiles} of ${files} .ndjson objects under ${inputS3Uri} are archived (GLACIER or DEEP_ARCHIVE), from where HealthLake can't read them; `
    + 'restore them, or move them out of the prefix';
}

/** What is usually behind objects of other kinds. */
const MISTAKES: readonly [kinds: RegExp, fix: string][] = [
  [/^\.(gz|zip|bz2|zst|tar|tgz)$/, 'unpack what is compressed'],
  [/^\.json$/, 'write the resources of .json objects, of Bundles too, into .ndjson objects, one resource a line'],
  [/^\.jsonl$/, 'rename .jsonl to .ndjson'],
  [/^\.ndjson /, 'rename the objects so that they end in .ndjson, in lower case'],
];

function fixesFor(kinds: readonly string[]): readonly string[] {
  const fixes = MISTAKES.filter(([mistaken]) => kinds.some((kind) => mistaken.test(kind))).map(([, fix]) => fix);
  return fixes.length > 0 ? fixes : ['upload .ndjson objects with one FHIR resource a line, or correct the prefix'];
}

function unfitEncryption(bucket: string, encryption: Fact<DefaultEncryption>, given: string): string | undefined {
  if ('error' in encryption) {
    return undefined;
  }
  const { algorithm = 'none', keyId } = encryption.value;
  if (!algorithm.startsWith('aws:kms')) {
    return `${bucket} is not encrypted with KMS (its default encryption is ${algorithm}), and HealthLake demands that; `
      + `make ${given} its default encryption key`;
  }
  return isOtherKey(keyId, given)
    ? `${bucket} is encrypted with ${keyId ?? 'the key that AWS manages for S3'}, and the import is given ${given}; use one key for both`
    : undefined;
}
