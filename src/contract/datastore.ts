/** The type of the custom resource that fails a deployment before CloudFormation replaces a data store. */
export const REPLACEMENT_GUARD_RESOURCE_TYPE = 'Custom::FhirDatastoreReplacementGuard';

/** The time-out of the function of the replacement guard. `lambda/budgets.ts` divides it into budgets. */
export const REPLACEMENT_GUARD_TIMEOUT_MINUTES = 8;

/** The form of all known ids of data stores. The API's pattern is wider: see U90 in docs/unverified.md. */
export const DATASTORE_ID = /^[0-9a-f]{32}$/;

/**
 * Properties of `Custom::FhirDatastoreReplacementGuard`: the logical id of the data store, and the settings in the template that CloudFormation changes only
 * by a replacement. The resource has no attributes.
 */
export interface ReplacementGuardProperties {
  readonly DatastoreLogicalId: string;
  readonly DatastoreTypeVersion: string;
  /** The ARN of the key. Undefined for the AWS owned key. */
  readonly KmsKeyId?: string;
  readonly PreloadDataType?: string;
  readonly AllowReplacement: 'true' | 'false';
}
