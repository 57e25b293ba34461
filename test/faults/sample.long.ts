import { checkCoverage } from './suite/coverage';
import { settingsOf } from './suite/settings';
import { runSuite } from './suite/suite';

/** The seed is fixed, so that every run tests the same plans. A new failure is then caused by a change of the code. */
const SEED = 20_290;

const SETTINGS = settingsOf({ seed: SEED, runs: 10_000, seconds: 15, lanes: 6, shrinkSeconds: 60 });

jest.setTimeout((SETTINGS.seconds + SETTINGS.shrinkSeconds + 120) * 1000);

test('under random faults, a sample of random deployments never starts a second job, never hangs and never reports a wrong result', async () => {
  const { tally, failure } = await runSuite(SETTINGS);
  if (failure) {
    throw new Error(`${failure}\n${tally}`);
  }
  if (SETTINGS.path === undefined) {
    checkCoverage(tally);
  }
});
