import type { ResourceDelete, ResourceProvider, ResourceRequest, ResourceResult, ResourceUpdate } from '../contract';
import type { FunctionRegistry } from './functions/function-registry';
import { FunctionVersion, type FunctionHost } from './functions/function-version';

/** Plays `AWS::Lambda::Version`. */
export class VersionProvider implements ResourceProvider {
  private readonly published = new Map<string, number>();

  public constructor(private readonly host: FunctionHost, private readonly registry: FunctionRegistry) {}

  public async create({ properties, caller }: ResourceRequest): Promise<ResourceResult> {
    const { version: latest, arn } = this.registry.resolve(properties.FunctionName);
    await this.host.iam.authorize({ caller, action: 'lambda:PublishVersion', resource: arn });
    const number = (this.published.get(arn) ?? 0) + 1;
    this.published.set(arn, number);
    this.registry.replace(properties.FunctionName, await FunctionVersion.create(this.host, latest.configuration, String(number)));
    return { physicalId: `${arn}:${number}`, attributes: { Version: String(number), FunctionArn: `${arn}:${number}` } };
  }

  public async update(request: ResourceUpdate): Promise<ResourceResult> {
    if (request.properties.FunctionName !== request.oldProperties.FunctionName) {
      return this.create(request);
    }
    const number = versionNumber(request.physicalId);
    return { physicalId: request.physicalId, attributes: { Version: number, FunctionArn: request.physicalId } };
  }

  public async delete({ physicalId, caller }: ResourceDelete): Promise<void> {
    await this.host.iam.authorize({ caller, action: 'lambda:DeleteFunction', resource: physicalId });
    if (this.registry.find(physicalId)) {
      this.registry.delete(physicalId, versionNumber(physicalId));
    }
  }
}

function versionNumber(versionArn: string): string {
  return versionArn.slice(versionArn.lastIndexOf(':') + 1);
}
