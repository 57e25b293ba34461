import type { Authorizer, Caller, ResourceDelete, ResourceProvider, ResourceRequest, ResourceResult, ResourceUpdate } from '../contract';
import type { FunctionRegistry } from './functions/function-registry';

/** Plays `AWS::Lambda::Alias`, without weights between versions. */
export class AliasProvider implements ResourceProvider {
  public constructor(private readonly authorizer: Authorizer, private readonly registry: FunctionRegistry) {}

  public create(request: ResourceRequest): Promise<ResourceResult> {
    return this.put(request.caller, 'lambda:CreateAlias', request.properties);
  }

  public update(request: ResourceUpdate): Promise<ResourceResult> {
    return this.put(request.caller, 'lambda:UpdateAlias', request.properties);
  }

  public async delete({ physicalId, caller }: ResourceDelete): Promise<void> {
    const [functionArn, name] = splitAliasArn(physicalId);
    await this.authorizer.authorize({ caller, action: 'lambda:DeleteAlias', resource: functionArn });
    this.registry.find(functionArn)?.aliases.delete(name);
  }

  private async put(caller: Caller, action: string, properties: Record<string, any>): Promise<ResourceResult> {
    const { arn, aliases } = this.registry.get(properties.FunctionName);
    await this.authorizer.authorize({ caller, action, resource: arn });
    aliases.set(properties.Name, String(properties.FunctionVersion));
    const aliasArn = `${arn}:${properties.Name}`;
    return { physicalId: aliasArn, attributes: { AliasArn: aliasArn } };
  }
}

function splitAliasArn(aliasArn: string): [functionArn: string, name: string] {
  const end = aliasArn.lastIndexOf(':');
  return [aliasArn.slice(0, end), aliasArn.slice(end + 1)];
}
