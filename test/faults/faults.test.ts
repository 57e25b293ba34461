import { checkCoverage } from './suite/coverage';
import { settingsOf } from './suite/settings';
import { runSuite } from './suite/suite';

/** Fixed, so that a red run is due to the change under test. */
const SEED = 20_261;

const SETTINGS = settingsOf({ seed: SEED, runs: 10_000, seconds: 30, lanes: 6, shrinkSeconds: 60 });

jest.setTimeout((SETTINGS.seconds + SETTINGS.shrinkSeconds + 120) * 1000);

test('no fault sequence imports twice, hangs, or misreports', async () => {
  const { tally, failure } = await runSuite(SETTINGS);
  if (failure) {
    throw new Error(`${failure}\n${tally}`);
  }
  if (SETTINGS.path === undefined) {
    checkCoverage(tally);
  }
});
