import { runKnown } from './suite/suite';

jest.setTimeout(10 * 60_000);

test('no known plan breaks an invariant', async () => {
  const { failure } = await runKnown();
  if (failure) {
    throw new Error(failure);
  }
});
