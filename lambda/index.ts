import { judgeDetached } from './detached/judge';
import { IsCompleteRequest, IsCompleteResponse, OnEventRequest, OnEventResponse } from './framework';
import { JOB_RESOURCE_TYPE, OUTCOME_RESOURCE_TYPE, WAIT_RESOURCE_TYPE, WatchAnswer, WatchedImport } from '../src/import-contract';
import { isJobComplete, onJobEvent } from './job/handler';
import { isOutcomeComplete, onOutcomeEvent } from './outcome/handler';
import { Failure } from './reason';
import { isWaitComplete, onWaitEvent } from './wait/handler';

/** Called once for each change of a resource. */
export async function onEvent(request: OnEventRequest): Promise<OnEventResponse | { PhysicalResourceId?: string }> {
  if (request.RequestType === 'Delete') {
    return { PhysicalResourceId: request.PhysicalResourceId };
  }
  return handlersOf(request).onEvent(request);
}

/** Called by the framework until it says that the change is complete, or throws; and by the state machine that watches detached imports. */
export async function isComplete(request: IsCompleteRequest): Promise<IsCompleteResponse>;
export async function isComplete(request: WatchedImport): Promise<WatchAnswer>;
export async function isComplete(request: IsCompleteRequest | WatchedImport): Promise<IsCompleteResponse | WatchAnswer> {
  if ('Import' in request) {
    return judgeDetached(request);
  }
  if (request.RequestType === 'Delete') {
    // Jobs can't be cancelled and imports not be undone.
    return { IsComplete: true, PhysicalResourceId: request.PhysicalResourceId, Data: {} };
  }
  return handlersOf(request).isComplete(request);
}

const HANDLERS: Record<string, { onEvent: typeof onJobEvent; isComplete: typeof isJobComplete } | undefined> = {
  [JOB_RESOURCE_TYPE]: { onEvent: onJobEvent, isComplete: isJobComplete },
  [WAIT_RESOURCE_TYPE]: { onEvent: onWaitEvent, isComplete: isWaitComplete },
  [OUTCOME_RESOURCE_TYPE]: { onEvent: onOutcomeEvent, isComplete: isOutcomeComplete },
};

function handlersOf({ ResourceType }: OnEventRequest) {
  const handlers = HANDLERS[ResourceType];
  if (!handlers) {
    throw new Failure([`this provider knows no resource type "${ResourceType}"`, 'use it with the constructs of cdk-healthlake-import only']);
  }
  return handlers;
}
