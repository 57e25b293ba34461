import * as fc from 'fast-check';
import type {
  DeploymentFunction, DeploymentOperation, DeployStep, DestroyStep, Fault, FunctionName, InvocationFault, Operation, Plan, PlannedEnvironment,
  PlannedJob, RequestFault, RequestTrouble, Step, Trouble, Variant, WatchOperation,
} from './plan';
import type { UpdateReversal } from '../../../packages/local-aws/src/cloudformation/cloudformation';
import { CANARY } from '../run/data';
import { DATA_BUCKET, DATA_PREFIX } from '../run/template';

/** Plans, simple ones first: what fails is reduced to as few steps, changes and faults as fail with it. */
export function plans(): fc.Arbitrary<Plan> {
  return fc.oneof({ weight: 5, arbitrary: waitingPlans() }, { weight: 1, arbitrary: detachedPlans() }).map(withoutWhatTakesTokens);
}

/** Nothing but a client token helps against a job that is listed long after its start was given up. */
function withoutWhatTakesTokens(plan: Plan): Plan {
  const { environment, steps } = plan;
  if (!environment.ignoresClientTokens) {
    return plan;
  }
  const isLateStart = (fault: Fault): boolean => fault.on === 'request' && fault.operation === 'healthlake.StartFHIRImportJob'
    && fault.what.kind === 'delay' && fault.what.seconds > 15;
  return {
    environment: { ...environment, listDelaySeconds: 0 },
    steps: steps.map((step) => ({ ...step, faults: step.faults.filter((fault) => !isLateStart(fault)) })),
  };
}

/** Plans about an import that is waited for, mostly. */
function waitingPlans(): fc.Arbitrary<Plan> {
  const part: fc.Arbitrary<Step[]> = fc.oneof({ withCrossShrink: true },
    { weight: 4, arbitrary: fc.constant<Step[]>([CALM]) },
    { weight: 10, arbitrary: deployments().map((step): Step[] => [step]) },
    { weight: 1, arbitrary: destructions().map((step): Step[] => [step]) },
    { weight: 2, arbitrary: restorations() },
    { weight: 1, arbitrary: overtakings() });
  // What most plans are about is what becomes of a stack that is there.
  const first = fc.oneof({ withCrossShrink: true }, { weight: 3, arbitrary: fc.constant(CALM) }, { weight: 2, arbitrary: deployments() });
  const steps = fc.tuple(first, fc.array(part, { maxLength: 4 })).map(([step, others]) => [step, ...others.flat()]);
  return fc.record({ steps, environment: environments() });
}

/** Plans about an import that is detached, at first at least; faults hit its watch too. */
function detachedPlans(): fc.Arbitrary<Plan> {
  const part: fc.Arbitrary<Step> = fc.oneof({ withCrossShrink: true },
    { weight: 2, arbitrary: fc.constant<Step>(CALM) },
    { weight: 6, arbitrary: deployments(detachedFaults()) },
    { weight: 1, arbitrary: destructions() });
  const first = deployments(detachedFaults()).map((step): Step => ({ ...step, change: { ...step.change, completion: 'detached' } }));
  const steps = fc.tuple(first, fc.array(part, { maxLength: 3 })).map(([step, others]) => [step, ...others]);
  return fc.record({ steps, environment: environments() });
}

/** A deployment that is held up, cancelled and rolled back, and the next one, while what is left of it still tries. */
function overtakings(): fc.Arbitrary<Step[]> {
  const lost = fc.constantFrom('throttle' as const, 'internal' as const, 'reset-before' as const).map((kind) => ({ kind }));
  const heldUp: fc.Arbitrary<Fault> = fc.oneof(
    fc.record({
      on: fc.constant('request' as const),
      operation: fc.constantFrom('healthlake.StartFHIRImportJob', 'healthlake.ListFHIRImportJobs', 'sts.AssumeRole'),
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

/** A deployment with the data store restored, and what becomes of it. */
function restorations(): fc.Arbitrary<Step[]> {
  const restored = fc.tuple(deployments(), fc.boolean()).map(([step, declares]): Step => ({ ...step, change: { datastore: 'restored', declares } }));
  const change = fc.constantFrom<Partial<Variant>>({}, { declares: true }, { declares: false }, { tolerance: 'any' }, { revision: '2' }, { revision: '3', declares: false });
  const next = fc.tuple(deployments(), change).map(([step, changed]): Step => ({ ...step, change: changed }));
  return fc.tuple(restored, fc.array(next, { maxLength: 2 })).map(([step, others]) => [step, ...others]);
}

/** The same deployment again, and nothing disturbs it. */
const CALM: DeployStep = {
  kind: 'deploy', faults: [], pauseSeconds: 0, change: {}, data: 'good', job: { seconds: 10 }, rollbackDisabled: false, afterFailure: 'deploy on top',
};

/** Nothing, but for one time in so many. */
function rarely<T>(oneIn: number, arbitrary: fc.Arbitrary<T>): fc.Arbitrary<T | undefined> {
  return fc.oneof({ withCrossShrink: true }, { weight: oneIn - 1, arbitrary: fc.constant(undefined) }, { weight: 1, arbitrary });
}

/** One of several values, each as often as its weight says; the first is the simplest. */
function often<T>(...values: readonly (readonly [weight: number, value: T])[]): fc.Arbitrary<T> {
  return fc.oneof({ withCrossShrink: true }, ...values.map(([weight, value]) => ({ weight, arbitrary: fc.constant(value) })));
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
    destroys: fc.boolean(),
  });
  const only = (names: readonly (keyof Variant)[]): fc.Arbitrary<Partial<Variant>> =>
    values.map((all) => Object.fromEntries(names.map((name) => [name, all[name]])));
  return fc.oneof({ withCrossShrink: true },
    { weight: 3, arbitrary: fc.constant({}) },
    { weight: 6, arbitrary: only(['revision']) },
    {
      weight: 6,
      arbitrary: fc.constantFrom<(keyof Variant)[]>('tolerance', 'completion', 'timeoutMinutes', 'datastore', 'declares', 'id', 'provider', 'outputPrefix', 'destroys')
        .chain((name) => only([name])),
    },
    {
      weight: 2,
      arbitrary: fc.subarray<keyof Variant>(
        ['revision', 'tolerance', 'completion', 'timeoutMinutes', 'datastore', 'declares', 'id', 'provider', 'outputPrefix', 'destroys']).chain(only),
    });
}

function jobs(): fc.Arbitrary<PlannedJob> {
  const detour = fc.tuple(fc.constantFrom('CANCEL_SUBMITTED', 'FINISHING_UP'), often([3, 20], [1, 200])).map(([status, seconds]) => ({ status, seconds }));
  const outcome = fc.tuple(fc.constantFrom('FAILED' as const, 'CANCEL_COMPLETED' as const, 'CANCEL_FAILED' as const), rarely(2, messages()))
    .map(([status, message]) => ({ status, message }));
  return fc.record({ seconds: often([8, 10], [2, 30], [2, 100], [1, 700]), detour: rarely(8, detour), outcome: rarely(6, outcome) });
}

/** What AWS may say, with names of objects in it: they can name patients. */
function messages(): fc.Arbitrary<string> {
  const key = `${DATA_PREFIX}${CANARY}`;
  const arn = `arn:aws:s3:::${DATA_BUCKET}`;
  const sentence = fc.constantFrom(
    `HealthLake could not read the input file s3://${DATA_BUCKET}/${key}.ndjson`,
    `The object "s3://${DATA_BUCKET}/${key} of ward 3.ndjson" is archived`,
    `not authorized to perform: s3:GetObject on resource: "${arn}/${key}/1"`,
    `GET https://${DATA_BUCKET}.s3.us-east-1.amazonaws.com/${key}.ndjson failed with 403`,
    `${CANARY}.ndjson is no NDJSON`,
    'The role is not authorized',
    'Ung\u00fcltige Angabe\nin zwei Zeilen',
  );
  return fc.tuple(sentence, often([2, 1], [1, 10], [1, 60])).map(([text, times]) => Array(times).fill(text).join('. '));
}

function troubles(): fc.Arbitrary<Trouble> {
  const afterSeconds = often([1, 5], [1, 15], [1, 40], [1, 100]);
  return fc.oneof(
    { weight: 2, arbitrary: fc.constant({ kind: 'fails after' as const }) },
    { weight: 3, arbitrary: afterSeconds.map((seconds) => ({ kind: 'fails beside' as const, afterSeconds: seconds })) },
    { weight: 1, arbitrary: afterSeconds.map((seconds) => ({ kind: 'deleted' as const, afterSeconds: seconds })) },
  );
}

function faults(): fc.Arbitrary<Fault[]> {
  const stalls = fc.record({ on: fc.constant('queue' as const), afterSeconds: often([2, 0], [1, 15]), seconds: often<number | undefined>([3, 60], [1, 400], [1, undefined]) });
  const one: fc.Arbitrary<Fault> = fc.oneof(
    { weight: 8, arbitrary: requestFaults() },
    { weight: 4, arbitrary: invocationFaults() },
    { weight: 1, arbitrary: stalls },
  );
  return fc.oneof({ withCrossShrink: true },
    { weight: 3, arbitrary: fc.constant<Fault[]>([]) },
    { weight: 5, arbitrary: fc.array(one, { minLength: 1, maxLength: 3 }) });
}

/** What goes wrong with a detached import: mostly with its watch. */
function detachedFaults(): fc.Arbitrary<Fault[]> {
  const one: fc.Arbitrary<Fault> = fc.oneof(
    { weight: 4, arbitrary: requestFaults(WATCH_OPERATION_WEIGHTS) },
    { weight: 3, arbitrary: invocationFaults({ judge: 1 }) },
    { weight: 2, arbitrary: requestFaults() },
    { weight: 1, arbitrary: invocationFaults() },
  );
  return fc.oneof({ withCrossShrink: true },
    { weight: 2, arbitrary: fc.constant<Fault[]>([]) },
    { weight: 5, arbitrary: fc.array(one, { minLength: 1, maxLength: 3 }) });
}

/** The requests that matter most, more often. */
const OPERATION_WEIGHTS: Record<DeploymentOperation, number> = {
  'sts.AssumeRole': 2,
  'healthlake.DescribeFHIRDatastore': 1,
  'healthlake.ListFHIRImportJobs': 3,
  'healthlake.StartFHIRImportJob': 5,
  'healthlake.DescribeFHIRImportJob': 4,
  'cloudformation.DescribeStacks': 3,
  'lambda.Invoke': 2,
  'states.StartExecution': 1,
  '/_response/.PUT': 1,
};

const WATCH_OPERATION_WEIGHTS: Record<WatchOperation, number> = {
  'watch.StartExecution': 3, 'watch.DescribeFHIRImportJob': 2, 'judge.DescribeFHIRImportJob': 2, 'judge.PutEvents': 4,
};

const FUNCTION_WEIGHTS: Record<DeploymentFunction, number> = {
  'onEvent': 2, 'isComplete': 5, 'framework.onEvent': 3, 'framework.isComplete': 3, 'framework.onTimeout': 1,
};

function requestFaults(weights: Partial<Record<Operation, number>> = OPERATION_WEIGHTS): fc.Arbitrary<RequestFault> {
  return byWeight(weights).chain((operation) => fc.record({
    on: fc.constant('request' as const),
    operation: fc.constant(operation),
    from: often([5, 1], [3, 2], [2, 3], [1, 5]),
    lasting: fc.oneof({ withCrossShrink: true },
      { weight: 6, arbitrary: fc.constant({ times: 1 }) },
      { weight: 3, arbitrary: fc.integer({ min: 2, max: 12 }).map((times) => ({ times })) },
      { weight: 2, arbitrary: often([3, 40], [2, 120], [1, 400], [1, 1500]).map((seconds) => ({ seconds })) }),
    what: requestTroubles(operation),
  }));
}

function requestTroubles(operation: Operation): fc.Arbitrary<RequestTrouble> {
  const kinds = (['throttle', 'internal', 'reset-before', 'reset-after'] as const).map((kind) => ({ kind }));
  return fc.oneof(
    { weight: 4, arbitrary: fc.constantFrom(...kinds) },
    { weight: 1, arbitrary: often([2, 3], [1, 15], [1, 100], [1, 400]).map((seconds) => ({ kind: 'delay' as const, seconds })) },
    { weight: 1, arbitrary: apiErrors(operation) },
    // Nobody can kill a state machine's own request.
    ...(operation === 'watch.DescribeFHIRImportJob' ? [] : [{ weight: 3, arbitrary: kills() }]),
  );
}

/** Only HealthLake knows names of objects. What it refuses a state machine is in that one's log to the letter, and there are none in it. */
function apiErrors(operation: Operation): fc.Arbitrary<RequestTrouble> {
  const message = operation.startsWith('healthlake.') || operation === 'judge.DescribeFHIRImportJob' ? messages() : often([1, 'not authorized'], [1, 'not authorized to perform this action '.repeat(60)]);
  const name = fc.constantFrom('AccessDeniedException', 'ValidationException', 'ConflictException', 'ResourceNotFoundException');
  return fc.tuple(name, message).map(([code, text]) => ({ kind: 'error', name: code, message: text, status: 400 }));
}

function kills(): fc.Arbitrary<RequestTrouble> {
  return fc.tuple(fc.constantFrom('before' as const, 'after' as const), fc.constantFrom('service-error' as const, 'function-error' as const))
    .map(([when, answer]) => ({ kind: 'killed', when, answer }));
}

function invocationFaults(weights: Partial<Record<FunctionName, number>> = FUNCTION_WEIGHTS): fc.Arbitrary<InvocationFault> {
  const killed = fc.tuple(often([1, 0], [1, 300], [1, 3000], [1, 20_000]), fc.constantFrom('service-error' as const, 'function-error' as const))
    .map(([ms, answer]) => ({ kind: 'killed after' as const, ms, answer }));
  const refused = fc.constantFrom('TooManyRequestsException' as const, 'ServiceException' as const).map((error) => ({ kind: 'refused' as const, error }));
  return fc.record({
    on: fc.constant('invocation' as const),
    of: byWeight(weights),
    from: often([4, 1], [3, 2], [1, 4]),
    times: often([4, 1], [1, 2], [1, 7]),
    what: fc.oneof({ weight: 3, arbitrary: killed }, { weight: 2, arbitrary: refused }, { weight: 3, arbitrary: fc.constant({ kind: 'twice' as const }) }),
  });
}

function byWeight<T extends string>(weights: Partial<Record<T, number>>): fc.Arbitrary<T> {
  return often(...(Object.entries(weights) as [T, number][]).map(([value, weight]) => [weight, value] as const));
}
