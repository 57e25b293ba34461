import type { Plan } from '../plan/plan';
import type { Observed } from '../run/observed';

/** A rule that must hold for every plan. */
export interface Invariant {
  readonly name: string;
  /** Whether a busy machine can break this rule. If so, the suite runs the plan again alone, and reports only a rule that breaks again. */
  readonly dependsOnTime?: true | ((plan: Plan) => boolean);
  /** Returns a description of each violation. */
  readonly violations: (observed: Observed) => string[];
}
