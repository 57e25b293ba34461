import type { Tally } from './tally';
import { FAULT_KINDS } from '../run/fault-injector';

/** From so many plans on everything must have been played; what is rare comes a few times in as many. */
const SUFFICIENT = 150;

/** Fewer say nothing. */
const LEAST = 5;

const STEPS = ['deploy', 'destroy', 'fails after', 'fails beside', 'deleted'];
const COMPLETIONS = ['wait', 'long wait', 'detached'];
const DATASTORES = ['0', '1', 'restored', 'own 1', 'own 2'];
const DATA_THAT_IS_THERE = ['refused', 'declared'];
const ENDS = ['CREATE_COMPLETE', 'CREATE_FAILED', 'ROLLBACK_COMPLETE', 'UPDATE_COMPLETE', 'UPDATE_FAILED', 'UPDATE_ROLLBACK_COMPLETE', 'DELETE_COMPLETE'];

/** Throws if a run that was long enough has not played everything there is: it would say less than it seems to. */
export function checkPlayed(tally: Tally): void {
  if (tally.plans < LEAST) {
    throw new Error(`only ${tally.plans} plans were played; give it more time (FAULTS_SECONDS) or a machine that is less busy`);
  }
  if (tally.plans < SUFFICIENT) {
    console.log(`${tally.plans} plans: that everything was played is checked from ${SUFFICIENT} on`);
    return;
  }
  const missing = [['faults served', FAULT_KINDS], ['steps', STEPS], ['completions', COMPLETIONS], ['data stores', DATASTORES], ['data that is there', DATA_THAT_IS_THERE], ['ends', ENDS]] as const;
  const never = missing.flatMap(([group, names]) => names.filter((name) => tally.of(group, name) === 0).map((name) => `${group}: ${name}`));
  if (never.length > 0) {
    throw new Error(`never played in ${tally.plans} plans: ${never.join(', ')}`);
  }
}
