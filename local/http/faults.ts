/** What can go wrong with a request; `reset-after` loses the answer of a request that was carried out. */
export type FaultKind = 'throttle' | 'internal' | 'reset-before' | 'reset-after' | 'delay';

export const FAULT_KINDS: readonly FaultKind[] = ['throttle', 'internal', 'reset-before', 'reset-after', 'delay'];

export interface Fault {
  readonly kind: FaultKind;
  /** For `delay`, in the clock's own milliseconds. */
  readonly ms?: number;
}

export interface FaultRule extends Fault {
  /** SigV4 service name. */
  readonly service: string;
  /** Every operation of the service unless given. */
  readonly operation?: string;
  /** How many requests it hits; 1 unless given. */
  readonly times?: number;
}

/** Decides per request, e.g. from a counter of its own. */
export type FaultHook = (service: string, operation: string) => Fault | undefined;

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
  public take(service: string, operation: string): Fault | undefined {
    const fault = this.hook?.(service, operation);
    if (fault) return fault;
    const hit = this.rules.find(({ rule }) => rule.service === service && (rule.operation ?? operation) === operation);
    if (!hit) return undefined;
    hit.left -= 1;
    this.rules = this.rules.filter(({ left }) => left > 0);
    return hit.rule;
  }
}

/** Reads the body of `POST /_local/faults`. */
export function parseFaultRule(json: string): FaultRule {
  const rule = JSON.parse(json) as Partial<FaultRule> | null;
  if (typeof rule?.service !== 'string') {
    throw new Error(`service ${JSON.stringify(rule?.service)} is not a SigV4 service name such as healthlake or s3`);
  }
  if (!FAULT_KINDS.some(kind => kind === rule.kind)) {
    throw new Error(`fault kind ${JSON.stringify(rule.kind)} is unknown, use one of ${FAULT_KINDS.join(', ')}`);
  }
  return rule as FaultRule;
}
