import { alarmRule, type AlarmProperties } from './alarm';
import type { Alarms } from './alarms';
import type { CloudWatch } from './cloudwatch';
import type { Dashboards } from './dashboards';
import {
  physicalName, replacing, type Authorizer, type Caller, type ResourceDelete, type ResourceProvider, type ResourceProviders, type ResourceRequest,
  type ResourceResult, type ResourceUpdate,
} from '../contract';

const MAX_NAME_LENGTH = 255;

/** Returns the resource providers of CloudWatch, by resource type. */
export function cloudWatchProviders({ alarms, dashboards }: CloudWatch, authorizer: Authorizer): ResourceProviders {
  return {
    'AWS::CloudWatch::Alarm': replacing(['AlarmName'], new AlarmProvider(alarms, authorizer)),
    'AWS::CloudWatch::Dashboard': replacing(['DashboardName'], new DashboardProvider(dashboards, authorizer)),
  };
}

/** Emulates AWS::CloudWatch::Alarm. */
class AlarmProvider implements ResourceProvider {
  public constructor(private readonly alarms: Alarms, private readonly authorizer: Authorizer) {}

  public async create(request: ResourceRequest): Promise<ResourceResult> {
    const { AlarmName } = request.properties as AlarmProperties;
    const name = AlarmName ?? physicalName(request.stackName, request.logicalId, MAX_NAME_LENGTH);
    if (this.alarms.find(name)) {
      throw new Error(`${name} already exists in stack or account, give another name or delete it first`);
    }
    return this.put(request, name);
  }

  public async update(request: ResourceUpdate): Promise<ResourceResult> {
    return this.put(request, request.physicalId);
  }

  public async delete({ physicalId, caller }: ResourceDelete): Promise<void> {
    await this.authorize(caller, 'cloudwatch:DeleteAlarms', physicalId);
    this.alarms.delete(physicalId);
  }

  private async put({ properties, caller }: ResourceRequest, name: string): Promise<ResourceResult> {
    const rule = alarmRule(properties as AlarmProperties);
    await this.authorize(caller, 'cloudwatch:PutMetricAlarm', name);
    const { arn } = this.alarms.put(name, properties as AlarmProperties, rule);
    return { physicalId: name, attributes: { Arn: arn } };
  }

  private async authorize(caller: Caller, action: string, name: string): Promise<void> {
    await this.authorizer.authorize({ caller, action, resource: this.alarms.arn(name) });
  }
}

/** Emulates AWS::CloudWatch::Dashboard. */
class DashboardProvider implements ResourceProvider {
  public constructor(private readonly dashboards: Dashboards, private readonly authorizer: Authorizer) {}

  public async create(request: ResourceRequest): Promise<ResourceResult> {
    const name: string = request.properties.DashboardName ?? physicalName(request.stackName, request.logicalId, MAX_NAME_LENGTH);
    if (this.dashboards.has(name)) {
      throw new Error(`${name} already exists, give another name or delete it first`);
    }
    return this.put(request, name);
  }

  public async update(request: ResourceUpdate): Promise<ResourceResult> {
    return this.put(request, request.physicalId);
  }

  public async delete({ physicalId: name, caller }: ResourceDelete): Promise<void> {
    await this.authorizer.authorize({ caller, action: 'cloudwatch:DeleteDashboards', resource: this.dashboards.arn(name) });
    this.dashboards.delete(name);
  }

  private async put({ properties, caller }: ResourceRequest, name: string): Promise<ResourceResult> {
    await this.authorizer.authorize({ caller, action: 'cloudwatch:PutDashboard', resource: this.dashboards.arn(name) });
    this.dashboards.put(name, properties.DashboardBody);
    return { physicalId: name };
  }
}
