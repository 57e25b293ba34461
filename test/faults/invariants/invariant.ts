import type { Plan } from '../plan/plan';
import type { Observed } from '../run/observed';

/** A rule that must hold for every plan. */
export interface Invariant {
  readonly name: string;
  /** Whether a busy machine can break this rule. If so, the suite repeats the plan while no other plan runs, and reports the rule only if it breaks again. */
  readonly dependsOnTime?: true | ((plan: Plan) => boolean);
  /** Returns a description of each violation. */
  readonly violations: (observed: Observed) => string[];
}
