import { randomInt } from 'node:crypto';
import { checkCoverage } from './suite/coverage';
import { settingsOf } from './suite/settings';
import { runSuite } from './suite/suite';

const SETTINGS = settingsOf({ seed: randomInt(1_000_000_000), runs: 1_000, seconds: 3 * 3_600, lanes: 6, shrinkSeconds: 300, log: console.log });

jest.setTimeout((SETTINGS.seconds + SETTINGS.shrinkSeconds + 300) * 1000);

test('under random faults, random deployments never start a second job, never hang and never report a wrong result', async () => {
  console.log(`seed ${SETTINGS.seed}`);
  const { tally, failure } = await runSuite(SETTINGS);
  console.log(`seed ${SETTINGS.seed}\n${tally}`);
  if (failure) {
    throw new Error(failure);
  }
  if (SETTINGS.path === undefined) {
    checkCoverage(tally);
  }
});
