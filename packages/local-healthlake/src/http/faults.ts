/** The error that a request is answered with instead of being carried out. */
export interface FaultError {
  readonly name: string;
  readonly message: string;
  /** HTTP status; 400 unless given. */
  readonly status?: number;
}

/** What goes wrong with a request; `reset-after` loses the answer of a request that was carried out. */
export type Fault =
  | { readonly kind: 'throttle' | 'internal' | 'reset-before' | 'reset-after' }
  /** For `ms` of the clock's own milliseconds; none unless given. */
  | { readonly kind: 'delay'; readonly ms?: number }
  | { readonly kind: 'error'; readonly error: FaultError };

export type FaultKind = Fault['kind'];

/** A fault, and the requests that it hits. */
export type FaultRule = Fault & {
  /** SigV4 service name. */
  readonly service: string;
  /** Every operation of the service unless given. */
  readonly operation?: string;
  /** How many requests it hits; 1 unless given. */
  readonly times?: number;
};

/** What a hook is told of a request beside its service and operation. */
export interface FaultedRequest {
  /** ARN of the user or role session that signed it; undefined if nobody known did. */
  readonly callerArn?: string;
}

/** Decides per request, e.g. from a counter of its own. It is asked before anything is done for the request. */
export type FaultHook = (service: string, operation: string, request: FaultedRequest) => Fault | undefined;

/** Faults to be served, first those of the hook, then the injected ones in their order. */
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

  /** The fault for one request; an injected one is used up. */
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
