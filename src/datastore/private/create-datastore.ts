import { Annotations, RemovalPolicy, Token } from 'aws-cdk-lib';
import { CfnFHIRDatastore, type CfnFHIRDatastoreProps } from 'aws-cdk-lib/aws-healthlake';
import * as kms from 'aws-cdk-lib/aws-kms';
import type { Construct } from 'constructs';
import { isRetained, resourceOfType } from '../../private/cfn-resource';
import { validateEnvironment } from '../../private/checks/environment';
import { validateKey } from '../../private/checks/kms-key';
import { FHIR_VERSION, warnOfRegionWithoutHealthLake } from '../../private/datastore';
import { warnWhenFinished } from '../../private/finished-app';
import { type FhirDatastoreProps, PreloadData } from '../fhir-datastore-props';

/** The settings that `CfnFHIRDatastore` has had since this version of aws-cdk-lib, and the properties that set them. */
const NEWER = { since: '2.275.0', settings: { analytics: 'analyticsConfiguration', nlp: 'nlpConfiguration', defaultProfiles: 'profileConfiguration' } } as const;

type NewerSettings = Partial<Record<typeof NEWER.settings[keyof typeof NEWER.settings], object>>;

/** https://docs.aws.amazon.com/healthlake/latest/APIReference/API_CreateFHIRDatastore.html */
const DATASTORE_NAME = /^[\p{L}\p{Z}\p{N}_.:/=+\-%@]{1,256}$/u;

/** Creates the resource of a data store. */
export function createDatastore(scope: Construct, id: string, props: FhirDatastoreProps): CfnFHIRDatastore {
  validate(scope, props);
  const { datastoreName, encryptionKey, preloadData, analytics, nlp, defaultProfiles } = props;
  const identityProvider = props.identityProvider?._bind(scope);
  const newer: NewerSettings = {
    ...(analytics !== undefined && { analyticsConfiguration: { status: analytics ? 'ENABLED' : 'PAUSED' } }),
    ...(nlp !== undefined && { nlpConfiguration: { status: nlp ? 'ENABLED' : 'DISABLED' } }),
    ...(defaultProfiles && { profileConfiguration: { defaultProfiles } }),
  };
  const known: CfnFHIRDatastoreProps = {
    datastoreTypeVersion: FHIR_VERSION,
    datastoreName,
    ...(encryptionKey && { sseConfiguration: { kmsEncryptionConfig: { cmkType: 'CUSTOMER_MANAGED_KMS_KEY', kmsKeyId: encryptionKey.keyRef.keyArn } } }),
    ...(preloadData && { preloadDataConfig: { preloadDataType: preloadData } }),
    identityProviderConfiguration: identityProvider?.configuration,
  };
  const resource = new CfnFHIRDatastore(scope, id, { ...known, ...newer });
  validateNewerSettings(resource, props);
  resource.applyRemovalPolicy(props.removalPolicy, { default: RemovalPolicy.RETAIN });
  if (encryptionKey) {
    warnOfRemovedKey(resource, encryptionKey);
  }
  if (identityProvider) {
    resource.node.addDependency(identityProvider.permission); // HealthLake may invoke the function when it creates the data store
  }
  return resource;
}

function validate(scope: Construct, { datastoreName, encryptionKey, preloadData, removalPolicy }: FhirDatastoreProps): void {
  warnOfRegionWithoutHealthLake(scope);
  if (datastoreName !== undefined && !Token.isUnresolved(datastoreName) && !DATASTORE_NAME.test(datastoreName)) {
    throw new Error(`datastoreName must have 1 to 256 letters, digits, blanks and characters of "_.:/=+-%@", got "${datastoreName}"; correct the name`);
  }
  const preloads = Object.values(PreloadData);
  if (preloadData !== undefined && !Token.isUnresolved(preloadData) && !preloads.includes(preloadData)) {
    throw new Error(`preloadData must be ${preloads.join(' or ')}, got "${preloadData}"; use a member of PreloadData`);
  }
  if (removalPolicy === RemovalPolicy.SNAPSHOT) {
    throw new Error('removalPolicy must not be SNAPSHOT, because data stores have no snapshots; leave it out to retain the data store');
  }
  if (encryptionKey) {
    validateKey(scope, 'encryptionKey', encryptionKey);
    validateEnvironment(scope, 'the data store', { what: 'encryptionKey', construct: encryptionKey, env: encryptionKey.env }, ['region']);
  }
}

/** Warns if CloudFormation would retain the data store and delete its key. Without the key, nobody can read the data. */
function warnOfRemovedKey(datastore: CfnFHIRDatastore, key: kms.IKey): void {
  const keyResource = resourceOfType(key, kms.CfnKey);
  warnWhenFinished(datastore, () => {
    if (keyResource && isRetained(datastore) && !isRetained(keyResource)) {
      Annotations.of(datastore).addWarningV2('cdk-healthlake-import:datastore-key-not-retained',
        `the key "${key.node.path}" is deleted if its stack is deleted, and the data of the retained data store is lost with it; `
        + 'call applyRemovalPolicy(RemovalPolicy.RETAIN) on the key');
    }
  });
}

/** Throws if the installed `CfnFHIRDatastore` would silently leave out a setting. */
function validateNewerSettings(resource: CfnFHIRDatastore, props: FhirDatastoreProps): void {
  for (const [name, setting] of Object.entries(NEWER.settings) as [keyof typeof NEWER.settings, string][]) {
    if (props[name] !== undefined && !(setting in resource)) {
      throw new Error(`${name} needs aws-cdk-lib ${NEWER.since} or newer; update aws-cdk-lib, or leave ${name} out`);
    }
  }
}
