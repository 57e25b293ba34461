import { randomUUID } from 'node:crypto';
import type { Fault } from './faults';
import { renderXml } from './xml';
import { ServiceError, type WireResponse } from '../service';

type Protocol = 'rest-xml' | 'query' | 'json' | 'rest-json';

/** The errors that every operation of an AWS service can return. Their names and texts depend on the protocol. */
interface CommonErrors {
  readonly unsigned: readonly [name: string, message: string, status: number];
  readonly tooLarge: readonly [name: string, message: string, status: number];
  readonly unknownAccessKey: string;
  readonly throttling: readonly [name: string, message: string, status: number];
  readonly internal: readonly [name: string, message: string];
}

const TOO_LARGE = 'The request entity is too large';

const COMMON_ERRORS: Readonly<Record<Protocol, CommonErrors>> = {
  'rest-xml': {
    unsigned: ['AccessDenied', 'Access Denied', 403],
    tooLarge: ['EntityTooLarge', 'Your proposed upload exceeds the maximum allowed size', 400],
    unknownAccessKey: 'InvalidAccessKeyId',
    throttling: ['SlowDown', 'Please reduce your request rate.', 503],
    internal: ['InternalError', 'We encountered an internal error. Please try again.'],
  },
  'query': {
    unsigned: ['MissingAuthenticationToken', 'Request is missing Authentication Token', 403],
    tooLarge: ['RequestEntityTooLarge', TOO_LARGE, 413],
    unknownAccessKey: 'InvalidClientTokenId',
    throttling: ['Throttling', 'Rate exceeded', 400],
    internal: ['InternalFailure', 'The request processing has failed because of an unknown error, exception or failure.'],
  },
  'rest-json': {
    unsigned: ['MissingAuthenticationTokenException', 'Missing Authentication Token', 403],
    tooLarge: ['RequestEntityTooLargeException', TOO_LARGE, 413],
    unknownAccessKey: 'UnrecognizedClientException',
    throttling: ['TooManyRequestsException', 'Rate Exceeded.', 429],
    internal: ['ServiceException', 'Internal service error'],
  },
  'json': {
    unsigned: ['com.amazon.coral.service#MissingAuthenticationTokenException', 'Request is missing Authentication Token', 400], // like DynamoDB
    tooLarge: ['com.amazon.coral.service#RequestEntityTooLargeException', TOO_LARGE, 413],
    unknownAccessKey: 'UnrecognizedClientException',
    throttling: ['ThrottlingException', 'Rate exceeded', 400],
    internal: ['InternalServerException', 'An internal error occurred, try again.'],
  },
};

/** The protocols of services, by SigV4 name. All other services use `json`. */
const PROTOCOLS: Readonly<Record<string, Protocol>> = {
  s3: 'rest-xml', sts: 'query', iam: 'query', cloudformation: 'query', sns: 'query', lambda: 'rest-json',
};

function protocolOf(service: string): Protocol {
  return PROTOCOLS[service] ?? 'json';
}

/** Returns the size limit of a request body: for S3 its limit for an upload, and for all other services the limit that is reported for DynamoDB. */
export function maxBodyBytes(service: string): number {
  return service === 's3' ? 5 * 1024 ** 3 : 16 * 1024 ** 2;
}

/** Returns the error that a service returns for a body that exceeds `maxBodyBytes`. */
export function tooLargeRequest(service: string): ServiceError {
  return new ServiceError(...COMMON_ERRORS[protocolOf(service)].tooLarge);
}

/** Returns the error that a service returns for an unsigned request. */
export function unsignedRequest(service: string): ServiceError {
  return new ServiceError(...COMMON_ERRORS[protocolOf(service)].unsigned);
}

/** Returns the error that a service returns for an unknown access key. */
export function unknownAccessKey(service: string): ServiceError {
  return new ServiceError(COMMON_ERRORS[protocolOf(service)].unknownAccessKey, 'The security token included in the request is invalid.', 403);
}

/** Returns the error that a fault causes; undefined if the fault only delays the response or resets the connection. */
export function faultError(service: string, fault: Fault): ServiceError | undefined {
  const { throttling, internal } = COMMON_ERRORS[protocolOf(service)];
  switch (fault.kind) {
    case 'throttle':
      return new ServiceError(...throttling);
    case 'internal':
      return new ServiceError(...internal, 500);
    case 'error':
      return new ServiceError(fault.error.name, fault.error.message, fault.error.status);
    default:
      return undefined;
  }
}

/** Encodes an error in the protocol of the service. */
export function errorResponse(service: string, error: ServiceError, path: string, contentType: string | undefined): WireResponse {
  const { name: code, message, status } = error;
  const requestId = randomUUID();
  const isClientError = status < 500;
  switch (protocolOf(service)) {
    case 'rest-xml':
      return {
        status,
        headers: { 'content-type': 'application/xml', 'x-amz-request-id': requestId },
        body: renderXml({ Error: { Code: code, Message: message, Resource: path, RequestId: requestId } }),
      };
    case 'query':
      return {
        status,
        headers: { 'content-type': 'text/xml', 'x-amzn-requestid': requestId },
        body: renderXml({
          ErrorResponse: { Error: { Type: isClientError ? 'Sender' : 'Receiver', Code: code, Message: message }, RequestId: requestId },
        }),
      };
    case 'rest-json':
      return {
        status,
        headers: { 'content-type': 'application/json', 'x-amzn-requestid': requestId, 'x-amzn-errortype': code },
        body: JSON.stringify({ Type: isClientError ? 'User' : 'Service', message }),
      };
    case 'json':
      return {
        status,
        headers: { 'content-type': contentType ?? 'application/x-amz-json-1.1', 'x-amzn-requestid': requestId },
        body: JSON.stringify({ __type: code, message }),
      };
  }
}
