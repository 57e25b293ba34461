import type { ExportJobProperties, ImportJobProperties } from '@aws-sdk/client-healthlake';
import type { Detour, ForcedOutcome, JobKind, Pace } from '../options';
import type { S3Location } from '../runs/s3-location';

/** The properties that DescribeFHIRImportJob or DescribeFHIRExportJob shows. */
export type JobProperties = ImportJobProperties & ExportJobProperties & { readonly SubmitTime: Date };

/** An import job or an export job. */
export interface Job {
  readonly kind: JobKind;
  readonly jobId: string;
  readonly datastoreId: string;
  readonly dataAccessRoleArn: string;
  /** The number of the job in the order of submission. */
  readonly sequence: number;
  /** The location that an import job reads; undefined for exports. */
  readonly input?: S3Location;
  /** The job's own folder, below the requested output location `requestedUri`. */
  readonly output: { readonly folder: S3Location; readonly requestedUri: string; readonly kmsKeyId: string };
  readonly pace: Pace;
  readonly forced?: ForcedOutcome;
  readonly detour?: Detour;
  readonly properties: JobProperties;
}

/** Returns the job's folder in the output location, with the name that HealthLake uses. */
export function jobFolder(output: S3Location, kind: JobKind, datastoreId: string, jobId: string): S3Location {
  return { ...output, key: `${output.key}${datastoreId}-FHIR_${kind.toUpperCase()}-${jobId}/` };
}
