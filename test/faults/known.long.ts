import { runKnown } from './suite/suite';

jest.setTimeout(10 * 60_000);

test('the known plans break no invariant', async () => {
  const { failure } = await runKnown();
  if (failure) {
    throw new Error(failure);
  }
});
