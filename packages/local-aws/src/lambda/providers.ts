import { functionArn, functionConfiguration, parseFunctionReference, type FunctionConfiguration } from './functions/function-configuration';
import { LATEST, type FunctionRegistry } from './functions/function-registry';
import { assumeFunctionRole, FunctionVersion, type FunctionHost } from './functions/function-version';
import type { Lambda } from './lambda';
import {
  physicalName, replacing, ServiceError, type Authorizer, type Caller, type ResourceDelete, type ResourceProvider, type ResourceProviders,
  type ResourceRequest, type ResourceResult, type ResourceUpdate,
} from '../contract';

/** Returns the resource providers of Lambda, by resource type. */
export function lambdaProviders({ host, registry }: Lambda): ResourceProviders {
  return {
    'AWS::Lambda::Function': replacing(['FunctionName'], new FunctionProvider(host, registry)),
    'AWS::Lambda::LayerVersion': new LayerVersionProvider(host),
    'AWS::Lambda::Version': replacing(['FunctionName'], new VersionProvider(host, registry)),
    'AWS::Lambda::Permission': new PermissionProvider(host.iam, registry),
  };
}

const MAX_NAME_LENGTH = 64;
const MAX_STATEMENT_ID_LENGTH = 100;

/** Emulates AWS::Lambda::Function. */
class FunctionProvider implements ResourceProvider {
  public constructor(private readonly host: FunctionHost, private readonly registry: FunctionRegistry) {}

  public async create(request: ResourceRequest): Promise<ResourceResult> {
    const name: string = request.properties.FunctionName ?? physicalName(request.stackName, request.logicalId, MAX_NAME_LENGTH);
    const configuration = functionConfiguration(this.host.env, name, request.properties);
    await this.authorize(request.caller, 'lambda:CreateFunction', name);
    await this.checkRole(request.caller, configuration);
    await this.checkLayers(request.caller, configuration);
    this.registry.add(await FunctionVersion.create(this.host, configuration, LATEST));
    return result(configuration);
  }

  public async update({ properties, oldProperties, physicalId, caller }: ResourceUpdate): Promise<ResourceResult> {
    const configuration = functionConfiguration(this.host.env, physicalId, properties);
    if (JSON.stringify(properties.Code) !== JSON.stringify(oldProperties.Code)) {
      await this.authorize(caller, 'lambda:UpdateFunctionCode', physicalId);
    }
    await this.authorize(caller, 'lambda:UpdateFunctionConfiguration', physicalId);
    await this.checkRole(caller, configuration);
    await this.checkLayers(caller, configuration);
    this.registry.put(await FunctionVersion.create(this.host, configuration, LATEST));
    return result(configuration);
  }

  public async delete({ physicalId, caller }: ResourceDelete): Promise<void> {
    await this.authorize(caller, 'lambda:DeleteFunction', physicalId);
    this.registry.delete(physicalId);
  }

  private async authorize(caller: Caller, action: string, name: string): Promise<void> {
    await this.host.iam.authorize({ caller, action, resource: functionArn(this.host.env, name) });
  }

  private async checkRole(caller: Caller, configuration: FunctionConfiguration): Promise<void> {
    const { iam } = this.host;
    const context = { 'iam:PassedToService': 'lambda.amazonaws.com' };
    await iam.authorize({ caller, action: 'iam:PassRole', resource: configuration.roleArn, context });
    await iam.checkWithRetry(() => assumeFunctionRole(this.host, configuration));
  }

  private async checkLayers(caller: Caller, { layers }: FunctionConfiguration): Promise<void> {
    for (const arn of layers) {
      await this.host.iam.authorize({ caller, action: 'lambda:GetLayerVersion', resource: arn });
      if (!this.host.layers.has(arn)) {
        throw new ServiceError('InvalidParameterValueException', `Layer version ${arn} does not exist.`);
      }
    }
  }
}

/** Emulates AWS::Lambda::LayerVersion. */
class LayerVersionProvider implements ResourceProvider {
  private published = 0;

  public constructor(private readonly host: FunctionHost) {}

  public async create({ stackName, logicalId, properties, caller }: ResourceRequest): Promise<ResourceResult> {
    const { env: { partition, region, accountId }, iam, layers, loadCode } = this.host;
    const name: string = properties.LayerName ?? physicalName(stackName, logicalId, MAX_NAME_LENGTH);
    const layerArn = `arn:${partition}:lambda:${region}:${accountId}:layer:${name}`;
    await iam.authorize({ caller, action: 'lambda:PublishLayerVersion', resource: layerArn });
    this.published += 1;
    const physicalId = `${layerArn}:${this.published}`;
    layers.set(physicalId, await loadCode(properties.Content.S3Bucket, properties.Content.S3Key));
    return { physicalId, attributes: { LayerVersionArn: physicalId } };
  }

  /** Replaces the version, because no property of a layer version can change. */
  public update(request: ResourceUpdate): Promise<ResourceResult> {
    return this.create(request);
  }

  public async delete({ physicalId, caller }: ResourceDelete): Promise<void> {
    await this.host.iam.authorize({ caller, action: 'lambda:DeleteLayerVersion', resource: physicalId });
    this.host.layers.delete(physicalId);
  }
}

/** Emulates AWS::Lambda::Version. */
class VersionProvider implements ResourceProvider {
  private readonly published = new Map<string, number>();

  public constructor(private readonly host: FunctionHost, private readonly registry: FunctionRegistry) {}

  public async create({ properties, caller }: ResourceRequest): Promise<ResourceResult> {
    const { version: { configuration }, arn } = this.registry.resolve(properties.FunctionName);
    await this.host.iam.authorize({ caller, action: 'lambda:PublishVersion', resource: arn });
    const number = (this.published.get(arn) ?? 0) + 1;
    this.published.set(arn, number);
    this.registry.put(await FunctionVersion.create(this.host, configuration, String(number)));
    return versionResult(`${arn}:${number}`);
  }

  public async update({ physicalId }: ResourceUpdate): Promise<ResourceResult> {
    return versionResult(physicalId);
  }

  public async delete({ physicalId, caller }: ResourceDelete): Promise<void> {
    await this.host.iam.authorize({ caller, action: 'lambda:DeleteFunction', resource: physicalId });
    this.registry.delete(physicalId);
  }
}

/** Emulates AWS::Lambda::Permission. */
class PermissionProvider implements ResourceProvider {
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

  /** Replaces the permission, because CloudFormation can't change a permission in place. */
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

function versionResult(versionArn: string): ResourceResult {
  return { physicalId: versionArn, attributes: { Version: versionArn.slice(versionArn.lastIndexOf(':') + 1), FunctionArn: versionArn } };
}

function result({ name, arn }: FunctionConfiguration): ResourceResult {
  return { physicalId: name, attributes: { Arn: arn } };
}
