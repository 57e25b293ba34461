import type { ExportJobProperties, ImportJobProperties } from '@aws-sdk/client-healthlake';
import type { Detour, ForcedOutcome, JobKind, Pace } from '../options';
import type { S3Location } from '../runs/s3-location';

/** Where a job writes. */
export interface JobOutput {
  /** The job's own folder, below the one that was asked for. */
  readonly folder: S3Location;
  readonly kmsKeyId: string;
}

interface JobBase {
  readonly jobId: string;
  readonly datastoreId: string;
  readonly dataAccessRoleArn: string;
  /** Position in the order of submission, over all jobs of the service. */
  readonly sequence: number;
  readonly output: JobOutput;
  readonly pace: Pace;
  readonly forced?: ForcedOutcome;
  readonly detour?: Detour;
}

export interface ImportJob extends JobBase {
  readonly kind: 'import';
  readonly input: S3Location;
  /** What DescribeFHIRImportJob shows. */
  properties: ImportJobProperties;
}

export interface ExportJob extends JobBase {
  readonly kind: 'export';
  /** What DescribeFHIRExportJob shows. */
  properties: ExportJobProperties;
}

export type Job = ImportJob | ExportJob;

/** The folder of a job in the output location, as HealthLake names it. */
export function jobFolder(output: S3Location, kind: JobKind, datastoreId: string, jobId: string): S3Location {
  return { ...output, key: `${output.key}${datastoreId}-FHIR_${kind.toUpperCase()}-${jobId}/` };
}
