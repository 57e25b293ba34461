import { requestFor, type Operation, type Planned } from './engine';
import { ResourceFailure, type Delivery, type HandlerResult } from '../resources/handler';
import type { Attempt } from '../stacks/deployment';
import type { ResourceRecord } from '../stacks/resource-record';

/** The outcome of a create or update call, or `cancelled` if the deployment was cancelled before the call ended. */
export type Outcome = { readonly result: HandlerResult } | { readonly error: unknown } | 'cancelled';

/** The default values in the record of a resource that has not been created yet. */
export const UNKNOWN = { attributes: {}, noEcho: false, properties: {} } as const;

/**
 * Creates one resource, or updates `former`. Stores the outcome in the stack's attempts even if the call ends after the deployment was
 * cancelled: the call may have created a resource, and the roll-back needs its physical id.
 * @param initiated called with the physical id if the handler knows it before the creation ends
 */
export async function attempt(
  operation: Operation, plan: Planned, former: ResourceRecord | undefined, properties: Readonly<Record<string, unknown>>, cancelled: Promise<'cancelled'>,
  initiated: (physicalId: string) => void,
): Promise<Outcome> {
  const { stack, engine } = operation;
  const abandon = new AbortController();
  const base: ResourceRecord = { ...UNKNOWN, ...former, ...plan, status: 'UPDATE_IN_PROGRESS', timestamp: 0, properties };

  const identified = (physicalId: string): void => {
    keep({ called: true, succeeded: false }, { physicalId });
    initiated(physicalId);
  };
  const outcome = Promise.resolve().then(async () => start(operation, plan, former, properties, { signal: abandon.signal, identified }))
    .then((result) => ({ result }), (error: unknown) => ({ error }));
  const keep = (seen: Pick<Attempt, 'called' | 'succeeded'>, more: Partial<ResourceRecord>): void => {
    if (abandon.signal.aborted) {
      return;
    }
    stack.unfinished?.attempts.set(plan.logicalId, {
      ...seen, settled, abandon, abandonable: engine.handlerOf(plan.type).abandonable ?? false, record: { ...base, ...more },
    });
  };
  const settled = outcome.then((end) => {
    if ('result' in end) {
      keep({ called: true, succeeded: true }, known(end.result));
    } else {
      keep({ called: wasCalled(end.error), succeeded: false }, knownOfFailure(end.error));
    }
  });
  keep({ called: true, succeeded: false }, {});

  return Promise.race([settled.then(() => outcome), cancelled]);
}

/** Returns the fields of a resource's record that come from the result of a successful call. */
export function known({ physicalId, attributes, noEcho }: HandlerResult): Pick<ResourceRecord, 'physicalId' | 'attributes' | 'noEcho' | 'reference'> {
  return { physicalId, attributes: attributes ?? {}, noEcho: noEcho ?? false, reference: undefined };
}

/** Returns the fields of a resource's record that come from the error of a failed call. */
export function knownOfFailure(error: unknown): Partial<ResourceRecord> {
  if (!(error instanceof ResourceFailure)) {
    return {};
  }
  const { physicalId, attributes } = error.details;
  return { ...(physicalId === undefined ? {} : { physicalId }), ...(attributes ? { attributes } : {}) };
}

async function start(
  operation: Operation, plan: Planned, former: ResourceRecord | undefined, properties: Readonly<Record<string, unknown>>,
  { signal, identified }: Pick<Delivery, 'signal' | 'identified'>,
): Promise<HandlerResult> {
  const handler = operation.engine.handlerOf(plan.type);
  const request = requestFor(operation, plan, properties);
  const delivery = { requestId: plan.requestId ?? '', signal: AbortSignal.any([operation.signal, signal]), identified };
  return former
    ? handler.update({ ...request, physicalId: former.physicalId ?? '', oldProperties: former.properties }, delivery)
    : handler.create(request, delivery);
}

function wasCalled(error: unknown): boolean {
  return error instanceof ResourceFailure ? error.details.called : true;
}
