import type { Iam } from './iam';
import type { ResourceDelete, ResourceProvider, ResourceRequest, ResourceResult, ResourceUpdate } from '../contract';
import { physicalName } from '../physical-name';
import type { PolicyDocument } from './policies/policy-document';

interface PolicyProperties {
  readonly PolicyName: string;
  readonly PolicyDocument: PolicyDocument;
  readonly Roles?: readonly string[];
  readonly Users?: readonly string[];
  readonly Groups?: readonly string[];
}

/** Plays AWS::IAM::Policy: an inline policy of one or more roles. */
export class PolicyProvider implements ResourceProvider {
  public constructor(private readonly iam: Iam) {}

  public async create(request: ResourceRequest): Promise<ResourceResult> {
    await this.put(request, request.properties as PolicyProperties);
    return { physicalId: physicalName(request.stackName.slice(0, 5), request.logicalId.slice(0, 4), 128) };
  }

  public async update(request: ResourceUpdate): Promise<ResourceResult> {
    const properties = request.properties as PolicyProperties;
    const old = request.oldProperties as PolicyProperties;
    if (properties.PolicyName !== old.PolicyName) {
      return this.create(request);
    }

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
      throw new Error(`policy ${PolicyName} is for users or groups, which the local AWS has none of: attach it to roles`);
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
