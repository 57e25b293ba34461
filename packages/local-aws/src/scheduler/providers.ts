import type { Schedule, Scheduler } from './scheduler';
import {
  physicalName, replacing, type Caller, type ResourceDelete, type ResourceProvider, type ResourceProviders, type ResourceRequest, type ResourceResult,
  type ResourceUpdate,
} from '../contract';
import type { Iam } from '../iam/iam';

/** Returns the resource providers of EventBridge Scheduler, by resource type. */
export function schedulerProviders(scheduler: Scheduler, iam: Iam): ResourceProviders {
  return { 'AWS::Scheduler::Schedule': replacing(['Name'], new ScheduleProvider(scheduler, iam)) };
}

interface ScheduleProperties {
  readonly Name?: string;
  readonly GroupName?: string;
  readonly ScheduleExpression: string;
  readonly ScheduleExpressionTimezone?: string;
  readonly StartDate?: string;
  readonly EndDate?: string;
  readonly State?: string;
  readonly FlexibleTimeWindow: { readonly Mode: string };
  readonly Target: {
    readonly Arn: string;
    readonly RoleArn: string;
    readonly Input?: string;
    readonly DeadLetterConfig?: object;
    readonly RetryPolicy?: { readonly MaximumRetryAttempts?: number | string; readonly MaximumEventAgeInSeconds?: number | string };
  };
}

const MAX_NAME_LENGTH = 64;

/** Emulates AWS::Scheduler::Schedule in the default schedule group. */
class ScheduleProvider implements ResourceProvider {
  public constructor(private readonly scheduler: Scheduler, private readonly iam: Iam) {}

  public async create(request: ResourceRequest): Promise<ResourceResult> {
    const { Name } = request.properties as ScheduleProperties;
    const name = Name ?? physicalName(request.stackName, request.logicalId, MAX_NAME_LENGTH);
    if (this.scheduler.find(name)) {
      throw new Error(`Schedule ${name} already exists.`);
    }
    return this.put(request, name, 'scheduler:CreateSchedule');
  }

  public async update(request: ResourceUpdate): Promise<ResourceResult> {
    return this.put(request, request.physicalId, 'scheduler:UpdateSchedule');
  }

  public async delete({ physicalId: name, caller }: ResourceDelete): Promise<void> {
    await this.authorize(caller, 'scheduler:DeleteSchedule', name);
    this.scheduler.delete(name);
  }

  private async put({ properties, caller }: ResourceRequest, name: string, action: string): Promise<ResourceResult> {
    const schedule = scheduleOf(name, properties as ScheduleProperties);
    await this.authorize(caller, action, name);
    const { roleArn: resource } = schedule;
    await this.iam.authorize({ caller, action: 'iam:PassRole', resource, context: { 'iam:PassedToService': 'scheduler.amazonaws.com' } });
    await this.iam.checkWithRetry(() => this.checkTrust(resource));
    this.scheduler.put(schedule);
    return { physicalId: name, attributes: { Arn: this.scheduler.arn(name) } };
  }

  private async checkTrust(roleArn: string): Promise<void> {
    try {
      await this.scheduler.assumeRole(roleArn);
    } catch {
      throw new Error('The execution role you provide must allow AWS EventBridge Scheduler to assume the role.');
    }
  }

  private async authorize(caller: Caller, action: string, name: string): Promise<void> {
    await this.iam.authorize({ caller, action, resource: this.scheduler.arn(name) });
  }
}

/** Reads the properties of a schedule. Throws if a property has a value that isn't emulated. */
function scheduleOf(name: string, properties: ScheduleProperties): Schedule {
  const { GroupName = 'default', ScheduleExpressionTimezone: zone = 'UTC', StartDate, EndDate, State = 'ENABLED', FlexibleTimeWindow, Target } = properties;
  const { Arn: targetArn, RoleArn: roleArn, Input: input = '', DeadLetterConfig, RetryPolicy = {} } = Target;
  const missing = Object.entries({
    [`group ${GroupName}`]: GroupName !== 'default',
    [`time zone ${zone}`]: !['UTC', 'Etc/UTC'].includes(zone),
    'a StartDate': StartDate !== undefined,
    'an EndDate': EndDate !== undefined,
    [`flexible time window ${FlexibleTimeWindow.Mode}`]: FlexibleTimeWindow.Mode !== 'OFF',
    [`target ${targetArn}`]: !['lambda', 'states'].includes(targetArn.split(':')[2]),
    'a dead-letter queue': DeadLetterConfig !== undefined,
    'a target without JSON as Input': !isJson(input),
  }).find(([, isGiven]) => isGiven);
  if (missing) {
    throw new Error(`${missing[0]} of schedule ${name} isn't emulated`);
  }
  checkRange('MaximumRetryAttempts', RetryPolicy.MaximumRetryAttempts ?? 185, 0, 185);
  checkRange('MaximumEventAgeInSeconds', RetryPolicy.MaximumEventAgeInSeconds ?? 86_400, 60, 86_400);
  return { name, expression: properties.ScheduleExpression, isEnabled: State !== 'DISABLED', targetArn, roleArn, input };
}

function checkRange(name: string, value: number | string, least: number, most: number): void {
  if (!(Number(value) >= least && Number(value) <= most)) {
    throw new Error(`${name} ${value} of a retry policy is invalid, give ${least} to ${most}`);
  }
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}
