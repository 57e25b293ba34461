import type { Ssm } from './ssm';
import {
  physicalName, replacing, type ResourceDelete, type ResourceProvider, type ResourceProviders, type ResourceRequest, type ResourceResult,
  type ResourceUpdate,
} from '../contract';

interface ParameterProperties {
  readonly Name?: string;
  readonly Type: string;
  readonly Value: string;
}

/** Returns the resource providers of SSM, by resource type. */
export function ssmProviders(ssm: Ssm): ResourceProviders {
  return { 'AWS::SSM::Parameter': replacing(['Name'], new ParameterProvider(ssm)) };
}

/** Emulates AWS::SSM::Parameter. */
class ParameterProvider implements ResourceProvider {
  public constructor(private readonly ssm: Ssm) {}

  public async create(request: ResourceRequest): Promise<ResourceResult> {
    const { Name, Type, Value } = request.properties as ParameterProperties;
    const name = Name ?? physicalName(`CFN-${request.stackName}`, request.logicalId, 128);
    await this.ssm.authorize(request.caller, 'ssm:PutParameter', name);
    if (this.ssm.get(name)) {
      throw new Error(`${name} already exists in stack or account, give another name or delete it first`);
    }
    return this.write(name, Value, Type);
  }

  public async update(request: ResourceUpdate): Promise<ResourceResult> {
    const { Type, Value } = request.properties as ParameterProperties;
    await this.ssm.authorize(request.caller, 'ssm:PutParameter', request.physicalId);
    return this.write(request.physicalId, Value, Type);
  }

  public async delete(request: ResourceDelete): Promise<void> {
    await this.ssm.authorize(request.caller, 'ssm:DeleteParameter', request.physicalId);
    this.ssm.delete(request.physicalId);
  }

  private write(name: string, value: string, type: string): ResourceResult {
    const parameter = this.ssm.put(name, value, type);
    return { physicalId: name, attributes: { Type: parameter.type, Value: parameter.value } };
  }
}
