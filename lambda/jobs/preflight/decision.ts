import { type InputObjects, isWithoutContent, listKinds } from './input-objects';
import type { BucketFindings, DefaultEncryption } from './inspect';
import { locationOf, type PreflightRequest } from './request';
import { type PreflightWarning, warningsOf } from './warnings';
import type { Fact } from '../../aws/errors';
import type { JobNoun } from '../healthlake-job';

/** The result of checking the buckets before a start. */
export interface Judgement {
  /** A sentence that says why the job can't succeed and what to do. Undefined if no problem is known. */
  readonly problem?: string;
  readonly warnings: readonly PreflightWarning[];
}

/** Returns the problem with the buckets, if there is one, and the warnings about them. A failed S3 call causes only a warning, because the job may still succeed. */
export function judgeBuckets(findings: BucketFindings, request: PreflightRequest): Judgement {
  const { input, output } = findings;
  const inputS3Uri = request.input?.InputS3Uri ?? '';
  const inputBucket = `the input bucket "${locationOf(inputS3Uri).bucket}"`;
  const outputBucket = `the output bucket "${locationOf(request.OutputS3Uri).bucket}"`;
  const problem = (input && missing(inputBucket, Object.values(input), request.noun))
    ?? missing(outputBucket, Object.values(output), request.noun)
    ?? (input && otherRegion(inputBucket, input.region, request.Region, 'copy the data to a bucket there'))
    ?? otherRegion(outputBucket, output.region, request.Region, 'use an output bucket there')
    ?? (input && nothingToImport(input.objects, inputS3Uri))
    ?? (input && archived(input.objects, inputS3Uri))
    ?? unfitEncryption(outputBucket, output.encryption, request);
  return { problem, warnings: warningsOf(findings, request) };
}

function missing(bucket: string, facts: readonly Fact<unknown>[], noun: JobNoun): string | undefined {
  const isMissing = facts.some((fact) => 'error' in fact && fact.error instanceof Error && fact.error.name === 'NoSuchBucket');
  return isMissing ? `${bucket} does not exist; correct its name, or create it before the ${noun}` : undefined;
}

function otherRegion(bucket: string, region: Fact<string>, wanted: string, fix: string): string | undefined {
  return 'value' in region && region.value !== wanted
    ? `${bucket} is in ${region.value} and the data store in ${wanted}, and HealthLake uses only buckets of its own Region; ${fix}`
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

/** Returns the problem if the input has archived objects, and otherwise undefined. HealthLake can't read archived objects, so their data would be missing. */
function archived(objects: Fact<InputObjects>, inputS3Uri: string): string | undefined {
  if ('error' in objects || objects.value.archivedFiles === 0) {
    return undefined;
  }
  const { files, archivedFiles } = objects.value;
  return `${archivedFiles} of ${files} .ndjson objects under ${inputS3Uri} are archived (GLACIER or DEEP_ARCHIVE), and HealthLake can't read archived objects; `
    + 'restore them, or move them out of the prefix';
}

/** The advice for each kind of object that HealthLake can't import. */
const MISTAKES: readonly [kinds: RegExp, fix: string][] = [
  [/^\.(gz|zip|bz2|zst|tar|tgz)$/, 'unpack compressed objects'],
  [/^\.json$/, 'write the resources of .json objects, of Bundles too, into .ndjson objects, one resource a line'],
  [/^\.jsonl$/, 'rename .jsonl to .ndjson'],
  [/^\.ndjson /, 'rename the objects so that they end in .ndjson, in lower case'],
];

function fixesFor(kinds: readonly string[]): readonly string[] {
  const fixes = MISTAKES.filter(([mistaken]) => kinds.some((kind) => mistaken.test(kind))).map(([, fix]) => fix);
  return fixes.length > 0 ? fixes : ['upload .ndjson objects with one FHIR resource a line, or correct the prefix'];
}

function unfitEncryption(bucket: string, encryption: Fact<DefaultEncryption>, { noun, OutputKmsKeyId: given }: PreflightRequest): string | undefined {
  if ('error' in encryption) {
    return undefined;
  }
  const { algorithm = 'none', keyId } = encryption.value;
  if (!algorithm.startsWith('aws:kms')) {
    return `${bucket} is not encrypted with KMS (its default encryption is ${algorithm}), which HealthLake requires; `
      + `make ${given} its default encryption key`;
  }
  return isOtherKey(keyId, given)
    ? `${bucket} is encrypted with ${keyId ?? 'the key that AWS manages for S3'}, and the ${noun} is given ${given}; use one key for both`
    : undefined;
}

/** The AWS managed key. S3 uses it if the encryption of a bucket names no key. */
const AWS_MANAGED = 'alias/aws/s3';

/** Matches the ARN, id or alias of a key, and captures the id or the alias. */
const KEY_NAME = /^(?:arn:[^:]+:kms:[^:]*:[^:]*:)?(?:key\/)?(alias\/[^\s]+|[^\s:/]+)$/;

/**
 * Returns whether the key of a bucket is certainly not the given key. Each key may be an ARN, an id or an alias. An alias can't be compared with an id or with
 * another alias, because both may belong to the same key.
 *
 * @param ofBucket the key of the bucket; undefined means the AWS managed key
 */
export function isOtherKey(ofBucket: string = AWS_MANAGED, given: string): boolean {
  const [a, b] = [ofBucket, given].map((key) => KEY_NAME.exec(key)?.[1]);
  if (a === undefined || b === undefined || a === b) {
    return false;
  }
  // The alias of the AWS managed key never belongs to a customer managed key.
  return a === AWS_MANAGED || !(isAlias(a) || isAlias(b));
}

function isAlias(name: string): boolean {
  return name.startsWith('alias/');
}
