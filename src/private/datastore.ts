import { Annotations, CfnResource, Reference, Stack, Token, Tokenization } from 'aws-cdk-lib';
import { CfnFHIRDatastore, type IFHIRDatastoreRef } from 'aws-cdk-lib/aws-healthlake';
import type { Construct } from 'constructs';

/** The Regions that have HealthLake: https://docs.aws.amazon.com/general/latest/gr/healthlake.html */
const REGIONS = ['us-east-1', 'us-east-2', 'us-west-2', 'ap-south-1', 'ap-southeast-2', 'ca-central-1', 'eu-west-1', 'eu-west-2'];

/** The maximum length of a data store id: https://docs.aws.amazon.com/healthlake/latest/APIReference/API_StartFHIRImportJob.html */
const MAX_ID_LENGTH = 32;

/**
 * Returns the ARN of a data store in the form that HealthLake uses in `aws:SourceArn`. The ARN is built from the id, because an ARN that a caller supplies may
 * have an older form.
 *
 * @throws if the data store is known to be in another Region or account than the import, or if its id has an invalid length.
 */
export function datastoreArn(scope: Construct, datastore: IFHIRDatastoreRef): string {
  const stack = Stack.of(scope);
  const { datastoreId } = datastore.fhirDatastoreRef;
  if (!Token.isUnresolved(datastoreId) && (datastoreId.length < 1 || datastoreId.length > MAX_ID_LENGTH)) {
    throw new Error(`the id of a data store has 1 to ${MAX_ID_LENGTH} characters, got "${datastoreId}"; if it is an ARN, give the part after "datastore/fhir/"`);
  }
  for (const what of ['region', 'account'] as const) {
    const [there, here] = [datastore.env[what], stack[what]];
    if (!Token.isUnresolved(there) && !Token.isUnresolved(here) && there !== here) {
      throw new Error(`the data store "${datastore.node.path}" is in the ${what} ${there} and the import in ${here}; `
        + `put the import into a stack of the ${what} ${there}`);
    }
  }
  warnOfRegionWithoutHealthLake(scope, stack.region);
  return stack.formatArn({ service: 'healthlake', resource: 'datastore', resourceName: `fhir/${datastoreId}` });
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

function warnOfRegionWithoutHealthLake(scope: Construct, region: string): void {
  if (!Token.isUnresolved(region) && !REGIONS.includes(region)) {
    Annotations.of(scope).addWarningV2('cdk-healthlake-import:region',
      `AWS HealthLake is not known to be in ${region}; the Regions known to this version are ${REGIONS.join(', ')}`);
  }
}
