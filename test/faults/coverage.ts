import { FAULT_KINDS } from './fault-player';
import type { Tally } from './tally';

/** From so many plans on everything must have been played. */
const SUFFICIENT = 60;

const STEPS = ['deploy', 'destroy', 'fails after', 'fails beside', 'deleted'];
const ENDS = ['CREATE_COMPLETE', 'CREATE_FAILED', 'ROLLBACK_COMPLETE', 'UPDATE_COMPLETE', 'UPDATE_FAILED', 'UPDATE_ROLLBACK_COMPLETE', 'DELETE_COMPLETE'];

/** Throws if a run that was long enough has not played everything there is: it would say less than it seems to. */
export function checkPlayed(tally: Tally): void {
  if (tally.plans < SUFFICIENT) {
    console.warn(`${tally.plans} plans only, of ${SUFFICIENT} that would be sufficient: give it more time (FAULTS_SECONDS) or a machine that is less busy`);
    return;
  }
  const missing = [['faults served', FAULT_KINDS], ['steps', STEPS], ['ends', ENDS]] as const;
  const never = missing.flatMap(([group, names]) => names.filter((name) => tally.of(group, name) === 0).map((name) => `${group}: ${name}`));
  if (never.length > 0) throw new Error(`never played in ${tally.plans} plans: ${never.join(', ')}`);
}
