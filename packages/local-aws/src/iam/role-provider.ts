import { isDeepStrictEqual } from 'node:util';
import type { Iam } from './iam';
import type { PolicyDocument } from './policies/policy-document';
import type { Role, RoleSettings } from './roles';
import type { ResourceDelete, ResourceProvider, ResourceRequest, ResourceResult, ResourceUpdate } from '../contract';
import { physicalName } from '../physical-name';

interface RoleProperties {
  readonly RoleName?: string;
  readonly Path?: string;
  readonly AssumeRolePolicyDocument: PolicyDocument;
  readonly Policies?: readonly { readonly PolicyName: string; readonly PolicyDocument: PolicyDocument }[];
  readonly ManagedPolicyArns?: readonly string[];
  readonly PermissionsBoundary?: string;
}

/** Plays AWS::IAM::Role. */
export class RoleProvider implements ResourceProvider {
  public constructor(private readonly iam: Iam) {}

  public async create(request: ResourceRequest): Promise<ResourceResult> {
    const properties = request.properties as RoleProperties;
    const name = properties.RoleName ?? physicalName(request.stackName, request.logicalId, 64);
    await this.iam.authorize({
      caller: request.caller,
      action: 'iam:CreateRole',
      resource: this.iam.roles.arn(name, properties.Path),
      context: properties.PermissionsBoundary ? { 'iam:PermissionsBoundary': properties.PermissionsBoundary } : {},
    });
    return result(await this.iam.createRole(name, settings(properties), properties.Path));
  }

  public async update(request: ResourceUpdate): Promise<ResourceResult> {
    const properties = request.properties as RoleProperties;
    const old = request.oldProperties as RoleProperties;
    if (properties.RoleName !== old.RoleName || properties.Path !== old.Path) {
      return this.create(request);
    }

    const role = this.iam.roles.get(request.physicalId);
    await this.iam.authorize({ caller: request.caller, action: 'iam:PutRolePolicy', resource: role.arn });
    const before = settings(old);
    const after = settings(properties);
    const change = (current: RoleSettings): RoleSettings => {
      const others = without(current, before);
      return {
        ...after,
        inlinePolicies: { ...others.inlinePolicies, ...after.inlinePolicies },
        managedPolicyArns: [...new Set([...others.managedPolicyArns, ...after.managedPolicyArns])],
      };
    };
    const { latest } = role.settings;
    // A change that changes nothing must not start the propagation anew.
    return result(isDeepStrictEqual(change(latest), latest) ? role : await this.iam.changeRole(role.name, change));
  }

  public async delete(request: ResourceDelete): Promise<void> {
    const role = this.iam.roles.find(request.physicalId);
    if (!role) {
      return;
    }
    await this.iam.authorize({ caller: request.caller, action: 'iam:DeleteRole', resource: role.arn });
    const own = settings(request.properties as RoleProperties);
    await this.iam.changeRole(role.name, (current) => without(current, own));
    this.iam.roles.delete(role.name);
  }
}

function settings(properties: RoleProperties): RoleSettings {
  return {
    trustPolicy: properties.AssumeRolePolicyDocument,
    inlinePolicies: Object.fromEntries((properties.Policies ?? []).map((policy) => [policy.PolicyName, policy.PolicyDocument])),
    managedPolicyArns: properties.ManagedPolicyArns ?? [],
    permissionsBoundaryArn: properties.PermissionsBoundary,
  };
}

/** The policies that other resources have put into the role, or attached to it. */
function without(current: RoleSettings, own: RoleSettings): Pick<RoleSettings, 'inlinePolicies' | 'managedPolicyArns'> {
  return {
    inlinePolicies: Object.fromEntries(Object.entries(current.inlinePolicies).filter(([name]) => !(name in own.inlinePolicies))),
    managedPolicyArns: current.managedPolicyArns.filter((arn) => !own.managedPolicyArns.includes(arn)),
  };
}

function result(role: Role): ResourceResult {
  return { physicalId: role.name, attributes: { Arn: role.arn, RoleId: role.roleId } };
}
