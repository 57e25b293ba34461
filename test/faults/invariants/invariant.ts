import type { Plan } from '../plan/plan';
import type { Observed } from '../run/observed';

/** A rule that must hold for every plan. */
export interface Invariant {
  readonly name: string;
  /** Whether a busy machine can break it. It then counts as broken only if the plan breaks it again when it runs alone. */
  readonly dependsOnTime?: true | ((plan: Plan) => boolean);
  /** Returns a description of each violation. */
  readonly violations: (observed: Observed) => string[];
}
