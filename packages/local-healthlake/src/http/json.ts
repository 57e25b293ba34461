import { randomUUID } from 'node:crypto';
import { ServiceError, type WireRequest, type WireResponse } from '../service';

/** The operation of a request in an AWS JSON protocol: what follows the last dot of X-Amz-Target. */
export function targetOperation(request: WireRequest): string {
  const target = request.headers['x-amz-target'] ?? '';
  return target.slice(target.lastIndexOf('.') + 1);
}

/** The JSON object in the body of a request. */
export function jsonBody(request: WireRequest): Record<string, unknown> {
  try {
    const body: unknown = JSON.parse(request.body.toString('utf8') || '{}');
    if (typeof body === 'object' && body !== null && !Array.isArray(body)) {
      return body as Record<string, unknown>;
    }
  } catch {
    // Worded below, like a body that is JSON but no object.
  }
  throw new ServiceError('SerializationException', 'the body is not a JSON object');
}

/** An answer in the AWS JSON version of the request. */
export function jsonResponse(request: WireRequest, body: unknown): WireResponse {
  return {
    status: 200,
    headers: { 'content-type': request.headers['content-type'] ?? 'application/x-amz-json-1.1', 'x-amzn-requestid': randomUUID() },
    body: JSON.stringify(body),
  };
}

/** The error for an operation that a service of the local AWS doesn't play. */
export function unknownOperation(service: string, operation: string): ServiceError {
  return new ServiceError('UnknownOperationException', `the local AWS does not play ${service} ${operation || '(no operation given)'}`);
}
