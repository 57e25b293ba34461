import type { Deployed } from './deployed';
import { ACCOUNT } from './synth';
import { decide } from '../../packages/local-aws/src/iam/policies/engine';

/** A policy document in a template. */
export interface PolicyJson {
  readonly Statement: StatementJson[];
}

export interface StatementJson {
  readonly Sid?: string;
  readonly Effect: string;
  readonly Action: string | string[];
  readonly Resource?: string | string[];
  readonly Principal?: unknown;
  readonly Condition?: unknown;
}

export type Context = Record<string, string>;

/** A row of `test.each`: the description, action, resource and context of an IAM request. */
export type Case = [what: string, action: string, resource: string, context?: Context];

/** Returns the identity policies of a role, inline and attached. */
export function policiesOf(deployed: Deployed, roleId: string): PolicyJson[] {
  const name = roleId.toLowerCase();
  const inline: { PolicyDocument: PolicyJson }[] = deployed.resource(roleId).Properties.Policies ?? [];
  const attached = Object.values(deployed.template.Resources)
    .filter(({ Type, Properties }) => Type === 'AWS::IAM::Policy' && Properties.Roles.includes(name))
    .map(({ Properties }) => Properties as { PolicyDocument: PolicyJson });
  return [...inline, ...attached].map(({ PolicyDocument }) => PolicyDocument);
}

/** Returns all actions in the identity policies of a role, sorted. */
export function actionsOf(deployed: Deployed, roleId: string): string[] {
  return [...new Set(policiesOf(deployed, roleId).flatMap(({ Statement }) => Statement).flatMap(({ Action }) => Action))].sort();
}

/** Returns whether a role may perform an action on a resource, by the policies of the role and of the bucket or key. */
export async function may(deployed: Deployed, roleId: string, action: string, resource: string, context: Context = {}): Promise<boolean> {
  return isAllowed({ ...requestBy(deployed, roleId), action, resource, context, resourcePolicy: resourcePolicyOf(deployed, resource) });
}

/** Returns whether a role may perform an action on a bucket or key in another account. `resourcePolicy` is the policy of that bucket or key. */
export async function mayAbroad(deployed: Deployed, roleId: string, action: string, resource: string, resourcePolicy: PolicyJson,
  context: Context = {}): Promise<boolean> {
  return isAllowed({ ...requestBy(deployed, roleId), action, resource, context, resourcePolicy, resourceAccount: '444455556666' });
}

/** Returns whether the trust policy of a role allows a principal to assume the role. */
export async function mayAssume(deployed: Deployed, roleId: string, principal: string, context: Context = {}): Promise<boolean> {
  return isAllowed({
    principal,
    action: 'sts:AssumeRole',
    resource: deployed.arn(roleId),
    context,
    identityPolicies: [],
    resourcePolicy: deployed.resource(roleId).Properties.AssumeRolePolicyDocument,
  });
}

/** Returns the ARN of an assumed-role session of a role. */
export function sessionOf(deployed: Deployed, roleId: string): string {
  return deployed.arn(roleId).replace(':iam:', ':sts:').replace(':role/', ':assumed-role/') + '/session';
}

interface AccessRequest {
  readonly principal: string;
  readonly principalArn?: string;
  readonly action: string;
  readonly resource: string;
  readonly context: Context;
  readonly identityPolicies: PolicyJson[];
  readonly resourcePolicy?: unknown;
  /** The account that owns the resource. @default the account of the template */
  readonly resourceAccount?: string;
}

async function isAllowed(request: AccessRequest): Promise<boolean> {
  const decision = await decide({
    principal: request.principal,
    action: request.action,
    resource: request.resource,
    resourceAccount: request.resourceAccount ?? ACCOUNT,
    context: {
      'aws:SecureTransport': 'true',
      ...(request.principalArn && { 'aws:PrincipalArn': request.principalArn }),
      ...request.context,
    },
    identityPolicies: request.identityPolicies.map((policy, index) => ({ name: `policy${index}`, policy })),
    resourcePolicy: request.resourcePolicy,
  });
  return decision.allowed;
}

function requestBy(deployed: Deployed, roleId: string): Pick<AccessRequest, 'principal' | 'principalArn' | 'identityPolicies'> {
  return { principal: sessionOf(deployed, roleId), principalArn: deployed.arn(roleId), identityPolicies: policiesOf(deployed, roleId) };
}

function resourcePolicyOf(deployed: Deployed, arn: string): unknown {
  const resources = Object.entries(deployed.template.Resources);
  const key = resources.find(([id, { Type }]) => Type === 'AWS::KMS::Key' && deployed.arn(id) === arn);
  if (key) {
    return key[1].Properties.KeyPolicy;
  }
  const bucket = /^arn:aws:s3:::([^/]+)/.exec(arn)?.[1];
  return resources.find(([, { Type, Properties }]) => Type === 'AWS::S3::BucketPolicy' && Properties.Bucket === bucket)?.[1].Properties.PolicyDocument;
}
