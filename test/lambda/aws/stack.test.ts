import { StackStatus } from '@aws-sdk/client-cloudformation';
import { operatorFor } from '../../../lambda/aws/operator';
import { describeDirection, directionOf } from '../../../lambda/aws/stack';
import { Aws, STACK, T0 } from '../harness';

let aws: Aws;

beforeEach(() => {
  aws = new Aws();
});
afterEach(() => aws.close());

const ask = async () => describeDirection(operatorFor('arn:aws:iam::123456789012:role/operator').cloudformation, STACK, T0);

test('describeDirection returns roll-back for a CloudFormation event of an earlier deployment if the stack is rolling back', async () => {
  aws.stackIs('UPDATE_ROLLBACK_IN_PROGRESS', T0 + 60_000);
  expect(await ask()).toBe('roll-back');
});

test('describeDirection throws for a CloudFormation event of an earlier deployment if the stack is going forward', async () => {
  aws.stackIs('UPDATE_IN_PROGRESS', T0 + 60_000);
  await expect(ask()).rejects.toThrow('the stack has begun another deployment since');
  aws.stackIs('UPDATE_IN_PROGRESS', T0 + 5_000); // the times of the CloudFormation event and of the stack may differ by 5 s
  expect(await ask()).toBe('forward');
});

describe('directionOf', () => {
  const BACK = new Set<string>([
    'ROLLBACK_IN_PROGRESS', 'DELETE_IN_PROGRESS', 'UPDATE_ROLLBACK_IN_PROGRESS', 'UPDATE_ROLLBACK_COMPLETE_CLEANUP_IN_PROGRESS',
    'IMPORT_ROLLBACK_IN_PROGRESS',
  ]);
  const FORWARD = new Set<string>(['CREATE_IN_PROGRESS', 'UPDATE_IN_PROGRESS', 'IMPORT_IN_PROGRESS']);
  const NOWHERE = new Set<string>([
    'CREATE_FAILED', 'CREATE_COMPLETE', 'UPDATE_COMPLETE_CLEANUP_IN_PROGRESS', 'UPDATE_COMPLETE', 'UPDATE_FAILED', 'REVIEW_IN_PROGRESS',
    'IMPORT_COMPLETE', 'ROLLBACK_FAILED', 'ROLLBACK_COMPLETE', 'DELETE_FAILED', 'DELETE_COMPLETE', 'UPDATE_ROLLBACK_FAILED',
    'UPDATE_ROLLBACK_COMPLETE', 'IMPORT_ROLLBACK_FAILED', 'IMPORT_ROLLBACK_COMPLETE',
  ]);

  test.each([...Object.values(StackStatus), 'PAUSED'])('returns forward, roll-back or undefined, as expected, for the stack status %s', (status) => {
    const expected = (BACK.has(status) && 'roll-back') || (FORWARD.has(status) && 'forward') || undefined;
    expect(directionOf(status)).toBe(expected);
    expect([BACK, FORWARD, NOWHERE].filter((statuses) => statuses.has(status))).toHaveLength(status === 'PAUSED' ? 0 : 1);
  });
});
