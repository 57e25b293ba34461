import { DescribeStacksCommand, ListStackResourcesCommand, type StackResourceSummary } from '@aws-sdk/client-cloudformation';
import { DescribeFHIRDatastoreCommand } from '@aws-sdk/client-healthlake';
import { handler } from '../../../../lambda/datastore';
import type { CustomResourceEvent } from '../../../../lambda/framework/response';
import { REPLACEMENT_GUARD_RESOURCE_TYPE, type ReplacementGuardProperties } from '../../../../src/contract';
import { Aws, DATASTORE, keepsSecrets, MINUTE, SECOND, sdkError, STACK, T0 } from '../../harness';
import { mockResponses, type SentResponse } from '../../responses';

const KEY = 'arn:aws:kms:eu-west-1:123456789012:key/0f8fad5b-d9cb-469f-a165-70867728950e';
const PROPERTIES: ReplacementGuardProperties = { DatastoreLogicalId: 'Datastore', DatastoreTypeVersion: 'R4', AllowReplacement: 'false' };

let aws: Aws;
let sent: SentResponse[];
beforeEach(() => {
  aws = new Aws();
  sent = mockResponses();
  aws.stackIs('UPDATE_IN_PROGRESS');
  aws.datastoreIs('ACTIVE', 'R4');
  listed({});
});
afterEach(() => aws.close());

function listed(...resources: Partial<StackResourceSummary>[]): void {
  const summaries = resources.map((changes): StackResourceSummary => ({
    LogicalResourceId: 'Datastore',
    PhysicalResourceId: DATASTORE,
    ResourceType: 'AWS::HealthLake::FHIRDatastore',
    LastUpdatedTimestamp: new Date(T0),
    ResourceStatus: 'CREATE_COMPLETE',
    ...changes,
  }));
  aws.cloudformation.on(ListStackResourcesCommand).resolves({ StackResourceSummaries: summaries });
}

/** Calls the handler. Returns its response to CloudFormation and its duration. */
async function guard(properties: Partial<ReplacementGuardProperties> = {}, changes: Partial<CustomResourceEvent> = {}) {
  let settled = false;
  const handled = handler({
    RequestType: 'Update',
    RequestId: 'request-1',
    StackId: STACK,
    LogicalResourceId: 'Guard',
    PhysicalResourceId: 'guard-1',
    ResourceType: REPLACEMENT_GUARD_RESOURCE_TYPE,
    ResponseURL: 'https://cloudformation-custom-resource-response-euwest1.s3.eu-west-1.amazonaws.com/x?X-Amz-Signature=cafe',
    ResourceProperties: { ...PROPERTIES, ...properties },
    ...changes,
  }).finally(() => {
    settled = true;
  });
  while (!settled) {
    await jest.advanceTimersToNextTimerAsync();
  }
  await handled;
  const [{ body }, ...others] = sent.splice(0);
  expect(others).toEqual([]);
  keepsSecrets(JSON.stringify(body));
  expect(body.Reason ?? 'no reason at all').toMatch(/^[\x20-\x7e]{10,999}$/);
  return { status: body.Status, reason: body.Reason, physicalId: body.PhysicalResourceId, after: Date.now() - T0 };
}

const SUCCESS = { status: 'SUCCESS', physicalId: 'guard-1', after: 0 };

test('passes if the data store keeps its settings', async () => {
  expect(await guard()).toEqual(SUCCESS);
  expect(aws.sent('ListStackResources')).toEqual([{ StackName: STACK }]);
  expect(aws.sent('DescribeFHIRDatastore')).toEqual([{ DatastoreId: DATASTORE }]);
});

test.each([
  ['an update that is allowed to replace the data store', { AllowReplacement: 'true' }, 'Update'],
  ['a creation that is allowed to replace the data store', { AllowReplacement: 'true' }, 'Create'],
  ['a deletion', {}, 'Delete'],
] as const)('passes without a call for %s', async (_, properties, RequestType) => {
  expect(await guard({ ...properties, KmsKeyId: KEY }, { RequestType })).toEqual(SUCCESS);
  expect(aws.callCount).toBe(0);
});

test.each<[string, Partial<StackResourceSummary>[]]>([
  ['has no data store', [{ LogicalResourceId: 'OtherDatastore' }]],
  ['has deleted the data store', [{ ResourceStatus: 'DELETE_COMPLETE' }]],
  ['has removed and retained the data store', [{ ResourceStatus: 'DELETE_SKIPPED' }]],
  ['could not create the data store', [{ ResourceStatus: 'CREATE_FAILED', PhysicalResourceId: '' }]],
])('passes if the stack %s', async (_, resources) => {
  listed(...resources);
  expect(await guard({ KmsKeyId: KEY })).toEqual(SUCCESS);
  expect(aws.sent('DescribeFHIRDatastore')).toEqual([]);
});

test.each(['CREATE_FAILED', 'DELETING', 'DELETED'])('passes if the data store is %s', async (status) => {
  aws.datastoreIs(status, 'R4');
  expect(await guard({ KmsKeyId: KEY })).toEqual(SUCCESS);
});

test('passes if HealthLake does not know the data store', async () => {
  aws.healthlake.on(DescribeFHIRDatastoreCommand).rejects(sdkError('ResourceNotFoundException', 'no such data store'));
  expect(await guard({ KmsKeyId: KEY })).toEqual(SUCCESS);
});

describe('for a change that would replace the data store, the guard', () => {
  test.each(['Create', 'Update'] as const)('fails for %s, keeps the physical id and says what to do in one line', async (RequestType) => {
    expect(await guard({ KmsKeyId: KEY }, { RequestType })).toEqual({
      ...SUCCESS,
      status: 'FAILED',
      reason: `CloudFormation would replace the data store ${DATASTORE} by an empty one, because its KMS key changes from the AWS owned key to ${KEY}; `
        + 'undo the change, or set allowReplacement: true, which keeps the old data store only if its removal policy is RETAIN; log group: fhir-import-logs',
    });
  });

  test('takes the logical id as the physical id of a new guard', async () => {
    expect(await guard({ KmsKeyId: KEY }, { RequestType: 'Create', PhysicalResourceId: undefined })).toMatchObject({ status: 'FAILED', physicalId: 'Guard' });
  });

  test('fails if the data store is on the second page of the resources', async () => {
    aws.cloudformation.on(ListStackResourcesCommand).callsFake(({ NextToken }) => NextToken === undefined
      ? { StackResourceSummaries: [{ LogicalResourceId: 'Bucket', ResourceStatus: 'CREATE_COMPLETE' }], NextToken: 'second' }
      : { StackResourceSummaries: [{ LogicalResourceId: 'Datastore', PhysicalResourceId: DATASTORE, ResourceStatus: 'UPDATE_FAILED' }] });
    expect(await guard({ KmsKeyId: KEY })).toMatchObject({ status: 'FAILED' });
  });

  test('passes in a roll-back', async () => {
    aws.stackIs('UPDATE_ROLLBACK_IN_PROGRESS');
    expect(await guard({ KmsKeyId: KEY })).toEqual(SUCCESS);
  });

  test('fails after 5 minutes if CloudFormation does not say whether the stack is rolled back', async () => {
    aws.cloudformation.on(DescribeStacksCommand).rejects(sdkError('AccessDenied', 'not authorized'));
    const { status, reason, after } = await guard({ KmsKeyId: KEY });
    expect(status).toBe('FAILED');
    expect(reason).toContain('CloudFormation does not say whether the stack is rolled back: AccessDenied: not authorized; log group');
    expect(after).toBe(5 * MINUTE);
  });
});

describe.each([
  ['ListStackResources', (error: Error) => aws.cloudformation.on(ListStackResourcesCommand).rejectsOnce(error).rejectsOnce(error)],
  ['DescribeFHIRDatastore', (error: Error) => aws.healthlake.on(DescribeFHIRDatastoreCommand).rejectsOnce(error).rejectsOnce(error)],
] as const)('if AWS refuses %s', (_, refuse) => {
  const refused = sdkError('AccessDeniedException', 'Lovelace is not authorized');

  test('passes at once in a roll-back', async () => {
    aws.stackIs('UPDATE_ROLLBACK_IN_PROGRESS');
    refuse(refused);
    expect(await guard()).toEqual(SUCCESS);
  });

  test('passes when the permission has taken effect', async () => {
    refuse(refused).resolves({ DatastoreProperties: undefined, StackResourceSummaries: [] } as object);
    expect(await guard()).toEqual({ ...SUCCESS, after: 10 * SECOND });
  });

  test('fails after 5 minutes with the code and without names', async () => {
    refuse(refused).rejects(refused);
    expect(await guard()).toEqual({
      ...SUCCESS,
      status: 'FAILED',
      reason: 'it is not known whether CloudFormation would replace the data store: AccessDeniedException (full text: CloudTrail): *** is not authorized; '
        + 'the data store is unchanged; correct the problem and deploy again; log group: fhir-import-logs',
      after: 5 * MINUTE,
    });
  });

  test('fails at once if the refusal is an explicit deny', async () => {
    refuse(sdkError('AccessDeniedException', 'not authorized with an explicit deny'));
    expect(await guard()).toMatchObject({ status: 'FAILED', after: 0 });
  });
});

test('fails with a masked reason for an unexpected error', async () => {
  expect(await guard({}, { ResourceProperties: undefined })).toMatchObject({ status: 'FAILED', reason: expect.stringMatching(/^failed with TypeError: /) });
});
