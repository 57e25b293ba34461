import type { RemovalPolicy } from 'aws-cdk-lib';
import type * as kms from 'aws-cdk-lib/aws-kms';
import type { IdentityProvider } from './identity-provider';

/** Synthetic data with which HealthLake fills a new data store. */
export enum PreloadData {
  /** Synthetic patients that Synthea generated. */
  SYNTHEA = 'SYNTHEA',
}

/** Properties of `FhirDatastore`. */
export interface FhirDatastoreProps {
  /**
   * The name of the data store. It has 1 to 256 letters, digits, blanks and characters of `_.:/=+-%@`. A change updates the data store in place.
   *
   * @see https://docs.aws.amazon.com/healthlake/latest/APIReference/API_CreateFHIRDatastore.html
   * @default - HealthLake chooses a name
   */
  readonly datastoreName?: string;

  /**
   * The customer managed, symmetric KMS key that encrypts the data, not an alias of it. HealthLake creates a grant for itself on the key. Users of the FHIR API
   * need permissions on the key too, which the methods of `grants` give. **A change replaces the data store by an empty one.**
   *
   * @see https://docs.aws.amazon.com/healthlake/latest/devguide/encryption-at-rest.html
   * @default - a key that AWS owns. It costs nothing, needs no permissions, and you can neither see nor revoke it
   */
  readonly encryptionKey?: kms.IKey;

  /**
   * Synthetic data with which HealthLake fills the new data store. **A change replaces the data store by an empty one.**
   *
   * @see https://docs.aws.amazon.com/healthlake/latest/devguide/reference-healthlake-preloaded-data-types.html
   * @default - the new data store is empty
   */
  readonly preloadData?: PreloadData;

  /**
   * The identity provider that authorizes requests of the FHIR API.
   *
   * @default - IAM authorizes requests, which are signed with Signature Version 4
   */
  readonly identityProvider?: IdentityProvider;

  /**
   * Whether HealthLake prepares the data for SQL queries (`true`) or pauses doing so (`false`). It needs aws-cdk-lib 2.275.0 or newer.
   *
   * @see https://docs.aws.amazon.com/healthlake/latest/APIReference/API_CreateFHIRDatastore.html
   * @default - HealthLake's default
   */
  readonly analytics?: boolean;

  /**
   * Whether HealthLake extracts medical entities from the texts of documents. It needs aws-cdk-lib 2.275.0 or newer.
   *
   * @see https://docs.aws.amazon.com/healthlake/latest/APIReference/API_CreateFHIRDatastore.html
   * @default - HealthLake's default
   */
  readonly nlp?: boolean;

  /**
   * The profiles against which HealthLake validates resources that name no profile. It needs aws-cdk-lib 2.275.0 or newer.
   *
   * @see https://docs.aws.amazon.com/healthlake/latest/APIReference/API_CreateFHIRDatastore.html
   * @default - none
   */
  readonly defaultProfiles?: string[];

  /**
   * The removal policy for deletion and for replacement. RETAIN keeps the data, and its costs. DESTROY deletes all data; unless backups are switched on,
   * it can't be restored.
   *
   * @default RemovalPolicy.RETAIN
   */
  readonly removalPolicy?: RemovalPolicy;

  /**
   * Whether a function fails the deployment before CloudFormation replaces the data store by an empty one. It compares the key, the preloaded data and the FHIR
   * version with those of the existing data store. The function, its role, its log group and a custom resource are four resources.
   *
   * @default true
   */
  readonly replacementGuard?: boolean;

  /**
   * Whether the replacement guard lets CloudFormation replace the data store by an empty one. With RETAIN, the old data store stays, outside the stack.
   *
   * @default false
   */
  readonly allowReplacement?: boolean;
}
