import { type App, CfnOutput, RemovalPolicy, Stack, Tags } from 'aws-cdk-lib';
import { CfnFHIRDatastore } from 'aws-cdk-lib/aws-healthlake';
import { Key } from 'aws-cdk-lib/aws-kms';
import { Code, Function, Runtime } from 'aws-cdk-lib/aws-lambda';
import { Bucket } from 'aws-cdk-lib/aws-s3';
import { onLaptop } from './harness/laptop';
import { callJson } from '../../packages/local-aws/test/signed-request';
import { FhirDatastore, FhirImport, FhirSource, IdentityProvider } from '../../src';

jest.setTimeout(180_000);

const UPDATE_MS = 120_000;
const METADATA = '{"issuer":"https://auth.example.com"}';

interface Options {
  readonly isL1?: boolean;
  readonly datastoreName?: string;
  readonly isSmart?: boolean;
  readonly revision?: string;
}

/** Returns a function that adds a stack to an app. The stack has a data store with a customer managed key, and an import into the data store. */
function app(bucket: string, { isL1 = false, datastoreName = 'first', isSmart = false, revision }: Options) {
  return (root: App): void => {
    const stack = new Stack(root, 'Import');
    const encryptionKey = new Key(stack, 'Key');
    const tokenFunction = new Function(stack, 'Tokens', { runtime: Runtime.NODEJS_22_X, handler: 'index.handler', code: Code.fromInline('//') });
    const datastore = isL1
      ? new CfnFHIRDatastore(stack, 'Datastore', {
        datastoreName,
        datastoreTypeVersion: 'R4',
        sseConfiguration: { kmsEncryptionConfig: { cmkType: 'CUSTOMER_MANAGED_KMS_KEY', kmsKeyId: encryptionKey.keyArn } },
      })
      : new FhirDatastore(stack, 'Datastore', {
        datastoreName,
        encryptionKey,
        replacementGuard: false,
        identityProvider: isSmart ? IdentityProvider.fromMetadata({ metadata: METADATA, tokenFunction }) : undefined,
      });
    if (datastore instanceof CfnFHIRDatastore) {
      datastore.applyRemovalPolicy(RemovalPolicy.RETAIN);
    } else {
      (datastore.node.defaultChild as CfnFHIRDatastore).overrideLogicalId('Datastore');
    }
    Tags.of(datastore).add('name', datastoreName);
    const source = FhirSource.bucket(Bucket.fromBucketName(stack, 'Data', bucket), 'in/');
    new FhirImport(stack, 'Patients', { datastore, source, revision, datastoreEncryptionKey: encryptionKey });
    new CfnOutput(stack, 'DatastoreId', { value: datastore.fhirDatastoreRef.datastoreId });
  };
}

test('an upgrade from an L1 data store changes nothing, and the FhirDatastore is updated in place and accepts an import after an update', onLaptop(
  { healthlake: { datastoreUpdateMs: UPDATE_MS } }, async (laptop, { bucket }) => {
    laptop.appProps = { context: { 'aws:cdk:enable-path-metadata': true } }; // as the CDK CLI sets it
    const datastore = () => laptop.aws.healthlake.healthLake.datastoreProperties().find(({ DatastoreId }) => DatastoreId === laptop.output('Import', 'DatastoreId'))!;
    const events = () => laptop.stack('Import').events.newestFirst();

    expect(await laptop.deploy(app(bucket, { isL1: true }))).toBe(0);
    const created = datastore();
    expect(created).toMatchObject({ DatastoreName: 'first', SseConfiguration: { KmsEncryptionConfig: { CmkType: 'CUSTOMER_MANAGED_KMS_KEY' } } });
    const { DatastoreId } = created;
    const jobs = laptop.jobs();
    expect(jobs).toMatchObject([{ DatastoreId, JobStatus: 'COMPLETED' }]);

    expect((await laptop.cdk('diff', app(bucket, {}))).output).toContain('There were no differences');
    const before = events().length;
    expect(await laptop.deploy(app(bucket, {}))).toBe(0);
    expect(events().slice(0, -before).filter(({ LogicalResourceId }) => LogicalResourceId !== 'Import')).toEqual([]);

    expect(await laptop.deploy(app(bucket, { datastoreName: 'second', isSmart: true }))).toBe(0);
    const IdentityProviderConfiguration = expect.objectContaining({ AuthorizationStrategy: 'SMART_ON_FHIR', Metadata: METADATA });
    expect(datastore()).toEqual({ ...created, DatastoreName: 'second', IdentityProviderConfiguration });
    expect(laptop.jobs()).toEqual(jobs);

    const environment = { endpoint: () => laptop.aws.endpoint, region: laptop.aws.region };
    let updated: number | undefined;
    laptop.aws.lambda.beforeInvoke = async () => { // the first call of a function in the deployment waits for the update to begin
      if (updated === undefined) {
        updated = laptop.aws.clock.now() + UPDATE_MS;
        await callJson({ environment }, 'healthlake', 'HealthLake.UpdateFHIRDatastore', { DatastoreId, NlpConfiguration: { Status: 'ENABLED' } });
      }
      return undefined;
    };
    expect(await laptop.deploy(app(bucket, { datastoreName: 'second', isSmart: true, revision: '2' }))).toBe(0);
    expect(laptop.logs()).toContain('the data store is UPDATING, and only an ACTIVE data store accepts imports');
    expect(laptop.jobs()).toMatchObject([...jobs, { DatastoreId, JobStatus: 'COMPLETED' }]);
    expect(laptop.jobs()[1].SubmitTime!.getTime()).toBeGreaterThanOrEqual(updated!);
  }));
