import type { FaultError, FaultKind, FaultRule } from './faults';

const FAULT_KINDS: readonly FaultKind[] = ['throttle', 'internal', 'reset-before', 'reset-after', 'delay', 'error'];

/** Reads the body of `POST /_local/faults`. */
export function parseFaultRule(json: string): FaultRule {
  const rule = JSON.parse(json) as Partial<Record<'service' | 'kind' | 'error', unknown>> | null;
  if (typeof rule?.service !== 'string') {
    throw new Error(`service ${JSON.stringify(rule?.service)} is not a SigV4 service name such as healthlake or s3`);
  }
  if (!FAULT_KINDS.some((kind) => kind === rule.kind)) {
    throw new Error(`fault kind ${JSON.stringify(rule.kind)} is unknown, use one of ${FAULT_KINDS.join(', ')}`);
  }
  if (rule.kind === 'error' && !isFaultError(rule.error)) {
    throw new Error(`error ${JSON.stringify(rule.error)} can't be answered, give it a name, a message and, unless it is 400, a status`);
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
