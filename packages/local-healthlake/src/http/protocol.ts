import { randomUUID } from 'node:crypto';
import { renderXml } from './xml';
import type { ServiceError, WireResponse } from '../service';

/** How a service words its answers on the wire. */
export type Protocol = 'rest-xml' | 'query' | 'json' | 'rest-json';

/** The protocol of a service, by its SigV4 name. */
export function protocolOf(service: string): Protocol {
  switch (service) {
    case 's3':
      return 'rest-xml';
    case 'sts':
    case 'iam':
    case 'cloudformation':
    case 'sns':
      return 'query';
    case 'lambda':
      return 'rest-json';
    default:
      return 'json';
  }
}

/** The code of the error that a service answers to an access key it doesn't know. */
export function unknownAccessKeyCode(service: string): string {
  switch (protocolOf(service)) {
    case 'rest-xml':
      return 'InvalidAccessKeyId';
    case 'query':
      return 'InvalidClientTokenId';
    default:
      return 'UnrecognizedClientException';
  }
}

/** Words an error in the protocol of the request. */
export function errorResponse(service: string, error: ServiceError, path: string, contentType: string | undefined): WireResponse {
  const { name: code, message, status } = error;
  const requestId = randomUUID();
  const clientsFault = status < 500;
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
          ErrorResponse: { Error: { Type: clientsFault ? 'Sender' : 'Receiver', Code: code, Message: message }, RequestId: requestId },
        }),
      };
    case 'rest-json':
      return {
        status,
        headers: { 'content-type': 'application/json', 'x-amzn-requestid': requestId, 'x-amzn-errortype': code },
        body: JSON.stringify({ Type: clientsFault ? 'User' : 'Service', message }),
      };
    case 'json':
      return {
        status,
        headers: { 'content-type': contentType ?? 'application/x-amz-json-1.1', 'x-amzn-requestid': requestId },
        body: JSON.stringify({ __type: code, message }),
      };
  }
}
