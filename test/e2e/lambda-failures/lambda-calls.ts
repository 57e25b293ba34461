import type { InvocationFault } from '../../../packages/local-aws/src/lambda/lambda';
import { ServiceError } from '../../../packages/local-healthlake/src/service';

/** The fields that tests read from the event of an isComplete function. */
export interface Poll {
  readonly RequestId: string;
  readonly ResourceType: string;
  readonly ResourceProperties: { readonly Revision?: string };
}

export const SERVICE_ERROR: InvocationFault = { error: new ServiceError('ServiceException', 'Service encountered an internal error', 500) };
