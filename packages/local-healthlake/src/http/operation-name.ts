import { parseFhirRequest } from '../healthlake/fhir/address';
import { s3Operation } from '../s3/operation-name';
import type { WireRequest } from '../service';
import { targetOperation } from './json';

/** Returns the API operation of a request, for the request log and for faults. */
export function operationOf(request: Omit<WireRequest, 'caller'>): string {
  if (request.headers['x-amz-target']) {
    return targetOperation(request);
  }
  if (request.service === 's3') {
    return s3Operation(request);
  }
  if (request.service === 'healthlake') {
    return parseFhirRequest(request.method, request.path)?.operation ?? `${request.method} ${request.path}`;
  }
  if (request.service === 'lambda') {
    return lambdaOperation(request.method, request.path);
  }
  const form = /\bapplication\/x-www-form-urlencoded\b/.test(request.headers['content-type'] ?? '');
  const action = form ? new URLSearchParams(request.body.toString('utf8')).get('Action') : request.query.get('Action');
  return action ?? `${request.method} ${request.path}`;
}

const LAMBDA_OPERATIONS: readonly (readonly [method: string, path: RegExp, operation: string])[] = [
  ['POST', /\/functions\/[^/]+\/invocations$/, 'Invoke'],
  ['PUT', /\/functions\/[^/]+\/code$/, 'UpdateFunctionCode'],
  ['PUT', /\/functions\/[^/]+\/configuration$/, 'UpdateFunctionConfiguration'],
  ['GET', /\/functions\/[^/]+$/, 'GetFunction'],
];

function lambdaOperation(method: string, path: string): string {
  return LAMBDA_OPERATIONS.find(([verb, pattern]) => verb === method && pattern.test(path))?.[2] ?? `${method} ${path}`;
}
