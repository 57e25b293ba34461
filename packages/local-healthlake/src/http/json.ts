import { randomUUID } from 'node:crypto';
import { ServiceError, type WireRequest, type WireResponse } from '../service';

/** Returns the operation of a request in an AWS JSON protocol: `X-Amz-Target` is `Prefix.Operation`. */
export function targetOperation(request: Pick<WireRequest, 'headers'>): string {
  const target = request.headers['x-amz-target'] ?? '';
  return target.slice(target.lastIndexOf('.') + 1);
}

/** Parses the JSON object in the body of a request. */
export function jsonBody(request: WireRequest): Record<string, unknown> {
  try {
    const body: unknown = JSON.parse(request.body.toString('utf8') || '{}');
    if (typeof body === 'object' && body !== null && !Array.isArray(body)) {
      return body as Record<string, unknown>;
    }
  } catch {
    // Invalid JSON gets the same error as JSON that is not an object.
  }
  throw new ServiceError('SerializationException', 'the body is not a JSON object');
}

/** Returns a response in the same AWS JSON version as the request. */
export function jsonResponse(request: WireRequest, body: unknown): WireResponse {
  return {
    status: 200,
    headers: { 'content-type': request.headers['content-type'] ?? 'application/x-amz-json-1.1', 'x-amzn-requestid': randomUUID() },
    body: JSON.stringify(body),
  };
}

/** Returns the error for an operation that the local AWS doesn't emulate. */
export function unknownOperation(service: string, operation: string): ServiceError {
  return new ServiceError('UnknownOperationException', `the local AWS does not emulate ${service} ${operation || '(no operation given)'}`);
}
