import { policySize, type PolicyDocument } from './policies/policy-document';
import { Propagated } from './propagated';
import { uniqueId } from './sessions';
import { ServiceError, type Environment } from '../contract';

/** The trust policy and the permissions policies of a role. */
export interface RoleSettings {
  readonly trustPolicy: PolicyDocument;
  readonly inlinePolicies: Readonly<Record<string, PolicyDocument>>;
  readonly managedPolicyArns: readonly string[];
}

export interface Role {
  readonly name: string;
  readonly arn: string;
  readonly roleId: string;
  readonly settings: Propagated<RoleSettings>;
}

/** IAM's quota for the total size of a role's inline policies, in characters without white space. */
const INLINE_POLICIES_SIZE = 10_240;
const TRUST_POLICY_SIZE = 2_048;
const MANAGED_POLICIES_PER_ROLE = 10;
const ROLE_NAME = /^[\w+=,.@-]{1,64}$/;

/** Holds the roles of the account. */
export class Roles {
  private readonly roles = new Map<string, Role>();

  public constructor(private readonly environment: Environment) {}

  public arn(name: string, path = '/'): string {
    return `arn:${this.environment.partition}:iam::${this.environment.accountId}:role${path}${name}`;
  }

  public create(name: string, path: string, settings: RoleSettings, propagationMs: number): Role {
    if (!ROLE_NAME.test(name)) {
      throw new ServiceError('ValidationError', `The specified value for roleName is invalid: ${name}. `
        + 'It must contain only alphanumeric characters and/or the following: +=,.@_- and be at most 64 characters long');
    }
    if (this.roles.has(name)) {
      throw new ServiceError('EntityAlreadyExists', `Role with name ${name} already exists.`, 409);
    }
    checkQuotas(name, settings);
    const role = {
      name,
      arn: this.arn(name, path),
      roleId: `AROA${uniqueId(17)}`,
      settings: new Propagated(this.environment.clock, propagationMs, settings),
    };
    this.roles.set(name, role);
    return role;
  }

  public change(name: string, change: Partial<RoleSettings>): Role {
    const role = this.get(name);
    const settings = { ...role.settings.latest, ...change };
    checkQuotas(name, settings);
    role.settings.set(settings);
    return role;
  }

  public get(name: string): Role {
    const role = this.roles.get(name);
    if (!role) {
      throw new ServiceError('NoSuchEntity', `The role with name ${name} cannot be found.`, 404);
    }
    return role;
  }

  public find(name: string): Role | undefined {
    return this.roles.get(name);
  }

  public findByArn(arn: string): Role | undefined {
    const role = this.roles.get(arn.slice(arn.lastIndexOf('/') + 1));
    return role?.arn === arn ? role : undefined;
  }

  public delete(name: string): void {
    const { inlinePolicies, managedPolicyArns } = this.get(name).settings.latest;
    if (managedPolicyArns.length > 0) {
      throw new ServiceError('DeleteConflict', 'Cannot delete entity, must detach all policies first.', 409);
    }
    if (Object.keys(inlinePolicies).length > 0) {
      throw new ServiceError('DeleteConflict', 'Cannot delete entity, must delete policies first.', 409);
    }
    this.roles.delete(name);
  }
}

function checkQuotas(name: string, settings: RoleSettings): void {
  const inlineSize = Object.values(settings.inlinePolicies).reduce((size, document) => size + policySize(document), 0);
  if (inlineSize > INLINE_POLICIES_SIZE) {
    throw new ServiceError('LimitExceeded', `Maximum policy size of ${INLINE_POLICIES_SIZE} bytes exceeded for role ${name}`, 409);
  }
  if (policySize(settings.trustPolicy) > TRUST_POLICY_SIZE) {
    throw new ServiceError('LimitExceeded', `Cannot exceed quota for ACLSizePerRole: ${TRUST_POLICY_SIZE}`, 409);
  }
  if (settings.managedPolicyArns.length > MANAGED_POLICIES_PER_ROLE) {
    throw new ServiceError('LimitExceeded', `Cannot exceed quota for PoliciesPerRole: ${MANAGED_POLICIES_PER_ROLE}`, 409);
  }
}
