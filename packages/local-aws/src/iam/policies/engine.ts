import { isWildcardOnlyAction, runSimulation, type RequestAnalysis, type RunSimulationResults } from '@cloud-copilot/iam-simulate';
import { withEventConditions } from './event-conditions';
import type { NamedPolicy } from './policy-document';

/** A request that the policy engine evaluates. */
export interface Question {
  /** The ARN of a user or a role session, or the name of a service principal. */
  readonly principal: string;
  readonly action: string;
  readonly resource: string;
  readonly resourceAccount: string;
  readonly context: Record<string, string | string[]>;
  readonly identityPolicies: readonly NamedPolicy[];
  readonly resourcePolicy?: unknown;
}

export type Decision = { readonly allowed: true } | { readonly allowed: false; readonly because: Denial };

/** The kind of policy that denied a request or failed to allow it. */
export interface Denial {
  readonly explicit: boolean;
  readonly policyType: 'identity-based policy' | 'resource-based policy';
}

/**
 * Returns the policy engine's decision and caches it. Rejects if the engine can't evaluate the request: if the action is unknown, a policy is
 * malformed, or the resource contains a wildcard.
 */
export async function decide(question: Question): Promise<Decision> {
  const key = memoKey(question);
  const known = decisions.get(key);
  if (known) {
    return known;
  }
  if (decisions.size >= MAX_DECISIONS) {
    decisions.clear();
  }
  const decision = judge(question);
  decisions.set(key, decision);
  return decision;
}

async function judge(question: Question): Promise<Decision> {
  const result = await simulate(question);
  if (result.resultType !== 'single') {
    const problem = result.resultType === 'error' ? describeErrors(result) : 'a resource with a wildcard matches several resources, ask about each of them';
    throw new Error(`the policy engine can't judge ${question.action} on ${question.resource}: ${problem}`);
  }
  if (result.overallResult === 'Allowed') {
    return { allowed: true };
  }
  return { allowed: false, because: denial(result.result.analysis, result.overallResult === 'ExplicitlyDenied') };
}

const MAX_DECISIONS = 10_000;
const decisions = new Map<string, Promise<Decision>>();

/** The number that stands for each policy in cache keys. Policies are never changed in place, so a number always means the same policy. */
const knownPolicies = new WeakMap<object, { readonly number: number; readonly isTimed: boolean }>();
let policies = 0;

/** Returns the cache key of a decision. The key contains the time of the request only if a policy may depend on the time. */
function memoKey({ context, identityPolicies, resourcePolicy, ...request }: Question): string {
  const judged = [...identityPolicies.map(({ policy }) => policy), resourcePolicy].map(knownPolicy);
  const isTimed = judged.some((policy) => policy?.isTimed);
  const relevant = Object.entries(context).filter(([key]) => isTimed || !/^aws:(CurrentTime|EpochTime)$/i.test(key));
  return JSON.stringify([request, relevant, judged.map((policy) => policy?.number)]);
}

function knownPolicy(policy: unknown) {
  if (typeof policy !== 'object' || policy === null) {
    return undefined;
  }
  const known = knownPolicies.get(policy) ?? { number: policies += 1, isTimed: /aws:(CurrentTime|EpochTime)/i.test(JSON.stringify(policy)) };
  knownPolicies.set(policy, known);
  return known;
}

/** Returns the engine's error message for a malformed policy; undefined for a well-formed policy. */
export async function policyErrors(kind: 'identity' | 'resource', policy: unknown): Promise<string | undefined> {
  const result = await simulate({
    principal: 'arn:aws:iam::111122223333:user/validator',
    action: 's3:ListAllMyBuckets',
    resource: '*',
    resourceAccount: '111122223333',
    context: {},
    identityPolicies: kind === 'identity' ? [{ name: 'policy', policy }] : [],
    resourcePolicy: kind === 'resource' ? policy : undefined,
  });
  return result.resultType === 'error' ? describeErrors(result) : undefined;
}

/** A condition key of S3 that the policy engine would ignore. The engine knows only the generic name of such keys, `ANY_ENCRYPTION_CONTEXT`. */
const S3_ENCRYPTION_CONTEXT = /^kms:EncryptionContext:aws:s3:arn$/i;
const QUOTED_S3_ENCRYPTION_CONTEXT = /"kms:EncryptionContext:aws:s3:arn"/gi;
const ANY_ENCRYPTION_CONTEXT = 'kms:EncryptionContext:${EncryptionContextKey}';

function engineContext(context: Question['context']): Question['context'] {
  return Object.fromEntries(Object.entries(context).map(([key, value]) => [S3_ENCRYPTION_CONTEXT.test(key) ? ANY_ENCRYPTION_CONTEXT : key, value]));
}

/** A copy of each policy, changed so that the policy engine can evaluate it. */
const enginePolicies = new WeakMap<object, unknown>();

function enginePolicy(policy: unknown): unknown {
  if (typeof policy !== 'object' || policy === null) {
    return policy;
  }
  if (!enginePolicies.has(policy)) {
    const json = JSON.stringify(policy).replace(QUOTED_S3_ENCRYPTION_CONTEXT, () => JSON.stringify(ANY_ENCRYPTION_CONTEXT));
    const copy = JSON.parse(json);
    enginePolicies.set(policy, /"events:(source|detail-type)"/i.test(json) ? withEventConditions(copy) : copy);
  }
  return enginePolicies.get(policy);
}

/**
 * The character that replaces a star in an S3 object key; no policy contains this character. The policy engine would treat the star as a
 * wildcard, and would allow the request if a policy allows any matching key.
 */
const STAR_IN_KEY = '\uE000';

function engineResource(resource: string): string {
  return /^arn:[^:]+:s3:::/.test(resource) ? resource.replaceAll('*', STAR_IN_KEY) : resource;
}

async function simulate(question: Question): Promise<RunSimulationResults> {
  const [service, action] = question.action.split(':');
  // A wildcard-only action has no resource in IAM: only a statement with Resource "*" can allow it.
  const resource = await isWildcardOnlyAction(service, action).catch(() => false) ? '*' : engineResource(question.resource);
  return runSimulation({
    request: {
      principal: question.principal,
      action: question.action,
      resource: { resource, accountId: question.resourceAccount },
      contextVariables: engineContext(question.context),
    },
    identityPolicies: question.identityPolicies.map(({ name, policy }) => ({ name, policy: enginePolicy(policy) })),
    permissionBoundaryPolicies: undefined,
    resourcePolicy: enginePolicy(question.resourcePolicy),
    serviceControlPolicies: [],
    resourceControlPolicies: [],
  }, {});
}

function denial(analysis: RequestAnalysis | undefined, explicit: boolean): Denial {
  const identity = analysis?.identityAnalysis?.result;
  const isByIdentity = explicit ? identity === 'ExplicitlyDenied' : identity !== 'Allowed';
  return { explicit, policyType: isByIdentity ? 'identity-based policy' : 'resource-based policy' };
}

function describeErrors(result: Extract<RunSimulationResults, { resultType: 'error' }>): string {
  const { message, ...details } = result.errors;
  return Object.keys(details).length > 0 ? `${message} ${JSON.stringify(details)}` : message;
}
