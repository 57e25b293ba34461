import { Annotations, Aws, CfnResource, Reference, type ResourceEnvironment, Stack, Token, Tokenization } from 'aws-cdk-lib';
import { CfnFHIRDatastore, type IFHIRDatastoreRef } from 'aws-cdk-lib/aws-healthlake';
import type { IKeyRef } from 'aws-cdk-lib/aws-kms';
import type { Construct } from 'constructs';
import { resourceOfType } from './cfn-resource';
import { DATASTORE_ID } from '../contract';
import { validateArn } from './checks/arn';
import { validateEnvironment } from './checks/environment';

/** The Regions that have HealthLake: https://docs.aws.amazon.com/general/latest/gr/healthlake.html */
const REGIONS = ['us-east-1', 'us-east-2', 'us-west-2', 'ap-south-1', 'ap-southeast-2', 'ca-central-1', 'eu-west-1', 'eu-west-2'];

/** The only FHIR version of HealthLake: https://docs.aws.amazon.com/healthlake/latest/APIReference/API_CreateFHIRDatastore.html */
export const FHIR_VERSION = 'R4';

/**
 * Returns the ARN of a data store in the form that HealthLake uses in `aws:SourceArn`. The ARN is built from the id, because an ARN that a caller supplies may
 * have an older form.
 *
 * @param user the name of `scope` in error messages.
 * @throws if the data store is known to be in another Region or account than `scope`, or if its id doesn't have the
 *   form of HealthLake's ids, or if its FHIR version is not R4.
 */
export function datastoreArn(scope: Construct, datastore: IFHIRDatastoreRef, user: string = 'the import'): string {
  const stack = Stack.of(scope);
  const { datastoreId } = datastore.fhirDatastoreRef;
  validateDatastoreId(datastoreId);
  validateArn(scope, 'the data store', datastore.fhirDatastoreRef.datastoreArn, 'a data store');
  validateEnvironment(scope, user, {
    what: 'the data store',
    construct: datastore,
    env: datastore.env,
    remedy: (part, _here, there) => `put ${user} into a stack of the ${part} ${there}`,
  }, ['region', 'account']);
  validateVersion(datastore);
  warnOfRegionWithoutHealthLake(scope);
  return formatDatastoreArn(stack, datastoreId);
}

/** Throws if the id is known and doesn't have the form of HealthLake's ids. */
export function validateDatastoreId(datastoreId: string): void {
  if (!Token.isUnresolved(datastoreId) && !DATASTORE_ID.test(datastoreId)) {
    throw new Error(`the id of a data store has 32 characters from 0-9 and a-f, got "${datastoreId}"; `
      + 'copy it from the console, or if it is an ARN, give the part after "datastore/fhir/"');
  }
}

/** Returns the ARN of a data store. The account and the Region are those of the stack unless given. */
export function formatDatastoreArn(stack: Stack, datastoreId: string, env?: ResourceEnvironment): string {
  return stack.formatArn({ ...env, service: 'healthlake', resource: 'datastore', resourceName: `fhir/${datastoreId}` });
}

/** Returns the customer managed key of a `FhirDatastore`, also of one that another copy of this library creates. Returns undefined for other data stores. */
export function keyOfDatastore(datastore: IFHIRDatastoreRef & { readonly encryptionKey?: IKeyRef }): IKeyRef | undefined {
  return datastore.encryptionKey;
}

/** The elements of a policy statement. */
interface Permission {
  readonly actions: string[];
  readonly resources: string[];
  readonly conditions: Record<string, Record<string, string>>;
}

/**
 * Returns the permission that users of a data store with a customer managed key need, according to the developer guide. It allows use of the key through
 * HealthLake only.
 *
 * @see https://docs.aws.amazon.com/healthlake/latest/devguide/encryption-at-rest.html
 */
export function useDatastoreKey({ keyRef }: IKeyRef, region: string): Permission {
  return {
    actions: ['kms:CreateGrant', 'kms:Decrypt', 'kms:DescribeKey', 'kms:GenerateDataKey'],
    resources: [keyRef.keyArn],
    conditions: { StringEquals: { 'kms:ViaService': `healthlake.${region}.amazonaws.com`, 'kms:CallerAccount': Aws.ACCOUNT_ID } },
  };
}

/** Returns the permission to pass the data access role of a job to HealthLake, and to no other service. */
export function passDataAccessRole(roleArn: string): Permission {
  return { actions: ['iam:PassRole'], resources: [roleArn], conditions: { StringEquals: { 'iam:PassedToService': 'healthlake.amazonaws.com' } } };
}

/**
 * Returns whether the data store is a resource of this app. CloudFormation creates such data stores empty. A data store that a custom resource creates doesn't
 * count, because it may be restored from a backup.
 */
export function isOfApp(datastore: IFHIRDatastoreRef): boolean {
  const token = Tokenization.reverse(datastore.fhirDatastoreRef.datastoreId, { failConcat: false });
  const candidates = [datastore, datastore.node.defaultChild, Reference.isReference(token) ? token.target : undefined];
  return candidates.some((construct) => construct !== undefined && CfnResource.isCfnResource(construct)
    && construct.cfnResourceType === CfnFHIRDatastore.CFN_RESOURCE_TYPE_NAME);
}

/** Throws if the app creates the data store with another FHIR version, which CloudFormation would refuse only at deployment. */
function validateVersion(datastore: IFHIRDatastoreRef): void {
  const version = resourceOfType(datastore, CfnFHIRDatastore)?.datastoreTypeVersion ?? FHIR_VERSION;
  if (!Token.isUnresolved(version) && version !== FHIR_VERSION) {
    throw new Error(`the data store "${datastore.node.path}" has the datastoreTypeVersion "${version}", and HealthLake has only ${FHIR_VERSION}; `
      + `use ${FHIR_VERSION}`);
  }
}

/** Warns if the Region is known and this version doesn't know that HealthLake is there. */
export function warnOfRegionWithoutHealthLake(scope: Construct): void {
  const { region } = Stack.of(scope);
  if (!Token.isUnresolved(region) && !REGIONS.includes(region)) {
    Annotations.of(scope).addWarningV2('cdk-healthlake-import:region',
      `AWS HealthLake is not known to be in ${region}; the Regions known to this version are ${REGIONS.join(', ')}`);
  }
}
