import type { SuiteOptions } from './suite';

/** What the environment may say of a run, in the order of the names: seed, path below it, plans at most, seconds, plans at the same time. */
const NAMES = ['FAULTS_SEED', 'FAULTS_PATH', 'FAULTS_RUNS', 'FAULTS_SECONDS', 'FAULTS_LANES'] as const;

/** The settings of a run: the defaults of its test, and what the environment says. */
export function settingsOf(defaults: SuiteOptions): SuiteOptions {
  const [seed, path, runs, seconds, lanes] = NAMES.map((name) => process.env[name]);
  return {
    ...defaults,
    seed: numberOf('FAULTS_SEED', seed) ?? defaults.seed,
    path: path ?? defaults.path,
    runs: numberOf('FAULTS_RUNS', runs) ?? defaults.runs,
    seconds: numberOf('FAULTS_SECONDS', seconds) ?? defaults.seconds,
    lanes: numberOf('FAULTS_LANES', lanes) ?? defaults.lanes,
  };
}

function numberOf(name: string, text: string | undefined): number | undefined {
  if (text === undefined) {
    return undefined;
  }
  if (!/^-?\d+$/.test(text)) {
    throw new Error(`${name} must be a whole number, got "${text}"; leave it out for the default`);
  }
  return Number(text);
}
