import type * as sdk from '@aws-sdk/client-healthlake';

// Members and values that the API model has and the types of the pinned SDK don't have.

export interface BackupConfiguration {
  readonly Status?: 'ENABLED' | 'DISABLED';
  readonly BackupType?: 'CONTINUOUS';
  readonly RetentionPeriodInDays?: number;
  readonly BackupTagsEnabled?: boolean;
}

export interface BackupStatus {
  readonly Configuration: BackupConfiguration;
  readonly BackupEnabledAt?: Date;
  readonly EarliestRestorePoint?: Date;
  readonly LatestRestorePoint?: Date;
  readonly ScheduledPermanentDeletionTime?: Date;
}

/** Configurations that a data store can be created with, restored with and updated to. */
export interface DatastoreConfigurations {
  readonly AnalyticsConfiguration?: { readonly Status?: string };
  readonly NlpConfiguration?: { readonly Status?: string };
  readonly ProfileConfiguration?: { readonly DefaultProfiles?: string[] };
}

export interface CreateDatastoreRequest extends sdk.CreateFHIRDatastoreRequest, DatastoreConfigurations {
  readonly BackupConfiguration?: BackupConfiguration;
}

export type DatastoreStatus = sdk.DatastoreStatus | 'UPDATING' | 'UPDATE_FAILED';

export interface DatastoreProperties extends Omit<sdk.DatastoreProperties, 'DatastoreStatus'>, DatastoreConfigurations {
  readonly DatastoreStatus: DatastoreStatus | undefined;
  readonly BackupStatusInfo?: BackupStatus;
}

export type UpdateDatastoreRequest = { readonly DatastoreId: string }
  & Pick<CreateDatastoreRequest, keyof DatastoreConfigurations | 'DatastoreName' | 'IdentityProviderConfiguration' | 'BackupConfiguration'>;

export interface RestoreDatastoreRequest extends Omit<CreateDatastoreRequest, 'DatastoreTypeVersion' | 'PreloadDataConfig' | 'BackupConfiguration'> {
  readonly SourceDatastoreId: string;
  readonly RestoreConfiguration: { readonly ContinuousBackupRestoreConfiguration: { readonly RestorePointTime?: Date } };
}

export interface StartImportRequest extends sdk.StartFHIRImportJobRequest {
  readonly ProfileId?: string;
  readonly InputFormat?: string;
  readonly DriftDetectionEnabled?: boolean;
  readonly ProvenanceEnabled?: boolean;
}
