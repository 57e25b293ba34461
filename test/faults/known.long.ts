import { runKnown } from './suite/suite';

jest.setTimeout(10 * 60_000);

test('the plans that are always played break nothing', async () => {
  const { failure } = await runKnown();
  if (failure) {
    throw new Error(failure);
  }
});
