import { type CloudFormationClient, DeleteStackCommand, type StackResource, waitUntilStackDeleteComplete } from '@aws-sdk/client-cloudformation';
import { DeleteFHIRDatastoreCommand, DescribeFHIRDatastoreCommand, type HealthLakeClient } from '@aws-sdk/client-healthlake';
import { DescribeKeyCommand, type KMSClient, ScheduleKeyDeletionCommand } from '@aws-sdk/client-kms';
import type { Clients } from '../aws/clients';
import { deleteBucket } from '../aws/objects';
import { findStack, refuseForeignStacks, resourcesOf } from '../aws/stacks';

/** The shortest waiting period that KMS allows. */
const KEY_WAITING_DAYS = 7;

const STACK_DELETION_SECONDS = 30 * 60;

/**
 * Deletes the resources of all runs. It reads the ids of retained resources from the stack `Data`, so it deletes this stack last. An interrupted
 * deletion can be repeated.
 */
export async function destroy({ cloudformation, healthlake, s3, kms }: Clients): Promise<void> {
  await refuseForeignStacks(cloudformation);
  const logGroups = [
    ...await physicalIds(cloudformation, 'Data', 'AWS::Logs::LogGroup'),
    ...await physicalIds(cloudformation, 'Import', 'AWS::Logs::LogGroup'),
  ];
  await deleteStack(cloudformation, 'Import');
  for (const id of await physicalIds(cloudformation, 'Data', 'AWS::HealthLake::FHIRDatastore')) {
    await deleteDatastore(healthlake, id);
  }
  for (const bucket of await physicalIds(cloudformation, 'Data', 'AWS::S3::Bucket')) {
    await deleteBucket(s3, bucket);
    console.log(`deleted the bucket ${bucket}`);
  }
  for (const key of await physicalIds(cloudformation, 'Data', 'AWS::KMS::Key')) {
    await scheduleKeyDeletion(kms, key);
  }
  await deleteStack(cloudformation, 'Data');
  logGroups.forEach((name) => console.log(`to delete the log group, run: aws logs delete-log-group --log-group-name ${name}`));
}

/** Returns the physical ids of a stack's resources of one type, or an empty array if the stack doesn't exist. */
async function physicalIds(cloudformation: CloudFormationClient, stack: string, type: string): Promise<string[]> {
  const resources: StackResource[] = await findStack(cloudformation, stack) ? await resourcesOf(cloudformation, stack) : [];
  return resources.filter(({ ResourceType }) => ResourceType === type).flatMap(({ PhysicalResourceId: id }) => id ?? []);
}

async function deleteStack(cloudformation: CloudFormationClient, name: string): Promise<void> {
  const stack = await findStack(cloudformation, name);
  if (!stack) {
    console.log(`there is no stack ${name}`);
    return;
  }
  await cloudformation.send(new DeleteStackCommand({ StackName: stack.StackId }));
  await waitUntilStackDeleteComplete({ client: cloudformation, maxWaitTime: STACK_DELETION_SECONDS, minDelay: 2, maxDelay: 10 },
    { StackName: stack.StackId });
  console.log(`deleted the stack ${name}`);
}

async function deleteDatastore(healthlake: HealthLakeClient, id: string): Promise<void> {
  const status = await healthlake.send(new DescribeFHIRDatastoreCommand({ DatastoreId: id })).then(
    ({ DatastoreProperties: datastore }) => datastore?.DatastoreStatus,
    (error: Error) => error.name === 'ResourceNotFoundException' ? 'DELETED' : Promise.reject(error));
  if (status === 'DELETING' || status === 'DELETED') {
    console.log(`the data store ${id} is ${status}`);
    return;
  }
  await healthlake.send(new DeleteFHIRDatastoreCommand({ DatastoreId: id }));
  console.log(`the data store ${id} is being deleted, which takes up to 20 minutes`);
}

async function scheduleKeyDeletion(kms: KMSClient, key: string): Promise<void> {
  const { KeyMetadata: metadata } = await kms.send(new DescribeKeyCommand({ KeyId: key }));
  if (metadata?.KeyState !== 'PendingDeletion') {
    await kms.send(new ScheduleKeyDeletionCommand({ KeyId: key, PendingWindowInDays: KEY_WAITING_DAYS }));
  }
  console.log(`the key ${key} is deleted in ${KEY_WAITING_DAYS} days`);
}
