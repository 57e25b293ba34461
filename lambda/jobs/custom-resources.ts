import type { JobKind } from './kind';
import { isOutcomeComplete, onOutcomeEvent } from './outcome/handler';
import { isJobComplete, onJobEvent } from './start/handler';
import { isWaitComplete, onWaitEvent } from './wait/handler';
import { EXPORT } from '../export/kind';
import type { IsCompleteRequest, IsCompleteResponse, OnEventRequest, OnEventResponse } from '../framework/framework';
import { Failure } from '../framework/reason';
import { IMPORT } from '../import/kind';

interface Handlers {
  onEvent(kind: JobKind, request: OnEventRequest): OnEventResponse;
  isComplete(kind: JobKind, request: IsCompleteRequest): Promise<IsCompleteResponse>;
}

const KINDS: readonly JobKind[] = [IMPORT, EXPORT];
const HANDLERS: Readonly<Record<keyof JobKind['resourceTypes'], Handlers>> = {
  job: { onEvent: onJobEvent, isComplete: isJobComplete },
  wait: { onEvent: onWaitEvent, isComplete: isWaitComplete },
  outcome: { onEvent: onOutcomeEvent, isComplete: isOutcomeComplete },
};

/** Begins to create, update or delete a custom resource. A deletion does nothing, because a job can't be undone. */
export function beginChange(request: OnEventRequest): OnEventResponse | { PhysicalResourceId?: string } {
  if (request.RequestType === 'Delete') {
    return { PhysicalResourceId: request.PhysicalResourceId };
  }
  const { kind, onEvent } = handlersOf(request);
  return onEvent(kind, request);
}

/** Continues to create, update or delete a custom resource. Returns whether the change is complete. */
export async function continueChange(request: IsCompleteRequest): Promise<IsCompleteResponse> {
  if (request.RequestType === 'Delete') {
    return { IsComplete: true, PhysicalResourceId: request.PhysicalResourceId, Data: {} };
  }
  const { kind, isComplete } = handlersOf(request);
  return isComplete(kind, request);
}

function handlersOf({ ResourceType }: OnEventRequest): Handlers & { readonly kind: JobKind } {
  const roles = Object.keys(HANDLERS) as (keyof typeof HANDLERS)[];
  for (const kind of KINDS) {
    const role = roles.find((candidate) => kind.resourceTypes[candidate] === ResourceType);
    if (role) {
      return { kind, ...HANDLERS[role] };
    }
  }
  throw new Failure([`this provider knows no resource type "${ResourceType}"`, 'use it with the constructs of cdk-healthlake-import only']);
}
