import { operatorFor } from '../../../lambda/aws/operator';
import { askDirection } from '../../../lambda/aws/stack';
import { Aws, STACK, T0 } from '../harness';

let aws: Aws;

beforeEach(() => {
  aws = new Aws();
});
afterEach(() => aws.close());

const ask = async () => askDirection(operatorFor('arn:aws:iam::123456789012:role/operator').cloudformation, STACK, T0);

test('a roll-back also counts as one for events of earlier deployments', async () => {
  aws.stackIs('UPDATE_ROLLBACK_IN_PROGRESS', T0 + 60_000);
  expect(await ask()).toBe('roll-back');
});

test('throws for an event of an earlier deployment while a later one goes forward', async () => {
  aws.stackIs('UPDATE_IN_PROGRESS', T0 + 60_000);
  await expect(ask()).rejects.toThrow('the stack has begun another deployment since');
  aws.stackIs('UPDATE_IN_PROGRESS', T0 + 5_000); // as far as clocks may be apart
  expect(await ask()).toBe('forward');
});
