/** An IAM policy as JSON; the policy engine checks its shape. */
export interface PolicyDocument {
  readonly Version?: string;
  readonly Statement: unknown;
}

/** A policy with the name it is shown by. */
export interface NamedPolicy {
  readonly name: string;
  readonly policy: unknown;
}

/** Size as IAM counts it against its quotas: characters without white space. */
export function policySize(document: PolicyDocument): number {
  return JSON.stringify(document).replace(/\s/g, '').length;
}
