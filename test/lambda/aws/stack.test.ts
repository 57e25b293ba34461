import { operatorFor } from '../../../lambda/aws/operator';
import { askDirection } from '../../../lambda/aws/stack';
import { Aws, STACK, T0 } from '../harness';

let aws: Aws;

beforeEach(() => {
  aws = new Aws();
});
afterEach(() => aws.close());

const ask = async () => askDirection(operatorFor('arn:aws:iam::123456789012:role/operator').cloudformation, STACK, T0);

test('a roll-back is one for the events of earlier deployments too: they must not fail either', async () => {
  aws.stackIs('UPDATE_ROLLBACK_IN_PROGRESS', T0 + 60_000);
  expect(await ask()).toBe('roll-back');
});

test('a later deployment that goes forward is none of an earlier event\'s business', async () => {
  aws.stackIs('UPDATE_IN_PROGRESS', T0 + 60_000);
  await expect(ask()).rejects.toThrow('the stack has begun another deployment since');
  aws.stackIs('UPDATE_IN_PROGRESS', T0 + 5_000); // as far as clocks may be apart
  expect(await ask()).toBe('forward');
});
