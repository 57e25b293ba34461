import { Stack } from 'aws-cdk-lib';
import type * as kms from 'aws-cdk-lib/aws-kms';
import type * as s3 from 'aws-cdk-lib/aws-s3';
import { Construct } from 'constructs';
import { validateDistinct } from './supplied-roles';
import { validateArn } from '../../../private/checks/arn';
import { validateEnvironment } from '../../../private/checks/environment';
import { isOtherKey, validateKey } from '../../../private/checks/kms-key';
import { keyOfDatastore } from '../../../private/datastore';
import type { IFhirStorage } from '../../../storage/fhir-storage';
import type { FhirJobProps } from '../../fhir-job-props';
import type { FhirJobProvider } from '../../fhir-job-provider';
import type { Kind } from '../kind';
import type { Location } from '../location';

/** The input of a job, and the keys with which the objects may be encrypted. */
export interface EncryptedInput extends Location {
  readonly encryptionKeys: kms.IKeyRef[];
}

/** The resources that a job construct uses, with defaults in place of missing properties. */
export interface UsedResources {
  /** The input. Undefined if the jobs read no objects. */
  readonly input?: EncryptedInput;
  readonly storage: IFhirStorage;
  readonly provider: FhirJobProvider;
}

/**
 * Throws if a resource that a job construct uses is known to be in the wrong Region or account, to be another kind of resource, or to be unusable for jobs.
 * HealthLake uses only buckets of its own Region, and S3 uses only keys of the Region of the bucket.
 */
export function validateUsedResources(scope: Construct, kind: Kind, props: FhirJobProps, { input, storage, provider }: UsedResources): void {
  const { datastoreEncryptionKey } = props;
  const user = `the ${kind.noun}`;
  validateStack(scope, user, 'storage', storage);
  validateStack(scope, user, 'provider', provider);
  if (input) {
    validateBucket(scope, user, 'the source bucket', input.bucket);
  }
  validateBucket(scope, user, 'the output bucket', storage.outputBucket);
  const keys = [
    { what: 'the key of the output bucket', key: storage.outputKey },
    ...(input?.encryptionKeys ?? []).map((key) => ({ what: 'the key of the source', key })),
    ...(datastoreEncryptionKey ? [{ what: 'datastoreEncryptionKey', key: datastoreEncryptionKey }] : []),
  ];
  for (const { what, key } of keys) {
    validateKey(scope, what, key);
    validateEnvironment(scope, user, { what, construct: key, env: key.env }, ['region']);
  }
  validateDatastoreKey(props);
  validateOutputKey(storage);
  validateRoles(scope, kind, props, provider);
}

/** Throws if a construct is known to be in a stack of another Region or account. A storage can be a plain object, which is in no stack. */
function validateStack(scope: Construct, user: string, what: string, construct: unknown): void {
  if (Construct.isConstruct(construct)) {
    validateEnvironment(scope, user, {
      what, construct, env: Stack.of(construct), remedy: (part, here) => `put the ${what} into a stack of the ${part} ${here}`,
    }, ['region', 'account']);
  }
}

function validateBucket(scope: Construct, user: string, what: string, bucket: s3.IBucket): void {
  validateArn(scope, what, bucket.bucketArn, 'a bucket');
  validateEnvironment(scope, user, {
    what, construct: bucket, env: bucket.env, remedy: (_part, here) => `HealthLake uses only buckets of its own Region, so use a bucket in ${here}`,
  }, ['region']);
}

function validateDatastoreKey({ datastore, datastoreEncryptionKey }: FhirJobProps): void {
  const ownKey = keyOfDatastore(datastore);
  if (datastoreEncryptionKey && ownKey && isOtherKey(datastoreEncryptionKey, ownKey)) {
    throw new Error(`datastoreEncryptionKey "${datastoreEncryptionKey.node.path}" is not the data store's own key "${ownKey.node.path}"; `
      + 'leave datastoreEncryptionKey out');
  }
}

function validateOutputKey({ outputBucket: { encryptionKey }, outputKey }: IFhirStorage): void {
  if (encryptionKey && isOtherKey(encryptionKey, outputKey)) {
    throw new Error(`the outputKey "${outputKey.node.path}" of the storage is not the output bucket's own key "${encryptionKey.node.path}"; `
      + 'give the key of the bucket');
  }
}

/** The roles of a job construct, each with the effect if it were a role of the provider too. */
const effectsOf = ({ noun }: Kind) => ({
  dataAccessRole: 'could then read the data',
  operatorRole: `would then have its permissions for every ${noun}`,
  reportRole: `would then have its permissions for every ${noun}`,
});

function validateRoles(scope: Construct, kind: Kind, props: FhirJobProps, provider: FhirJobProvider): void {
  const effects = effectsOf(kind);
  const roles = Object.keys(effects).flatMap((key) => {
    const name = key as keyof typeof effects;
    const role = props[name];
    return role ? [[name, role] as const] : [];
  });
  for (const [name, role] of roles) {
    validateArn(scope, name, role.roleArn, 'an IAM role');
    validateEnvironment(scope, `the ${kind.noun}`, { what: name, construct: role, env: role.env }, ['account']);
    if (provider._hasRole(role)) {
      throw new Error(`${name} "${role.node.path}" is also a role of the provider "${provider.node.path}", whose functions ${effects[name]}; give each its own role`);
    }
  }
  validateDistinct(roles, () => 'would give functions more permissions than they need');
}
