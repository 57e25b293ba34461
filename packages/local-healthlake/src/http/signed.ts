import { ServiceError, type Caller, type WireRequest } from '../service';

/** The caller of a request that the router lets through only if it is signed. */
export function callerOf(request: WireRequest): Caller {
  if (request.caller) {
    return request.caller;
  }
  throw new ServiceError('MissingAuthenticationToken', 'Request is missing Authentication Token', 403);
}
