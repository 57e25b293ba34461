import { type App, CfnOutput, RemovalPolicy, Stack } from 'aws-cdk-lib';
import { CfnFHIRDatastore } from 'aws-cdk-lib/aws-healthlake';
import { Key } from 'aws-cdk-lib/aws-kms';
import { Bucket } from 'aws-cdk-lib/aws-s3';
import { type Laptop, onLaptop } from './harness/laptop';
import { ReplacementGuard } from '../../src/datastore/private/replacement-guard';

jest.setTimeout(180_000);

interface Options {
  readonly datastoreName?: string;
  /** The construct id of the data store's key. Undefined for the AWS owned key. */
  readonly key?: string;
  /** Whether the guard lets CloudFormation replace the data store. Undefined for no guard. */
  readonly allowReplacement?: boolean;
  /** The name of a bucket that exists, with which the deployment fails after it has created the data store. */
  readonly taken?: string;
}

/** Returns a function that adds a stack `Data` to an app. The stack has a data store, its keys, and an output with the id of the data store. */
function dataApp({ datastoreName = 'first', key, allowReplacement, taken }: Options) {
  return (app: App): void => {
    const stack = new Stack(app, 'Data');
    const keys = ['Old', 'New'].map((id) => new Key(stack, id));
    const kmsKeyId = keys.find(({ node }) => node.id === key)?.keyArn;
    const datastore = new CfnFHIRDatastore(stack, 'Datastore', {
      datastoreTypeVersion: 'R4',
      datastoreName,
      sseConfiguration: kmsKeyId === undefined ? undefined : { kmsEncryptionConfig: { cmkType: 'CUSTOMER_MANAGED_KMS_KEY', kmsKeyId } },
    });
    datastore.applyRemovalPolicy(RemovalPolicy.RETAIN);
    if (allowReplacement !== undefined) {
      new ReplacementGuard(stack, 'Guard', { datastore, allowReplacement });
    }
    if (taken !== undefined) {
      new Bucket(stack, 'Taken', { bucketName: taken }).node.addDependency(datastore);
    }
    new CfnOutput(stack, 'DatastoreId', { value: datastore.attrDatastoreId });
  };
}

/** Returns the ids of the data stores that the stack created, with their names and statuses. */
function datastoresOf(laptop: Laptop) {
  return laptop.aws.healthlake.healthLake.datastoreProperties()
    .filter(({ DatastoreName }) => DatastoreName !== undefined)
    .map(({ DatastoreId, DatastoreName, DatastoreStatus }) => [DatastoreId, DatastoreName, DatastoreStatus]);
}

const refusalOf = (datastoreId: string) => new RegExp(`Message returned: CloudFormation would replace the data store ${datastoreId} by an empty one, `
  + 'because its KMS key changes from \\S+ to \\S+; undo the change, or set allowReplacement: true, [^\\n]+ \\(RequestId: [^\\n]+\\)$');

test('a guard refuses a new key until the replacement is allowed, never fails a roll-back, and lets a new name pass', onLaptop({}, async (laptop, { bucket }) => {
  const deploy = (options: Options) => laptop.deploy(dataApp({ allowReplacement: false, ...options }));

  expect(await deploy({ key: 'Old' })).toBe(0);
  const first = laptop.output('Data', 'DatastoreId');

  expect(await deploy({ key: 'New' })).toBe(1);
  expect(laptop.stack('Data').status).toBe('UPDATE_ROLLBACK_COMPLETE');
  expect(laptop.reasons('Data').filter((reason) => refusalOf(first).test(reason))).toHaveLength(1);
  expect(datastoresOf(laptop)).toEqual([[first, 'first', 'ACTIVE']]);

  // The deployment fails after the replacement, so the roll-back finds a data store with the new key.
  expect(await deploy({ key: 'New', datastoreName: 'second', allowReplacement: true, taken: bucket })).toBe(1);
  expect(laptop.stack('Data').status).toBe('UPDATE_ROLLBACK_COMPLETE');
  expect(laptop.output('Data', 'DatastoreId')).toBe(first);

  expect(await deploy({ key: 'New', datastoreName: 'second', allowReplacement: true })).toBe(0);
  const replaced = laptop.output('Data', 'DatastoreId');
  expect(replaced).not.toBe(first);
  expect(datastoresOf(laptop)).toEqual(expect.arrayContaining([[first, 'first', 'ACTIVE'], [replaced, 'second', 'ACTIVE']]));
  expect(await deploy({ key: 'New', datastoreName: 'third' })).toBe(0);
  expect(datastoresOf(laptop)).toEqual(expect.arrayContaining([[first, 'first', 'ACTIVE'], [replaced, 'third', 'ACTIVE']]));
}));

test('a guard can be added to an existing data store, and refuses a new key even in the deployment that adds it', onLaptop({}, async (laptop) => {
  expect(await laptop.deploy(dataApp({ key: 'Old' }))).toBe(0);
  const first = laptop.output('Data', 'DatastoreId');

  expect(await laptop.deploy(dataApp({ key: 'New', allowReplacement: false }))).toBe(1);
  expect(laptop.stack('Data').status).toBe('UPDATE_ROLLBACK_COMPLETE');
  expect(laptop.reasons('Data').filter((reason) => refusalOf(first).test(reason))).toHaveLength(1);

  expect(await laptop.deploy(dataApp({ key: 'Old', allowReplacement: false, datastoreName: 'second' }))).toBe(0);
  expect(datastoresOf(laptop)).toEqual([[first, 'second', 'ACTIVE']]);
}));
