import * as fc from 'fast-check';
import { often, rarely } from './arbitraries';
import { detachedFaults, faults, messages } from './generate-faults';
import {
  CALM, type DeployStep, type DestroyStep, type Fault, type Plan, type PlannedEnvironment, type PlannedJob, type Step, type Trouble, type Variant,
} from './plan';
import type { UpdateReversal } from '../../../packages/local-aws/src/cloudformation/cloudformation';
import type { JobKind } from '../../../packages/local-healthlake/src/healthlake/options';

/** Generates plans. fast-check shrinks a failing plan to the fewest steps, changes and faults that still fail. */
export function plans(): fc.Arbitrary<Plan> {
  const sequences = fc.oneof({ weight: 5, arbitrary: waitingPlans() }, { weight: 1, arbitrary: detachedPlans() });
  return fc.tuple(often<JobKind>([3, 'import'], [2, 'export']), sequences).map(([kind, plan]) => withoutImpossibleStarts(ofKind(kind, plan)));
}

/** Lets a plan begin with a job of this kind. */
function ofKind(kind: JobKind, { environment, steps: [first, ...others] }: Plan): Plan {
  const isBegun = kind === 'import' || first.kind === 'destroy';
  return { environment, steps: [isBegun ? first : { ...first, change: { ...first.change, kind } }, ...others] };
}

/**
 * If HealthLake ignores client tokens in a plan, removes the delay of listings and long delays of starts from the plan. With such a delay,
 * HealthLake lists the first job too late, and only client tokens could prevent a second job.
 */
function withoutImpossibleStarts(plan: Plan): Plan {
  const { environment, steps } = plan;
  if (!environment.ignoresClientTokens) {
    return plan;
  }
  const isLateStart = (fault: Fault): boolean => fault.on === 'request' && fault.operation === 'healthlake.StartJob'
    && fault.what.kind === 'delay' && fault.what.seconds > 15;
  return {
    environment: { ...environment, listDelaySeconds: 0 },
    steps: steps.map((step) => ({ ...step, faults: step.faults.filter((fault) => !isLateStart(fault)) })),
  };
}

/** Generates plans in which most deployments wait for their job. */
function waitingPlans(): fc.Arbitrary<Plan> {
  const part: fc.Arbitrary<Step[]> = fc.oneof({ withCrossShrink: true },
    { weight: 4, arbitrary: fc.constant<Step[]>([CALM]) },
    { weight: 10, arbitrary: deployments().map((step): Step[] => [step]) },
    { weight: 1, arbitrary: destructions().map((step): Step[] => [step]) },
    { weight: 2, arbitrary: restorations() },
    { weight: 1, arbitrary: overtakings() });
  // Most plans start with a deployment that succeeds.
  const first = fc.oneof({ withCrossShrink: true }, { weight: 3, arbitrary: fc.constant(CALM) }, { weight: 2, arbitrary: deployments() });
  const steps = fc.tuple(first, fc.array(part, { maxLength: 4 })).map(([step, others]) => [step, ...others.flat()]);
  return fc.record({ steps, environment: environments() });
}

/** Generates plans whose first deployment is detached. Faults affect the monitor too. */
function detachedPlans(): fc.Arbitrary<Plan> {
  const part: fc.Arbitrary<Step> = fc.oneof({ withCrossShrink: true },
    { weight: 2, arbitrary: fc.constant<Step>(CALM) },
    { weight: 6, arbitrary: deployments(detachedFaults()) },
    { weight: 1, arbitrary: destructions() });
  const first = deployments(detachedFaults()).map((step): Step => ({ ...step, change: { ...step.change, completion: 'detached' } }));
  const steps = fc.tuple(first, fc.array(part, { maxLength: 3 })).map(([step, others]) => [step, ...others]);
  return fc.record({ steps, environment: environments() });
}

/** Generates two deployments. The first is delayed, cancelled and rolled back. The second starts while waiters of the first still run. */
function overtakings(): fc.Arbitrary<Step[]> {
  const lost = fc.constantFrom('throttle' as const, 'internal' as const, 'reset-before' as const).map((kind) => ({ kind }));
  const heldUp: fc.Arbitrary<Fault> = fc.oneof(
    fc.record({
      on: fc.constant('request' as const),
      operation: fc.constantFrom('healthlake.StartJob', 'healthlake.ListJobs', 'sts.AssumeRole'),
      from: fc.constant(1),
      lasting: fc.constant({ seconds: 400 }),
      what: lost,
    }),
    fc.record({
      on: fc.constant('invocation' as const),
      of: fc.constant('framework.onEvent'),
      from: fc.constant(1),
      times: fc.constantFrom(1, 2),
      what: fc.constant({ kind: 'refused' as const, error: 'ServiceException' as const }),
    }),
  );
  const cancelled = fc.tuple(heldUp, often([2, 15], [1, 40])).map(([fault, afterSeconds]): Step => ({
    ...CALM, change: { revision: '4' }, faults: [fault], trouble: { kind: 'fails beside', afterSeconds },
  }));
  const next = fc.tuple(pauses(), often([2, 100], [1, 10])).map(([pauseSeconds, seconds]): Step => ({
    ...CALM, pauseSeconds, change: { revision: '5' }, job: { seconds },
  }));
  return fc.tuple(cancelled, next).map((both): Step[] => both);
}

/** Generates a deployment that switches to the restored data store, followed by up to two more deployments. */
function restorations(): fc.Arbitrary<Step[]> {
  const restored = fc.tuple(deployments(), fc.boolean()).map(([step, declares]): Step => ({ ...step, change: { datastore: 'restored', declares } }));
  const change = fc.constantFrom<Partial<Variant>>({}, { declares: true }, { declares: false }, { tolerance: 'any' }, { revision: '2' }, { revision: '3', declares: false });
  const next = fc.tuple(deployments(), change).map(([step, changed]): Step => ({ ...step, change: changed }));
  return fc.tuple(restored, fc.array(next, { maxLength: 2 })).map(([step, others]) => [step, ...others]);
}

function environments(): fc.Arbitrary<PlannedEnvironment> {
  return fc.record({
    rollbackAfterUpdate: fc.record({ succeeded: reversals(), failed: reversals() }),
    reusesRequestId: fc.boolean().map((isOther) => !isOther),
    propagationSeconds: often([8, 0], [1, 5], [1, 30], [1, 120]),
    listDelaySeconds: often([8, 0], [1, 5], [1, 30], [1, 300]),
    clientTokenMismatch: fc.constantFrom('validation', 'conflict', 'replay'),
    ignoresClientTokens: often([4, false], [1, true]),
  });
}

function reversals(): fc.Arbitrary<UpdateReversal> {
  return fc.record({
    sendsUpdate: fc.boolean().map((isSilent) => !isSilent),
    id: fc.constantFrom('new', 'old'),
    references: fc.constantFrom('new', 'old'),
  });
}

function deployments(going: fc.Arbitrary<Fault[]> = faults()): fc.Arbitrary<DeployStep> {
  return fc.record({
    kind: fc.constant('deploy' as const),
    faults: going,
    pauseSeconds: pauses(),
    change: changes(),
    data: often([7, 'good'], [2, 'one bad'], [1, 'most bad'], [1, 'empty']),
    job: jobs(),
    trouble: rarely(3, troubles()),
    rollbackDisabled: often([5, false], [1, true]),
    afterFailure: often<DeployStep['afterFailure']>([2, 'deploy on top'], [1, 'roll back']),
  });
}

function destructions(): fc.Arbitrary<DestroyStep> {
  return fc.record({ kind: fc.constant('destroy' as const), pauseSeconds: pauses(), faults: faults() });
}

function pauses(): fc.Arbitrary<number> {
  return often([6, 0], [1, 10], [2, 60], [1, 400]);
}

function changes(): fc.Arbitrary<Partial<Variant>> {
  const values: fc.Arbitrary<Variant> = fc.record({
    revision: fc.constantFrom('1', '2', '3'),
    tolerance: fc.constantFrom('none', 'one resource', '60 percent', 'any'),
    completion: often<Variant['completion']>([2, 'wait'], [4, 'long wait'], [1, 'detached']),
    timeoutMinutes: often([5, 5], [2, 10], [1, 20], [1, 50]),
    datastore: often<Variant['datastore']>([2, 0], [2, 1], [3, 'restored'], [2, 'own 1'], [2, 'own 2']),
    declares: fc.boolean(),
    id: fc.constantFrom('Patients', 'Moved'),
    provider: fc.constantFrom('of the stack', 'Other'),
    outputPrefix: fc.constantFrom('default', 'elsewhere/'),
    storage: fc.constantFrom('of the stack', 'Elsewhere'),
    kind: fc.constantFrom('import', 'export'),
    destroys: fc.boolean(),
  });
  const only = (names: readonly (keyof Variant)[]): fc.Arbitrary<Partial<Variant>> =>
    values.map((all) => Object.fromEntries(names.map((name) => [name, all[name]])));
  return fc.oneof({ withCrossShrink: true },
    { weight: 3, arbitrary: fc.constant({}) },
    { weight: 6, arbitrary: only(['revision']) },
    {
      weight: 6,
      arbitrary: fc.constantFrom<(keyof Variant)[]>('tolerance', 'completion', 'timeoutMinutes', 'datastore', 'declares', 'id', 'provider', 'outputPrefix', 'storage', 'destroys')
        .chain((name) => only([name])),
    },
    {
      weight: 2,
      arbitrary: fc.subarray<keyof Variant>(
        ['revision', 'tolerance', 'completion', 'timeoutMinutes', 'datastore', 'declares', 'id', 'provider', 'outputPrefix', 'storage', 'destroys']).chain(only),
    },
    { weight: 1, arbitrary: only(['kind']) });
}

function jobs(): fc.Arbitrary<PlannedJob> {
  const detour = fc.tuple(fc.constantFrom('CANCEL_SUBMITTED', 'FINISHING_UP'), often([3, 20], [1, 200])).map(([status, seconds]) => ({ status, seconds }));
  const outcome = fc.tuple(fc.constantFrom('FAILED' as const, 'CANCEL_COMPLETED' as const, 'CANCEL_FAILED' as const), rarely(2, messages()))
    .map(([status, message]) => ({ status, message }));
  return fc.record({ seconds: often([8, 10], [2, 30], [2, 100], [1, 700]), detour: rarely(8, detour), outcome: rarely(6, outcome) });
}

function troubles(): fc.Arbitrary<Trouble> {
  const afterSeconds = often([1, 5], [1, 15], [1, 40], [1, 100]);
  return fc.oneof(
    { weight: 2, arbitrary: fc.constant({ kind: 'fails after' as const }) },
    { weight: 3, arbitrary: afterSeconds.map((seconds) => ({ kind: 'fails beside' as const, afterSeconds: seconds })) },
    { weight: 1, arbitrary: afterSeconds.map((seconds) => ({ kind: 'deleted' as const, afterSeconds: seconds })) },
  );
}
