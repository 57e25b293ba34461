import type { Iam } from './iam';
import type { ResourceDelete, ResourceProvider, ResourceRequest, ResourceResult, ResourceUpdate } from '../contract';
import { physicalName } from '../physical-name';
import type { PolicyDocument } from './policies/policy-document';

interface ManagedPolicyProperties {
  readonly ManagedPolicyName?: string;
  readonly Path?: string;
  readonly PolicyDocument: PolicyDocument;
  readonly Roles?: readonly string[];
}

/** Plays AWS::IAM::ManagedPolicy. */
export class ManagedPolicyProvider implements ResourceProvider {
  public constructor(private readonly iam: Iam) {}

  public async create(request: ResourceRequest): Promise<ResourceResult> {
    const properties = request.properties as ManagedPolicyProperties;
    const name = properties.ManagedPolicyName ?? physicalName(request.stackName, request.logicalId, 128);
    const arn = this.iam.managedPolicies.arn(name, properties.Path);
    await this.iam.authorize({ caller: request.caller, action: 'iam:CreatePolicy', resource: arn });
    await this.iam.createManagedPolicy(arn, properties.PolicyDocument);
    await this.attach(request, arn, properties.Roles ?? []);
    return result(arn);
  }

  public async update(request: ResourceUpdate): Promise<ResourceResult> {
    const properties = request.properties as ManagedPolicyProperties;
    const old = request.oldProperties as ManagedPolicyProperties;
    if (properties.ManagedPolicyName !== old.ManagedPolicyName || properties.Path !== old.Path) {
      return this.create(request);
    }

    const arn = request.physicalId;
    await this.iam.authorize({ caller: request.caller, action: 'iam:CreatePolicyVersion', resource: arn });
    await this.iam.changeManagedPolicy(arn, properties.PolicyDocument);
    await this.attach(request, arn, properties.Roles ?? []);
    await this.detach(request, arn, (old.Roles ?? []).filter((role) => !properties.Roles?.includes(role)));
    return result(arn);
  }

  public async delete(request: ResourceDelete): Promise<void> {
    const arn = request.physicalId;
    await this.detach(request, arn, (request.properties as ManagedPolicyProperties).Roles ?? []);
    await this.iam.authorize({ caller: request.caller, action: 'iam:DeletePolicy', resource: arn });
    this.iam.deleteManagedPolicy(arn);
  }

  private async attach(request: ResourceRequest, arn: string, roleNames: readonly string[]): Promise<void> {
    for (const roleName of roleNames) {
      const role = this.iam.roles.get(roleName);
      if (role.settings.latest.managedPolicyArns.includes(arn)) {
        continue;
      }
      await this.iam.authorize({ caller: request.caller, action: 'iam:AttachRolePolicy', resource: role.arn, context: { 'iam:PolicyARN': arn } });
      await this.iam.changeRole(roleName, ({ managedPolicyArns }) => ({ managedPolicyArns: [...managedPolicyArns, arn] }));
    }
  }

  private async detach(request: ResourceRequest, arn: string, roleNames: readonly string[]): Promise<void> {
    for (const roleName of roleNames) {
      const role = this.iam.roles.find(roleName);
      if (!role) {
        continue;
      }
      await this.iam.authorize({ caller: request.caller, action: 'iam:DetachRolePolicy', resource: role.arn, context: { 'iam:PolicyARN': arn } });
      await this.iam.changeRole(roleName, ({ managedPolicyArns: attached }) => ({ managedPolicyArns: attached.filter((other) => other !== arn) }));
    }
  }
}

function result(arn: string): ResourceResult {
  return { physicalId: arn, attributes: { PolicyArn: arn } };
}
