import type { Fault } from './faults';
import { protocolOf } from './protocol';
import { ServiceError } from '../service';

/** The error that a service answers under a fault; undefined for faults that aren't answers. */
export function faultError(service: string, fault: Fault): ServiceError | undefined {
  switch (fault.kind) {
    case 'throttle':
      return throttling(service);
    case 'internal':
      return internal(service);
    case 'error':
      return new ServiceError(fault.error.name, fault.error.message, fault.error.status);
    default:
      return undefined;
  }
}

function throttling(service: string): ServiceError {
  switch (protocolOf(service)) {
    case 'rest-xml':
      return new ServiceError('SlowDown', 'Please reduce your request rate.', 503);
    case 'query':
      return new ServiceError('Throttling', 'Rate exceeded', 400);
    case 'rest-json':
      return new ServiceError('TooManyRequestsException', 'Rate Exceeded.', 429);
    case 'json':
      return new ServiceError('ThrottlingException', 'Rate exceeded', 400);
  }
}

function internal(service: string): ServiceError {
  switch (protocolOf(service)) {
    case 'rest-xml':
      return new ServiceError('InternalError', 'We encountered an internal error. Please try again.', 500);
    case 'query':
      return new ServiceError('InternalFailure', 'The request processing has failed because of an unknown error, exception or failure.', 500);
    case 'rest-json':
      return new ServiceError('ServiceException', 'Internal service error', 500);
    case 'json':
      return new ServiceError('InternalServerException', 'An internal error occurred, try again.', 500);
  }
}
