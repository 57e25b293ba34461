import { functionArn, functionConfiguration, type FunctionConfiguration } from './functions/function-configuration';
import type { FunctionRegistry } from './functions/function-registry';
import { assumeFunctionRole, FunctionVersion, type FunctionHost } from './functions/function-version';
import type { Lambda } from './lambda';
import {
  physicalName, type Caller, type ResourceDelete, type ResourceProvider, type ResourceProviders, type ResourceRequest, type ResourceResult,
  type ResourceUpdate,
} from '../contract';

/** The providers of Lambda's resources. */
export function lambdaProviders({ host, registry }: Lambda): ResourceProviders {
  return { 'AWS::Lambda::Function': new FunctionProvider(host, registry) };
}

const MAX_NAME_LENGTH = 64;

/** Emulates AWS::Lambda::Function. */
class FunctionProvider implements ResourceProvider {
  public constructor(private readonly host: FunctionHost, private readonly registry: FunctionRegistry) {}

  public async create(request: ResourceRequest): Promise<ResourceResult> {
    const name: string = request.properties.FunctionName ?? physicalName(request.stackName, request.logicalId, MAX_NAME_LENGTH);
    const configuration = functionConfiguration(this.host.env, name, request.properties);
    await this.authorize(request.caller, 'lambda:CreateFunction', name);
    await this.checkRole(request.caller, configuration);
    this.registry.add(await FunctionVersion.create(this.host, configuration));
    return result(configuration);
  }

  public async update(request: ResourceUpdate): Promise<ResourceResult> {
    const { properties, oldProperties, physicalId, caller } = request;
    if (properties.FunctionName !== oldProperties.FunctionName) {
      return this.create(request);
    }

    const configuration = functionConfiguration(this.host.env, physicalId, properties);
    if (JSON.stringify(properties.Code) !== JSON.stringify(oldProperties.Code)) {
      await this.authorize(caller, 'lambda:UpdateFunctionCode', physicalId);
    }
    await this.authorize(caller, 'lambda:UpdateFunctionConfiguration', physicalId);
    await this.checkRole(caller, configuration);
    this.registry.replace(await FunctionVersion.create(this.host, configuration));
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
    const { iam, env } = this.host;
    const context = { 'iam:PassedToService': 'lambda.amazonaws.com' };
    await iam.authorize({ caller, action: 'iam:PassRole', resource: configuration.roleArn, context });
    try {
      await assumeFunctionRole(this.host, configuration);
    } catch (error) {
      // CloudFormation retries until a new role has propagated.
      if (iam.propagationMs === 0) {
        throw error;
      }
      await env.clock.sleep(iam.propagationMs);
      await assumeFunctionRole(this.host, configuration);
    }
  }
}

function result({ name, arn }: FunctionConfiguration): ResourceResult {
  return { physicalId: name, attributes: { Arn: arn } };
}
