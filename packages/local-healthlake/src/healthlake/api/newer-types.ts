import type { CreateFHIRDatastoreRequest, DatastoreProperties as SdkDatastoreProperties, StartFHIRImportJobRequest } from '@aws-sdk/client-healthlake';

// Members that the API model has and the types of the pinned SDK don't have.

export interface BackupConfiguration {
  readonly Status?: 'ENABLED' | 'DISABLED';
  readonly BackupType?: 'CONTINUOUS';
  readonly RetentionPeriodInDays?: number;
  readonly BackupTagsEnabled?: boolean;
}

/** Configurations that a data store can be created with, restored with and updated to. */
export interface DatastoreConfigurations {
  readonly AnalyticsConfiguration?: { readonly Status?: string };
  readonly NlpConfiguration?: { readonly Status?: string };
  readonly ProfileConfiguration?: { readonly DefaultProfiles?: string[] };
}

export interface CreateDatastoreRequest extends CreateFHIRDatastoreRequest, DatastoreConfigurations {
  readonly BackupConfiguration?: BackupConfiguration;
}

export interface DatastoreProperties extends SdkDatastoreProperties, DatastoreConfigurations {
  readonly BackupStatusInfo?: { readonly Configuration: BackupConfiguration };
}

export interface StartImportRequest extends StartFHIRImportJobRequest {
  readonly ProfileId?: string;
  readonly InputFormat?: string;
  readonly DriftDetectionEnabled?: boolean;
  readonly ProvenanceEnabled?: boolean;
}
