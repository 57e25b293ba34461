import type * as sdk from '@aws-sdk/client-healthlake';

// These types have members and values of the API model that the types of the pinned SDK lack.

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

/** The configurations of a data store that Create, Restore and Update requests can contain. */
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
