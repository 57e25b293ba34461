import { GetBucketEncryptionCommand, GetPublicAccessBlockCommand, ListObjectsV2Command } from '@aws-sdk/client-s3';
import { shape } from '../api/model';
import type { StartImportRequest } from '../api/newer-types';
import { startFailure } from '../failures';
import { ServiceError, type DataAccess } from '../ports';
import { s3Uri, type S3Location } from '../runs/s3-location';
import { putObject } from '../runs/s3-objects';

/** The S3 locations and the KMS key of a job. */
export interface JobLocations {
  /** The location that an import job reads; undefined for exports. */
  readonly input?: S3Location;
  readonly output: S3Location;
  readonly kmsKeyId: string;
}

/**
 * Throws if a request demands a data transformation, which isn't emulated. Accepts both values of ProvenanceEnabled, because it affects only data that a
 * profile transforms.
 */
export function refuseTransformation({ ProfileId, InputFormat, DriftDetectionEnabled }: Partial<StartImportRequest>): void {
  const [refused] = Object.entries({ ProfileId, InputFormat, DriftDetectionEnabled }).filter(([, value]) => value);
  if (refused) {
    throw new ServiceError('ValidationException', `the local HealthLake imports FHIR R4 only and does not emulate ${refused[0]} ${refused[1]}: omit it`);
  }
}

/** Throws if the URI of a job's output folder is too long. DescribeFHIRImportJob shows this URI, and the API model limits the length of an S3 URI. */
export function checkFolder(folder: S3Location): void {
  const [{ length }, max] = [s3Uri(folder), shape('S3Uri').max!];
  if (length > max) {
    throw new ServiceError('ValidationException', `The output folder of the job has ${length} characters, but an S3 URI may have ${max}: shorten the prefix`);
  }
}

/** The name of the empty object that Start writes into the output location to check access. */
const PROBE = '.healthlake_write_access_check_file.temp';

/**
 * Performs the checks that HealthLake makes with the data access role before it accepts a job: reads the settings of both buckets, lists both locations,
 * describes the key, and writes an object. AWS doesn't publish the error messages, so the messages here are invented.
 */
export async function checkStart(access: DataAccess, { input, output, kmsKeyId }: JobLocations): Promise<void> {
  const locations = input ? [input, output] : [output];
  for (const bucket of new Set(locations.map((location) => location.bucket))) {
    const isBlocked = await readBucketSettings(access, bucket);
    if (bucket === output.bucket && !isBlocked) {
      throw new ServiceError('ValidationException', `Block Public Access must be turned on for all options of the output bucket ${bucket}`);
    }
  }
  for (const location of locations) {
    await attempt(`list ${s3Uri(location)}`, () =>
      access.s3.send(new ListObjectsV2Command({ Bucket: location.bucket, Prefix: location.key, MaxKeys: 1 })));
  }
  await attempt(`describe the KMS key ${kmsKeyId}`, () => access.describeKey(kmsKeyId));
  const probe = { ...output, key: output.key + PROBE };
  await attempt(`write to ${s3Uri(output)}`, () => putObject(access.s3, probe, '', kmsKeyId));
}

/** Reads the settings of a bucket. Returns whether all four options of Block Public Access are on. */
async function readBucketSettings({ s3 }: DataAccess, bucket: string): Promise<boolean> {
  await attempt(`read the encryption settings of bucket ${bucket}`, () => s3.send(new GetBucketEncryptionCommand({ Bucket: bucket })));
  const { PublicAccessBlockConfiguration: block } = await attempt(
    `read the public access settings of bucket ${bucket}`, () => s3.send(new GetPublicAccessBlockCommand({ Bucket: bucket })));
  return Boolean(block?.BlockPublicAcls && block.BlockPublicPolicy && block.IgnorePublicAcls && block.RestrictPublicBuckets);
}

async function attempt<T>(what: string, action: () => Promise<T>): Promise<T> {
  try {
    return await action();
  } catch (error) {
    throw startFailure(`HealthLake could not ${what} with the data access role`, error);
  }
}
