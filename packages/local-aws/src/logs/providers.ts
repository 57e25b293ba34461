import { logGroupArn, type Logs } from './logs';
import {
  physicalName, replacing, type Authorizer, type Caller, type Environment, type ResourceDelete, type ResourceProvider, type ResourceProviders,
  type ResourceRequest, type ResourceResult, type ResourceUpdate,
} from '../contract';

const MAX_NAME_LENGTH = 512;

/** Returns the resource providers of CloudWatch Logs, by resource type. */
export function logsProviders(env: Environment, authorizer: Authorizer, logs: Logs): ResourceProviders {
  return { 'AWS::Logs::LogGroup': replacing(['LogGroupName'], new LogGroupProvider(env, authorizer, logs)) };
}

/** Emulates AWS::Logs::LogGroup. Ignores the retention: log events never expire. */
class LogGroupProvider implements ResourceProvider {
  public constructor(private readonly env: Environment, private readonly authorizer: Authorizer, private readonly logs: Logs) {}

  public async create({ stackName, logicalId, properties, caller }: ResourceRequest): Promise<ResourceResult> {
    const name: string = properties.LogGroupName ?? physicalName(stackName, logicalId, MAX_NAME_LENGTH);
    await this.authorize(caller, 'logs:CreateLogGroup', name);
    if (properties.RetentionInDays !== undefined) {
      await this.authorize(caller, 'logs:PutRetentionPolicy', name);
    }
    this.logs.createGroup(name);
    return this.result(name);
  }

  public async update({ properties, oldProperties, physicalId, caller }: ResourceUpdate): Promise<ResourceResult> {
    if (properties.RetentionInDays !== oldProperties.RetentionInDays) {
      await this.authorize(caller, properties.RetentionInDays === undefined ? 'logs:DeleteRetentionPolicy' : 'logs:PutRetentionPolicy', physicalId);
    }
    return this.result(physicalId);
  }

  public async delete({ physicalId, caller }: ResourceDelete): Promise<void> {
    await this.authorize(caller, 'logs:DeleteLogGroup', physicalId);
    this.logs.deleteGroup(physicalId);
  }

  private async authorize(caller: Caller, action: string, name: string): Promise<void> {
    await this.authorizer.authorize({ caller, action, resource: logGroupArn(this.env, name) });
  }

  private result(name: string): ResourceResult {
    return { physicalId: name, attributes: { Arn: `${logGroupArn(this.env, name)}:*` } };
  }
}
