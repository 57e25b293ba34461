import { DescribeFHIRDatastoreCommand } from '@aws-sdk/client-healthlake';
import { AssumeRoleCommand, STSClient } from '@aws-sdk/client-sts';
import { mockClient } from 'aws-sdk-client-mock';
import { Aws, DATASTORE, FINGERPRINT, JOB_ID, jobEvent, MINUTE, outcomeEvent, sdkError, T0, waitEvent } from './harness';
import { isComplete, onEvent } from '../../lambda';
import { kindOf } from '../../lambda/aws/errors';
import { operatorFor } from '../../lambda/aws/operator';
import type { IsCompleteRequest } from '../../lambda/framework/framework';

let aws: Aws;

beforeEach(() => {
  aws = new Aws();
});
afterEach(() => aws.close());

describe('a deletion', () => {
  test.each([
    `${DATASTORE}/${JOB_ID}/${FINGERPRINT}`, `${DATASTORE}/pending/${FINGERPRINT}`, `${DATASTORE}/${JOB_ID}/COMPLETED/10/10/0`, 'Import-ImportJob-1ABC',
    'AWSCDK::CustomResourceProviderFramework::CREATE_FAILED', undefined,
  ])('of a resource with the physical id %s makes no calls to AWS', async (PhysicalResourceId) => {
    for (const event of [jobEvent({ RequestType: 'Delete', PhysicalResourceId }), outcomeEvent({ RequestType: 'Delete', PhysicalResourceId }),
      waitEvent({ RequestType: 'Delete', PhysicalResourceId }),
      jobEvent({ RequestType: 'Delete', PhysicalResourceId, ResourceType: 'Custom::Other', ResourceProperties: {} })]) {
      expect(await onEvent(event)).toEqual({ PhysicalResourceId });
      expect(await isComplete({ ...event, PhysicalResourceId } as IsCompleteRequest)).toEqual({ IsComplete: true, PhysicalResourceId, Data: {} });
    }
    expect(aws.callCount).toBe(0);
  });
});

test('onEvent rejects an unknown resource type', async () => {
  await expect(onEvent(jobEvent({ ResourceType: 'Custom::Other' }))).rejects.toThrow('this provider knows no resource type "Custom::Other"');
});

describe('the operator role', () => {
  const ROLE = 'arn:aws:iam::123456789012:role/another-operator';
  const sts = mockClient(STSClient);

  beforeEach(() => {
    sts.reset();
    aws.healthlake.restore();
    aws.cloudformation.restore();
  });
  afterAll(() => sts.restore());

  test('is assumed by each SDK client of an import', async () => {
    const expiration = new Date(T0 + 60 * MINUTE);
    sts.on(AssumeRoleCommand).resolves({ Credentials: { AccessKeyId: 'a', SecretAccessKey: 's', SessionToken: 't', Expiration: expiration } });
    const { healthlake, cloudformation } = operatorFor(ROLE);
    expect(operatorFor(ROLE).healthlake).toBe(healthlake);
    expect(await healthlake.config.credentials()).toMatchObject({ accessKeyId: 'a', secretAccessKey: 's', sessionToken: 't', expiration });
    expect(await cloudformation.config.credentials()).toMatchObject({ accessKeyId: 'a' });
    await healthlake.config.credentials();
    expect(sts.commandCalls(AssumeRoleCommand).map(({ args: [{ input }] }) => input)).toEqual(Array(2).fill({ RoleArn: ROLE, RoleSessionName: 'fhir-import' }));
    expect(await healthlake.config.maxAttempts()).toBe(8);
  });

  test('does not share its SDK clients with another role', () => {
    expect(operatorFor(`${ROLE}-2`).healthlake).not.toBe(operatorFor(ROLE).healthlake);
  });

  test('SDK calls fail with an AccessDenied error, which the handler retries, if AssumeRole is refused', async () => {
    const refusal = sdkError('AccessDenied', 'not authorized to perform: sts:AssumeRole', 403);
    sts.on(AssumeRoleCommand).rejects(refusal);
    const thrown = await operatorFor(`${ROLE}-3`).healthlake.send(new DescribeFHIRDatastoreCommand({ DatastoreId: DATASTORE })).catch((error) => error as Error);
    expect(thrown).toMatchObject({ name: 'AccessDenied', message: refusal.message });
    expect(kindOf(thrown)).toBe('settling');
  });

  test('SDK calls fail if AssumeRole returns no credentials', async () => {
    sts.on(AssumeRoleCommand).resolves({});
    await expect(operatorFor(`${ROLE}-4`).healthlake.config.credentials()).rejects.toThrow(`AssumeRole of ${ROLE}-4 gave no credentials`);
  });
});
