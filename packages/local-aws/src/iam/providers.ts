import { isDeepStrictEqual } from 'node:util';
import type { Iam } from './iam';
import type { PolicyDocument } from './policies/policy-document';
import type { Role, RoleSettings } from './roles';
import {
  physicalName, replacing, type ResourceDelete, type ResourceProvider, type ResourceProviders, type ResourceRequest, type ResourceResult,
  type ResourceUpdate,
} from '../contract';

/** Returns the resource providers of IAM, by resource type. */
export function iamProviders(iam: Iam): ResourceProviders {
  return {
    'AWS::IAM::Role': replacing(['RoleName', 'Path'], new RoleProvider(iam)),
    'AWS::IAM::Policy': replacing(['PolicyName'], new PolicyProvider(iam)),
  };
}

interface RoleProperties {
  readonly RoleName?: string;
  readonly Path?: string;
  readonly AssumeRolePolicyDocument: PolicyDocument;
  readonly Policies?: readonly { readonly PolicyName: string; readonly PolicyDocument: PolicyDocument }[];
  readonly ManagedPolicyArns?: readonly string[];
  readonly PermissionsBoundary?: unknown;
}

/** Emulates AWS::IAM::Role. */
class RoleProvider implements ResourceProvider {
  public constructor(private readonly iam: Iam) {}

  public async create(request: ResourceRequest): Promise<ResourceResult> {
    const properties = request.properties as RoleProperties;
    const name = properties.RoleName ?? physicalName(request.stackName, request.logicalId, 64);
    const settings = settingsOf(name, properties);
    await this.iam.authorize({ caller: request.caller, action: 'iam:CreateRole', resource: this.iam.roles.arn(name, properties.Path) });
    return roleResult(await this.iam.createRole(name, settings, properties.Path));
  }

  public async update(request: ResourceUpdate): Promise<ResourceResult> {
    const properties = request.properties as RoleProperties;
    const old = request.oldProperties as RoleProperties;
    const role = this.iam.roles.get(request.physicalId);
    await this.iam.authorize({ caller: request.caller, action: 'iam:PutRolePolicy', resource: role.arn });
    const before = settingsOf(role.name, old);
    const after = settingsOf(role.name, properties);
    const change = (current: RoleSettings): RoleSettings => {
      const others = without(current, before);
      return {
        ...after,
        inlinePolicies: { ...others.inlinePolicies, ...after.inlinePolicies },
        managedPolicyArns: [...new Set([...others.managedPolicyArns, ...after.managedPolicyArns])],
      };
    };
    const { latest } = role.settings;
    // An update that changes nothing must not restart the propagation delay of the role.
    return roleResult(isDeepStrictEqual(change(latest), latest) ? role : await this.iam.changeRole(role.name, change));
  }

  public async delete(request: ResourceDelete): Promise<void> {
    const role = this.iam.roles.find(request.physicalId);
    if (!role) {
      return;
    }
    await this.iam.authorize({ caller: request.caller, action: 'iam:DeleteRole', resource: role.arn });
    const own = settingsOf(role.name, request.properties as RoleProperties);
    await this.iam.changeRole(role.name, (current) => without(current, own));
    this.iam.roles.delete(role.name);
  }
}

function settingsOf(name: string, properties: RoleProperties): RoleSettings {
  if (properties.PermissionsBoundary !== undefined) {
    throw new Error(`the permissions boundary of role ${name} isn't emulated, deploy the role without one`);
  }
  return {
    trustPolicy: properties.AssumeRolePolicyDocument,
    inlinePolicies: Object.fromEntries((properties.Policies ?? []).map((policy) => [policy.PolicyName, policy.PolicyDocument])),
    managedPolicyArns: properties.ManagedPolicyArns ?? [],
  };
}

/** Returns the inline and managed policies in `current` that are not in `own`: other resources attached these policies to the role. */
function without(current: RoleSettings, own: RoleSettings): Pick<RoleSettings, 'inlinePolicies' | 'managedPolicyArns'> {
  return {
    inlinePolicies: Object.fromEntries(Object.entries(current.inlinePolicies).filter(([name]) => !(name in own.inlinePolicies))),
    managedPolicyArns: current.managedPolicyArns.filter((arn) => !own.managedPolicyArns.includes(arn)),
  };
}

function roleResult(role: Role): ResourceResult {
  return { physicalId: role.name, attributes: { Arn: role.arn, RoleId: role.roleId } };
}

interface PolicyProperties {
  readonly PolicyName: string;
  readonly PolicyDocument: PolicyDocument;
  readonly Roles?: readonly string[];
  readonly Users?: readonly string[];
  readonly Groups?: readonly string[];
}

/** Emulates AWS::IAM::Policy: an inline policy of one or more roles. */
class PolicyProvider implements ResourceProvider {
  public constructor(private readonly iam: Iam) {}

  public async create(request: ResourceRequest): Promise<ResourceResult> {
    await this.put(request, request.properties as PolicyProperties);
    return { physicalId: physicalName(request.stackName.slice(0, 5), request.logicalId.slice(0, 4), 128) };
  }

  public async update(request: ResourceUpdate): Promise<ResourceResult> {
    const properties = request.properties as PolicyProperties;
    const old = request.oldProperties as PolicyProperties;
    await this.put(request, properties);
    const left = (old.Roles ?? []).filter((role) => !properties.Roles?.includes(role));
    await this.remove(request, old.PolicyName, left);
    return { physicalId: request.physicalId };
  }

  public async delete(request: ResourceDelete): Promise<void> {
    const { PolicyName, Roles = [] } = request.properties as PolicyProperties;
    await this.remove(request, PolicyName, Roles);
  }

  private async put(request: ResourceRequest, { PolicyName, PolicyDocument, Roles, Users, Groups }: PolicyProperties): Promise<void> {
    if (Users?.length || Groups?.length) {
      throw new Error(`policy ${PolicyName} is for users or groups, which the local AWS doesn't emulate: attach it to roles`);
    }
    if (!Roles?.length) {
      throw new Error('At least one of [Groups,Roles,Users] must be non-empty.');
    }
    for (const roleName of Roles) {
      const role = this.iam.roles.get(roleName);
      await this.iam.authorize({ caller: request.caller, action: 'iam:PutRolePolicy', resource: role.arn });
      await this.iam.changeRole(roleName, ({ inlinePolicies }) =>
        ({ inlinePolicies: { ...inlinePolicies, [PolicyName]: PolicyDocument } }));
    }
  }

  private async remove(request: ResourceRequest, policyName: string, roleNames: readonly string[]): Promise<void> {
    for (const roleName of roleNames) {
      const role = this.iam.roles.find(roleName);
      if (!role) {
        continue;
      }
      await this.iam.authorize({ caller: request.caller, action: 'iam:DeleteRolePolicy', resource: role.arn });
      await this.iam.changeRole(roleName, ({ inlinePolicies: { [policyName]: removed, ...inlinePolicies } }) => ({ inlinePolicies }));
    }
  }
}
