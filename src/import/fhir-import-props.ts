import type * as events from 'aws-cdk-lib/aws-events';
import type { IFHIRDatastoreRef } from 'aws-cdk-lib/aws-healthlake';
import type * as iam from 'aws-cdk-lib/aws-iam';
import type * as kms from 'aws-cdk-lib/aws-kms';
import type * as sns from 'aws-cdk-lib/aws-sns';
import type { Completion } from './completion';
import type { ErrorTolerance } from './error-tolerance';
import type { FhirImportProvider } from './fhir-import-provider';
import type { FhirSource } from './fhir-source';
import type { ImportQuotas } from './import-quotas';
import type { IFhirStorage } from '../storage/fhir-storage';

/**
 * The levels at which HealthLake validates the resources of an import.
 *
 * @see https://docs.aws.amazon.com/healthlake/latest/APIReference/API_StartFHIRImportJob.html
 */
export enum ValidationLevel {
  /** Validates each resource against the profiles in its `meta.profile`, or against R4 if `meta.profile` names no profile. */
  STRICT = 'strict',

  /** Validates each resource against R4 and ignores profiles. */
  STRUCTURE_ONLY = 'structure-only',

  /** Ignores some R4 rules. A resource that search can't index completely is imported with a warning. */
  MINIMAL = 'minimal',
}

/** Properties of `FhirImport`. */
export interface FhirImportProps {
  /**
   * The data store to import into. It must be in the Region and account of the import.
   *
   * For a data store that is not in this app, use `FhirDatastore.fromDatastoreId()`.
   */
  readonly datastore: IFHIRDatastoreRef;

  /** The location of the NDJSON files. */
  readonly source: FhirSource;

  /**
   * The output bucket, its key, and the input bucket that `FhirSource.storage()` reads. A `FhirStorage` must be in a stack of the Region and account of the
   * import.
   *
   * @default - one storage for all imports of the stack that have no `storage` property
   */
  readonly storage?: IFhirStorage;

  /**
   * The provider of the functions that start the job and poll it. It must be in a stack of the Region and account of the import.
   *
   * @default - one provider for all imports of the stack that have no `provider` property
   */
  readonly provider?: FhirImportProvider;

  /**
   * The role that HealthLake assumes to read the input and to write the results. The import doesn't change a supplied role: add the statements of
   * `dataAccessStatements` to it, and let `healthlake.amazonaws.com` assume it. It must be in the account of the import, and must not be one of the roles of
   * the provider.
   *
   * @default - a new role
   */
  readonly dataAccessRole?: iam.IRole;

  /**
   * The role that the functions of the provider assume for this import: to start and describe its job, to pass the data access role to HealthLake, and to check
   * the buckets. A supplied role is given these permissions, unless it is immutable. It must let the `handlerRole` of the provider assume it and, for a detached
   * import, the `monitorRole` too. It must be in the account of the import, and must not be another role of the import or a role of the provider.
   *
   * @default - a new role
   */
  readonly operatorRole?: iam.IRole;

  /**
   * The role that the report function of the provider assumes for this import, to read about failures and to write the report. A supplied role is given these
   * permissions, unless it is immutable. It must let the `reportFunctionRole` of the provider assume it, so supply both roles. It must be in the account of the
   * import, and must not be another role of the import or a role of the provider.
   *
   * @default - a new role, if the import has a failure report
   */
  readonly reportRole?: iam.IRole;

  /**
   * The key prefix of the results in the output bucket. HealthLake creates a folder for each job under it. Changing the prefix starts no job.
   *
   * @default - a prefix made of the construct id and a hash of its path
   */
  readonly outputPrefix?: string;

  /**
   * The first part of the job names, up to 40 characters. A `-` and a fingerprint of the data set follow. Job names appear in the console, in events
   * and in CloudTrail, so don't use names of people.
   *
   * @see https://docs.aws.amazon.com/healthlake/latest/APIReference/API_StartFHIRImportJob.html
   * @default 'fhir-import'
   */
  readonly jobNamePrefix?: string;

  /**
   * The level at which HealthLake validates the resources. It is a part of the data set: changing it starts a job.
   *
   * @default ValidationLevel.STRICT
   */
  readonly validationLevel?: ValidationLevel;

  /**
   * The revision of the data, up to 256 characters. A data set is imported into a data store once. To import it again because the objects changed,
   * set a new revision. **An import overwrites resources with the same id.**
   *
   * @default - no revision
   */
  readonly revision?: string;

  /**
   * Whether this data set is already in this data store. If so, the deployment starts no import job.
   *
   * Set it if the data store has the data and HealthLake lists no import job for it: the data store was restored from a backup, copied, moved from
   * another account, or filled by hand. To an import, such a data store looks empty, and the import would overwrite newer data.
   *
   * The attributes `jobId` and `jobStatus` become `ALREADY_IMPORTED`, and the counts and locations become `UNKNOWN`. The custom resource records this in its
   * physical id, so removing the property later starts no job. The property applies to the data set that it is first deployed with: a later
   * `revision` is imported as usual, with or without the property. Keep the property as long as the construct or its stack could be created again.
   * Remove it when an empty data store replaces this one.
   *
   * @default false
   */
  readonly alreadyImported?: boolean;

  /**
   * The number or percentage of resources that may fail before the import fails. Changing it starts no job.
   *
   * @default ErrorTolerance.none()
   */
  readonly errorTolerance?: ErrorTolerance;

  /**
   * Whether and how long the deployment waits for the job. Changing it starts no job.
   *
   * @default Completion.waitFor()
   */
  readonly completion?: Completion;

  /**
   * The event bus that receives the event at the end of the job: `FHIR Import Succeeded` or `FHIR Import Failed`, with ids, status, counts and times only. The
   * event is sent for detached imports, for imports with `onSucceeded()`, `onFailed()` or a `notificationTopic`, and for imports with this property. The bus
   * must be in the Region of the import and, if the import has rules or a topic, in its account.
   *
   * @default - the default bus of the account
   */
  readonly eventBus?: events.IEventBus;

  /**
   * The topic that receives a message at the end of the job, with ids, status and counts. EventBridge publishes the message. For a detached import,
   * the alarm of the provider publishes to the topic too.
   *
   * The topic must be a standard topic. The key of an encrypted topic must be a customer managed key, and must allow `events.amazonaws.com` and
   * `cloudwatch.amazonaws.com` the actions `kms:Decrypt` and `kms:GenerateDataKey*`. A topic that is not in this app must allow both services `sns:Publish`.
   *
   * @see https://docs.aws.amazon.com/sns/latest/dg/sns-key-management.html
   * @default - no message
   */
  readonly notificationTopic?: sns.ITopic;

  /**
   * Whether the import writes a report on the resources that failed: `report.json` beside the results. The report counts failures by file, resource type and
   * reason, and names the files and lines of the first failures. Of the data, it contains only counts, FHIR types, issue codes, known message texts, object
   * keys and line numbers.
   *
   * Without the report, the import is judged by the job's progress report, which leaves out server errors. The error message of a failed deployment then
   * doesn't say why resources failed.
   *
   * @default true
   */
  readonly failureReport?: boolean;

  /**
   * The limits of one import job. If the input exceeds one of them, the provider logs a warning.
   *
   * @default - the defaults of `ImportQuotas`
   */
  readonly quotas?: ImportQuotas;

  /**
   * The customer managed key that encrypts the data store. If you set it, the operator role may use the key through HealthLake.
   *
   * AWS requires this permission for users of the FHIR API of such a data store. AWS doesn't document whether the role that starts an import needs it too.
   *
   * @default - the key of a `FhirDatastore`; for other data stores, the operator role has no permissions on a key
   */
  readonly datastoreEncryptionKey?: kms.IKeyRef;
}
