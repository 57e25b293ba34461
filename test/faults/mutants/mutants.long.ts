import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { bundleHandler } from './bundle';
import { MUTANTS, rewriteOf } from './mutants';
import { settingsOf } from '../suite/settings';
import { runKnown, runSuite } from '../suite/suite';

/** Limits for each mutant: the suite must find it within this number of plans and this time. */
const SETTINGS = settingsOf({ seed: 1, runs: 400, seconds: 600, lanes: 6, shrinkSeconds: 0 });

jest.setTimeout((SETTINGS.seconds + 120) * 1000);

const found: string[] = [];

afterAll(() => console.log(found.join('\n')));

test('a bundle without a mutant equals the shipped bundle', async () => {
  const shipped = readFileSync(join(__dirname, '..', '..', '..', 'assets', 'lambda', 'index', 'index.js'));
  expect((await bundleHandler()).equals(shipped)).toBe(true);
});

test.each(MUTANTS)('the suite finds the defect "$name"', async (mutant) => {
  const { rewrite, check } = rewriteOf(mutant);
  const handler = await bundleHandler(rewrite);
  check();
  const known = await runKnown(handler);
  const { tally, broken } = known.broken.length > 0 ? known : await runSuite({ ...SETTINGS, handler });
  found.push(`${mutant.name}: ${tally.plans} plans broke ${broken.join(', ') || 'nothing'}`);
  expect(broken).not.toEqual([]);
});
