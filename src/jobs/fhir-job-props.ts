import type * as events from 'aws-cdk-lib/aws-events';
import type { IFHIRDatastoreRef } from 'aws-cdk-lib/aws-healthlake';
import type * as iam from 'aws-cdk-lib/aws-iam';
import type * as kms from 'aws-cdk-lib/aws-kms';
import type * as sns from 'aws-cdk-lib/aws-sns';
import type { Completion } from './completion';
import type { FhirJobProvider } from './fhir-job-provider';
import type { IFhirStorage } from '../storage/fhir-storage';

/** Properties that imports and exports share. */
export interface FhirJobProps {
  /**
   * The data store of the job. It must be in the Region and account of this construct.
   *
   * For a data store that is not in this app, use `FhirDatastore.fromDatastoreId()`.
   */
  readonly datastore: IFHIRDatastoreRef;

  /**
   * The output bucket, its key, and the input bucket that `FhirSource.storage()` reads. A `FhirStorage` must be in a stack of the Region and account of this
   * construct.
   *
   * @default - one storage for all imports and exports of the stack that have no `storage` property
   */
  readonly storage?: IFhirStorage;

  /**
   * The provider of the functions that start the job and poll it. It must be in a stack of the Region and account of this construct.
   *
   * @default - one provider for all imports and exports of the stack that have no `provider` property
   */
  readonly provider?: FhirJobProvider;

  /**
   * The role that HealthLake assumes to read the input of an import and to write the output. This construct doesn't change a supplied role: add the statements
   * of `dataAccessStatements` to it, and let `healthlake.amazonaws.com` assume it. It must be in the account of this construct, and must not be one of the
   * roles of the provider.
   *
   * @default - a new role
   */
  readonly dataAccessRole?: iam.IRole;

  /**
   * The role that the functions of the provider assume for this construct: to start and describe its job, to pass the data access role to HealthLake, and to
   * check the buckets. A supplied role is given these permissions, unless it is immutable. It must let the `handlerRole` of the provider assume it and, for a
   * detached job, the `monitorRole` too. It must be in the account of this construct, and must not be another role of this construct or a role of the provider.
   *
   * @default - a new role
   */
  readonly operatorRole?: iam.IRole;

  /**
   * The role that the report function of the provider assumes for this construct, to read the output and to write the report. A supplied role is given these
   * permissions, unless it is immutable. It must let the `reportFunctionRole` of the provider assume it, so supply both roles. It must be in the account of
   * this construct, and must not be another role of this construct or a role of the provider.
   *
   * @default - a new role, unless an import has no failure report
   */
  readonly reportRole?: iam.IRole;

  /**
   * The key prefix of the output in the output bucket. HealthLake creates a folder for each job under it. Changing the prefix starts no job. If the prefix
   * ends in a token, the value of the token must end in `/`.
   *
   * @default - a prefix made of the construct id and a hash of its path
   */
  readonly outputPrefix?: string;

  /**
   * The first part of the job names, up to 40 characters. A `-` and a fingerprint of the data set follow. Job names appear in the console, in events
   * and in CloudTrail, so don't use names of people.
   *
   * @see https://docs.aws.amazon.com/healthlake/latest/APIReference/API_StartFHIRImportJob.html
   * @default - 'fhir-import' for an import, 'fhir-export' for an export
   */
  readonly jobNamePrefix?: string;

  /**
   * Whether and how long the deployment waits for the job. Changing it starts no job.
   *
   * @default Completion.waitFor()
   */
  readonly completion?: Completion;

  /**
   * The event bus that receives the event at the end of the job, for example `FHIR Import Succeeded` or `FHIR Import Failed`, with ids, status, counts and
   * times only. The event is sent for detached and scheduled jobs, for constructs with `onSucceeded()`, `onFailed()` or a `notificationTopic`, and for constructs with this
   * property. The bus must be in the Region of this construct and, if this construct has rules or a topic, in its account.
   *
   * @default - the default bus of the account
   */
  readonly eventBus?: events.IEventBus;

  /**
   * The topic that receives a message at the end of the job, with ids, status and counts. EventBridge publishes the message. For a detached job,
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
   * The customer managed key that encrypts the data store. If you set it, the operator role may use the key through HealthLake.
   *
   * AWS requires this permission for users of the FHIR API of such a data store. AWS doesn't document whether the role that starts a job needs it too.
   *
   * @default - the key of a `FhirDatastore`; for other data stores, the operator role has no permissions on a key
   */
  readonly datastoreEncryptionKey?: kms.IKeyRef;
}
