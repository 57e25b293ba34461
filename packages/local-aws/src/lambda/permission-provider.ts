import type { Authorizer, ResourceDelete, ResourceProvider, ResourceRequest, ResourceResult, ResourceUpdate } from '../contract';
import { physicalName } from '../physical-name';
import { parseFunctionReference } from './functions/function-configuration';
import type { FunctionRegistry } from './functions/function-registry';

const MAX_STATEMENT_ID_LENGTH = 100;

/** Plays `AWS::Lambda::Permission`. */
export class PermissionProvider implements ResourceProvider {
  public constructor(private readonly authorizer: Authorizer, private readonly registry: FunctionRegistry) {}

  public async create({ stackName, logicalId, properties, caller }: ResourceRequest): Promise<ResourceResult> {
    const { arn, permissions } = this.registry.get(properties.FunctionName);
    const { qualifier } = parseFunctionReference(properties.FunctionName);
    await this.authorizer.authorize({ caller, action: 'lambda:AddPermission', resource: arn });
    const statementId = physicalName(stackName, logicalId, MAX_STATEMENT_ID_LENGTH);
    permissions.set(statementId, {
      statementId,
      action: properties.Action,
      principal: properties.Principal,
      functionArn: qualifier === undefined ? arn : `${arn}:${qualifier}`,
      sourceArn: properties.SourceArn,
      sourceAccount: properties.SourceAccount,
    });
    return { physicalId: statementId, attributes: { Id: statementId } };
  }

  /** Every property of a permission is part of its identity. */
  public update(request: ResourceUpdate): Promise<ResourceResult> {
    return this.create(request);
  }

  public async delete({ physicalId, properties, caller }: ResourceDelete): Promise<void> {
    const found = this.registry.find(properties.FunctionName);
    if (!found) {
      return;
    }
    await this.authorizer.authorize({ caller, action: 'lambda:RemovePermission', resource: found.arn });
    found.permissions.delete(physicalId);
  }
}
