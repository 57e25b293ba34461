import type { Tally } from './tally';
import { FAULT_KINDS } from '../run/fault-kinds';

/** A run of this many plans must have covered everything. The rarest parts come a few times in as many plans. */
const SUFFICIENT = 150;

/** A shorter run proves nothing. */
const LEAST = 5;

const STEPS = ['deploy', 'destroy', 'fails after', 'fails beside', 'deleted'];
const COMPLETIONS = ['wait', 'long wait', 'detached'];
const DATASTORES = ['0', '1', 'restored', 'own 1', 'own 2'];
const PRESENT_DATA = ['refused', 'declared'];
const ENDS = ['CREATE_COMPLETE', 'CREATE_FAILED', 'ROLLBACK_COMPLETE', 'UPDATE_COMPLETE', 'UPDATE_FAILED', 'UPDATE_ROLLBACK_COMPLETE', 'DELETE_COMPLETE'];

/** Throws if a run was too short, or long enough and did not cover every fault, step and end. */
export function checkCoverage(tally: Tally): void {
  if (tally.plans < LEAST) {
    throw new Error(`only ${tally.plans} plans ran; give it more time (FAULTS_SECONDS) or a machine that is less busy`);
  }
  if (tally.plans < SUFFICIENT) {
    return;
  }
  const expected = [
    ['faults injected', FAULT_KINDS], ['steps', STEPS], ['completions', COMPLETIONS], ['data stores', DATASTORES], ['present data', PRESENT_DATA], ['ends', ENDS],
  ] as const;
  const missing = expected.flatMap(([group, names]) => names.filter((name) => tally.of(group, name) === 0).map((name) => `${group}: ${name}`));
  if (missing.length > 0) {
    throw new Error(`${tally.plans} plans never had ${missing.join(', ')}`);
  }
}
