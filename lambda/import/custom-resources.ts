import { isJobComplete, onJobEvent } from './job/handler';
import { isOutcomeComplete, onOutcomeEvent } from './outcome/handler';
import { isWaitComplete, onWaitEvent } from './wait/handler';
import { IMPORT_RESOURCE_TYPES } from '../../src/contract';
import type { IsCompleteRequest, IsCompleteResponse, OnEventRequest, OnEventResponse } from '../framework/framework';
import { Failure } from '../framework/reason';

const HANDLERS: Record<string, { onEvent: typeof onJobEvent; isComplete: typeof isJobComplete } | undefined> = {
  [IMPORT_RESOURCE_TYPES.job]: { onEvent: onJobEvent, isComplete: isJobComplete },
  [IMPORT_RESOURCE_TYPES.wait]: { onEvent: onWaitEvent, isComplete: isWaitComplete },
  [IMPORT_RESOURCE_TYPES.outcome]: { onEvent: onOutcomeEvent, isComplete: isOutcomeComplete },
};

/** Begins to create, update or delete a custom resource. A deletion does nothing, because an import can't be undone. */
export function beginChange(request: OnEventRequest): OnEventResponse | { PhysicalResourceId?: string } {
  return request.RequestType === 'Delete' ? { PhysicalResourceId: request.PhysicalResourceId } : handlersOf(request).onEvent(request);
}

/** Continues to create, update or delete a custom resource. Returns whether the change is complete. */
export async function continueChange(request: IsCompleteRequest): Promise<IsCompleteResponse> {
  return request.RequestType === 'Delete'
    ? { IsComplete: true, PhysicalResourceId: request.PhysicalResourceId, Data: {} }
    : handlersOf(request).isComplete(request);
}

function handlersOf({ ResourceType }: OnEventRequest) {
  const handlers = HANDLERS[ResourceType];
  if (!handlers) {
    throw new Failure([`this provider knows no resource type "${ResourceType}"`, 'use it with the constructs of cdk-healthlake-import only']);
  }
  return handlers;
}
