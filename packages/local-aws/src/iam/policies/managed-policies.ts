import { AWS_MANAGED_POLICIES, policySize, type NamedPolicy, type PolicyDocument } from './policy-document';
import { ServiceError, type Environment } from '../../contract';
import { Propagated } from '../propagated';

const MANAGED_POLICY_SIZE = 6_144;

/** The managed policies: the known ones of AWS, and the customer's own. */
export class ManagedPolicies {
  private readonly documents = new Map<string, Propagated<PolicyDocument>>();

  public constructor(private readonly environment: Environment, private readonly propagationMs: number) {
    for (const [name, document] of Object.entries(AWS_MANAGED_POLICIES)) {
      this.documents.set(`arn:${environment.partition}:iam::aws:policy/${name}`, new Propagated(environment.clock, 0, document));
    }
  }

  public arn(name: string, path = '/'): string {
    return `arn:${this.environment.partition}:iam::${this.environment.accountId}:policy${path}${name}`;
  }

  public create(arn: string, document: PolicyDocument): void {
    if (this.documents.has(arn)) {
      throw new ServiceError('EntityAlreadyExists', `A policy called ${arn.slice(arn.lastIndexOf('/') + 1)} already exists. Duplicate names are not allowed.`, 409);
    }
    checkSize(document);
    this.documents.set(arn, new Propagated(this.environment.clock, this.propagationMs, document));
  }

  public change(arn: string, document: PolicyDocument): void {
    checkSize(document);
    this.get(arn).set(document);
  }

  public delete(arn: string): void {
    this.documents.delete(arn);
  }

  /** Throws if the policy can't be attached to a role. */
  public checkAttachable(arn: string): void {
    this.get(arn);
  }

  /** Returns the policy if it is in effect. */
  public effective(arn: string): NamedPolicy | undefined {
    const policy = this.documents.get(arn)?.effective;
    return policy && { name: arn, policy };
  }

  private get(arn: string): Propagated<PolicyDocument> {
    const document = this.documents.get(arn);
    if (document) {
      return document;
    }
    const known = arn.includes(':iam::aws:') ? ` (of AWS's own the local AWS knows only ${Object.keys(AWS_MANAGED_POLICIES).join(', ')})` : '';
    throw new ServiceError('NoSuchEntity', `Policy ${arn} does not exist or is not attachable.${known}`, 404);
  }
}

function checkSize(document: PolicyDocument): void {
  if (policySize(document) > MANAGED_POLICY_SIZE) {
    throw new ServiceError('LimitExceeded', `Cannot exceed quota for PolicySize: ${MANAGED_POLICY_SIZE}`, 409);
  }
}
