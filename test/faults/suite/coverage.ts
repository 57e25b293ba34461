import type { Tally } from './tally';
import { FAULT_KINDS } from '../run/fault-kinds';

/** A run of at least this many plans must cover every fault, step and final status. Even the rarest faults occur several times in such a run. */
const SUFFICIENT = 150;

/** A run of fewer plans than this fails, because it proves nothing. */
const LEAST = 5;

const STEPS = ['deploy', 'destroy', 'fails after', 'fails beside', 'deleted'];
const KINDS = ['import', 'export'];
const COMPLETIONS = ['wait', 'long wait', 'detached'];
const DATASTORES = ['0', '1', 'restored', 'own 1', 'own 2'];
const PRESENT_DATA = ['refused', 'declared'];
const ENDS = ['CREATE_COMPLETE', 'CREATE_FAILED', 'ROLLBACK_COMPLETE', 'UPDATE_COMPLETE', 'UPDATE_FAILED', 'UPDATE_ROLLBACK_COMPLETE', 'DELETE_COMPLETE'];

/** Throws if a run was too short. Also throws if a run of sufficient length did not cover every fault, step and final status. */
export function checkCoverage(tally: Tally): void {
  if (tally.plans < LEAST) {
    throw new Error(`only ${tally.plans} plans ran; give it more time (FAULTS_SECONDS) or a machine that is less busy`);
  }
  if (tally.plans < SUFFICIENT) {
    return;
  }
  const expected = [
    ['faults injected', FAULT_KINDS], ['steps', STEPS], ['kinds', KINDS], ['completions', COMPLETIONS], ['data stores', DATASTORES], ['present data', PRESENT_DATA], ['ends', ENDS],
  ] as const;
  const missing = expected.flatMap(([group, names]) => names.filter((name) => tally.of(group, name) === 0).map((name) => `${group}: ${name}`));
  if (missing.length > 0) {
    throw new Error(`${tally.plans} plans never had ${missing.join(', ')}`);
  }
}
