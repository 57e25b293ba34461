import type { SuiteOptions } from './suite';

/** The environment variables that override `seed`, `path`, `runs`, `seconds` and `lanes`. */
const NAMES = ['FAULTS_SEED', 'FAULTS_PATH', 'FAULTS_RUNS', 'FAULTS_SECONDS', 'FAULTS_LANES'] as const;

/** Returns the default settings of a test, overridden by environment variables. */
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
