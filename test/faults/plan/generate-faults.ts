import * as fc from 'fast-check';
import { often } from './arbitraries';
import type {
  DeploymentFunction, DeploymentOperation, Fault, FunctionName, InvocationFault, MonitorOperation, Operation, RequestFault, RequestTrouble,
} from './plan';
import { CANARY } from '../../support/canary';
import { DATA_BUCKET, DATA_PREFIX } from '../run/template';

/** Generates the faults of one step. */
export function faults(): fc.Arbitrary<Fault[]> {
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

/** Generates faults for a detached job. Most of them affect the monitor. */
export function detachedFaults(): fc.Arbitrary<Fault[]> {
  const one: fc.Arbitrary<Fault> = fc.oneof(
    { weight: 4, arbitrary: requestFaults(MONITOR_OPERATION_WEIGHTS) },
    { weight: 3, arbitrary: invocationFaults({ judge: 1 }) },
    { weight: 2, arbitrary: requestFaults() },
    { weight: 1, arbitrary: invocationFaults() },
  );
  return fc.oneof({ withCrossShrink: true },
    { weight: 2, arbitrary: fc.constant<Fault[]>([]) },
    { weight: 5, arbitrary: fc.array(one, { minLength: 1, maxLength: 3 }) });
}

/** Relative frequency of faults for each request. Requests that matter more have a higher weight. */
const OPERATION_WEIGHTS: Record<DeploymentOperation, number> = {
  'sts.AssumeRole': 2,
  'healthlake.DescribeFHIRDatastore': 1,
  'healthlake.ListJobs': 3,
  'healthlake.StartJob': 5,
  'healthlake.DescribeJob': 4,
  'cloudformation.DescribeStacks': 3,
  'lambda.Invoke': 2,
  'states.StartExecution': 1,
  '/_response/.PUT': 1,
};

const MONITOR_OPERATION_WEIGHTS: Record<MonitorOperation, number> = {
  'monitor.StartExecution': 3, 'monitor.DescribeJob': 2, 'judge.DescribeJob': 2, 'judge.PutEvents': 4,
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
    // The state machine makes this request itself, so there is no process to kill.
    ...(operation === 'monitor.DescribeJob' ? [] : [{ weight: 3, arbitrary: kills() }]),
  );
}

/**
 * Generates errors of an AWS API. Errors of HealthLake contain object names, except the errors that the state machine receives, because the state machine logs
 * them unfiltered.
 */
function apiErrors(operation: Operation): fc.Arbitrary<RequestTrouble> {
  const message = operation.startsWith('healthlake.') || operation === 'judge.DescribeJob' ? messages() : often([1, 'not authorized'], [1, 'not authorized to perform this action '.repeat(60)]);
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

/** Generates error messages of AWS with object names that contain patient data. */
export function messages(): fc.Arbitrary<string> {
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
