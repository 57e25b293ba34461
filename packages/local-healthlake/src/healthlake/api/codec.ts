import { isUtf8 } from 'node:buffer';
import { randomUUID } from 'node:crypto';
import { inputOf, outputOf, shape, type Shape } from './model';
import { ServiceError } from '../ports';
import { normalizeRequest } from './request-validation';
import { serializationError } from './wrong-type';

/** An HTTP response of the API. */
export interface HealthLakeResponse {
  readonly status: number;
  readonly headers: Record<string, string>;
  readonly body: string;
}

/** The errors in the API model of HealthLake. All other errors come from AWS's service framework. */
const MODEL_ERRORS = new Set([
  'AccessDeniedException', 'ConflictException', 'InternalServerException', 'ResourceNotFoundException', 'ThrottlingException', 'ValidationException',
]);

/** Parses and validates the body of a request. Returns the operation's input. */
export function decodeRequest(operation: string, body: Buffer): unknown {
  return normalizeRequest(inputOf(operation), parse(body));
}

export function encodeResponse(operation: string, output: unknown): HealthLakeResponse {
  return respond(200, JSON.stringify(encoded(outputOf(operation), output)));
}

/** Encodes an error. An error that is not a `ServiceError` becomes an InternalServerException without the error's text. */
export function encodeError(error: unknown): HealthLakeResponse {
  if (!(error instanceof ServiceError)) {
    return encodeError(new ServiceError('InternalServerException', 'An unknown internal error occurred in the service.', 500));
  }
  const namespace = MODEL_ERRORS.has(error.name) ? 'com.amazonaws.healthlake' : 'com.amazon.coral.service';
  return respond(error.status, JSON.stringify({ __type: `${namespace}#${error.name}`, message: error.message || undefined }));
}

function parse(body: Buffer): unknown {
  try {
    if (isUtf8(body)) {
      return JSON.parse(body.toString('utf8'));
    }
  } catch {
    // Invalid JSON gets the same error as invalid UTF-8.
  }
  throw serializationError();
}

/** Prepares an output for `JSON.stringify`: omits members that the API model doesn't have, and converts times into epoch seconds. */
function encoded(expected: Shape, value: unknown): unknown {
  if (value === undefined) {
    return undefined;
  }
  switch (expected.type) {
    case 'structure':
      return Object.fromEntries(Object.entries(expected.members ?? {})
        .map(([name, member]) => [name, encoded(shape(member), (value as Record<string, unknown>)[name])]));
    case 'list':
      return (value as unknown[]).map((item) => encoded(shape(expected.member!), item));
    case 'timestamp':
      return (value as Date).getTime() / 1000;
    default:
      return value;
  }
}

function respond(status: number, body: string): HealthLakeResponse {
  return { status, headers: { 'content-type': 'application/x-amz-json-1.0', 'x-amzn-requestid': randomUUID() }, body };
}
