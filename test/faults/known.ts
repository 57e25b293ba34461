import type { DeployStep, Fault, Plan } from './plan';
import type { UpdateReversal } from '../../local/cloudformation/cloudformation';

/** A plan that once broke an invariant, for ever. */
export interface KnownPlan {
  readonly name: string;
  readonly plan: Plan;
}

const REVERSAL: UpdateReversal = { sendsUpdate: true, id: 'new', references: 'new' };

const CALM: DeployStep = {
  kind: 'deploy', faults: [], pauseSeconds: 0, change: {}, data: 'good', job: { seconds: 10 }, rollbackDisabled: false, afterFailure: 'deploy on top',
};

/** A deployment, one that is held up and rolled back because of another resource, and at once a third. */
function overtaken(fault: Fault, cancelledAfterSeconds: number): Plan {
  return {
    environment: {
      rollbackAfterUpdate: { succeeded: REVERSAL, failed: REVERSAL },
      reusesRequestId: true,
      propagationSeconds: 0,
      listDelaySeconds: 0,
      clientTokenMismatch: 'validation',
    },
    steps: [
      CALM,
      { ...CALM, change: { revision: '2' }, faults: [fault], trouble: { kind: 'fails beside', afterSeconds: cancelledAfterSeconds } },
      { ...CALM, change: { revision: '3' }, job: { seconds: 100 } },
    ],
  };
}

export const KNOWN_PLANS: readonly KnownPlan[] = [
  {
    name: 'the waiter of a deployment that was rolled back starts nothing in the next one',
    plan: overtaken({ on: 'request', operation: 'healthlake.StartFHIRImportJob', from: 1, lasting: { seconds: 1000 }, what: { kind: 'throttle' } }, 40),
  },
  {
    name: 'an event that is delivered only in the next deployment starts nothing',
    plan: overtaken({ on: 'invocation', of: 'framework.onEvent', from: 1, times: 1, what: { kind: 'refused', error: 'ServiceException' } }, 15),
  },
  {
    name: 'without a roll-back a job that failed needs a new revision, and the reason says so',
    plan: {
      ...overtaken({ on: 'queue', afterSeconds: 0, seconds: 1 }, 1),
      steps: [CALM, { ...CALM, change: { revision: '2' }, data: 'empty', rollbackDisabled: true }, CALM, { ...CALM, change: { revision: '3' } }],
    },
  },
];
