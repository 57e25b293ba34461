import { describeError } from './aws/errors';
import type { IsCompleteRequest, IsCompleteResponse, OnEventRequest, OnEventResponse } from './framework/framework';
import { JOB_RESOURCE_TYPE, OUTCOME_RESOURCE_TYPE, WAIT_RESOURCE_TYPE, type WatchAnswer, type WatchedImport } from '../src/contract';
import { Failure } from './framework/reason';
import { isJobComplete, onJobEvent } from './import/job/handler';
import { judgeDetached } from './import/monitor/judge';
import { isOutcomeComplete, onOutcomeEvent } from './import/outcome/handler';
import { isWaitComplete, onWaitEvent } from './import/wait/handler';
import { type NamedImport, ownNamesOf } from './service-text/own-names';

/** Called once for each change of a resource. */
export async function onEvent(request: OnEventRequest): Promise<OnEventResponse | { PhysicalResourceId?: string }> {
  if (request.RequestType === 'Delete') {
    return { PhysicalResourceId: request.PhysicalResourceId };
  }
  return throwFailuresOnly(request.ResourceProperties, async () => handlersOf(request).onEvent(request));
}

/** Called by the framework until it says that the change is complete, or throws; and by the state machine that watches detached imports. */
export async function isComplete(request: IsCompleteRequest): Promise<IsCompleteResponse>;
export async function isComplete(request: WatchedImport): Promise<WatchAnswer>;
export async function isComplete(request: IsCompleteRequest | WatchedImport): Promise<IsCompleteResponse | WatchAnswer> {
  if ('Import' in request) {
    return throwFailuresOnly(request.Import, async () => judgeDetached(request));
  }
  if (request.RequestType === 'Delete') {
    // Jobs can't be cancelled and imports not be undone.
    return { IsComplete: true, PhysicalResourceId: request.PhysicalResourceId, Data: {} };
  }
  return throwFailuresOnly(request.ResourceProperties, async () => handlersOf(request).isComplete(request));
}

/**
 * Lambda logs a thrown error with its stack and cause, and CloudFormation and Step Functions show its message. So an error of a service or a library
 * is never rethrown unfiltered.
 */
async function throwFailuresOnly<T>(named: NamedImport, handle: () => Promise<T>): Promise<T> {
  try {
    return await handle();
  } catch (error) {
    throw error instanceof Failure ? error : new Failure([`failed with ${describeError(error, ownNamesOf(named))}`]);
  }
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
