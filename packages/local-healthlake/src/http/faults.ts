/** An error that is returned instead of executing a request. */
export interface FaultError {
  readonly name: string;
  readonly message: string;
  /** The HTTP status; by default 400. */
  readonly status?: number;
}

/** A fault that is injected into a request. `reset-after` executes the request, and then resets the connection instead of sending the response. */
export type Fault =
  | { readonly kind: 'throttle' | 'internal' | 'reset-before' | 'reset-after' }
  /** The delay `ms` is in the clock's milliseconds; default 0. */
  | { readonly kind: 'delay'; readonly ms?: number }
  | { readonly kind: 'error'; readonly error: FaultError };

export type FaultKind = Fault['kind'];

/** A fault, and the requests that it affects. */
export type FaultRule = Fault & {
  /** The SigV4 name of the service. */
  readonly service: string;
  /** The name of the operation; by default every operation of the service. */
  readonly operation?: string;
  /** The number of requests that get this fault; default 1. */
  readonly times?: number;
};

/** The details of a request that a hook receives besides service and operation. */
export interface FaultedRequest {
  /** The ARN of the user or role session that signed the request; undefined for an unknown signer. */
  readonly callerArn?: string;
}

/** Chooses the fault of a request, before the request is executed. */
export type FaultHook = (service: string, operation: string, request: FaultedRequest) => Fault | undefined;

/** Chooses the fault of each incoming request: first with `hook`, then from the injected faults, the oldest first. */
export class Faults {
  public hook?: FaultHook;
  private rules: { rule: FaultRule; left: number }[] = [];

  public inject(rule: FaultRule): void {
    this.rules.push({ rule, left: rule.times ?? 1 });
  }

  public clear(): void {
    this.rules = [];
    this.hook = undefined;
  }

  /** Returns the fault for a request, and counts the request against `times` of the fault. */
  public take(service: string, operation: string, request: FaultedRequest): Fault | undefined {
    const fault = this.hook?.(service, operation, request);
    if (fault) {
      return fault;
    }
    const hit = this.rules.find(({ rule }) => rule.service === service && (rule.operation ?? operation) === operation);
    if (!hit) {
      return undefined;
    }
    hit.left -= 1;
    this.rules = this.rules.filter(({ left }) => left > 0);
    return hit.rule;
  }
}

const FAULT_KINDS: readonly FaultKind[] = ['throttle', 'internal', 'reset-before', 'reset-after', 'delay', 'error'];

/** Parses the body of `POST /_local/faults`. */
export function parseFaultRule(json: string): FaultRule {
  const rule = JSON.parse(json) as Partial<Record<'service' | 'kind' | 'error', unknown>> | null;
  if (typeof rule?.service !== 'string') {
    throw new Error(`service ${JSON.stringify(rule?.service)} is not a SigV4 service name such as healthlake or s3`);
  }
  if (!FAULT_KINDS.some((kind) => kind === rule.kind)) {
    throw new Error(`fault kind ${JSON.stringify(rule.kind)} is unknown, use one of ${FAULT_KINDS.join(', ')}`);
  }
  if (rule.kind === 'error' && !isFaultError(rule.error)) {
    throw new Error(`error ${JSON.stringify(rule.error)} is not an error answer, give it a name, a message and optionally a status from 400 to 599`);
  }
  return rule as FaultRule;
}

function isFaultError(error: unknown): error is FaultError {
  if (typeof error !== 'object' || error === null) {
    return false;
  }
  const { name, message, status = 400 } = error as Partial<FaultError>;
  return typeof name === 'string' && typeof message === 'string' && Number.isInteger(status) && status >= 400 && status <= 599;
}
