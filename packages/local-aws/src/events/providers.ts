import type { Events } from './events';
import { eventFilter } from './pattern';
import { DEFAULT_BUS, type Rules, type Target } from './rules';
import { targetProblem } from './target-input';
import {
  physicalName, replacing, type Authorizer, type ResourceDelete, type ResourceProvider, type ResourceProviders, type ResourceRequest,
  type ResourceResult, type ResourceUpdate,
} from '../contract';

/** Returns the resource providers of EventBridge, by resource type. */
export function eventsProviders({ rules }: Events, authorizer: Authorizer): ResourceProviders {
  return { 'AWS::Events::Rule': replacing(['Name'], new RuleProvider(rules, authorizer)) };
}

interface RuleProperties {
  readonly Name?: string;
  readonly EventBusName?: string;
  readonly EventPattern?: unknown;
  readonly ScheduleExpression?: string;
  readonly State?: string;
  readonly Targets?: readonly Target[];
}

const MAX_NAME_LENGTH = 64;
const MAX_TARGETS = 5;

/** Emulates AWS::Events::Rule on the default bus. */
class RuleProvider implements ResourceProvider {
  public constructor(private readonly rules: Rules, private readonly authorizer: Authorizer) {}

  public async create(request: ResourceRequest): Promise<ResourceResult> {
    const { Name } = request.properties as RuleProperties;
    const name = Name ?? physicalName(request.stackName, request.logicalId, MAX_NAME_LENGTH);
    if (this.rules.find(name)) {
      throw new Error(`rule ${name} already exists, give another name or delete it first`);
    }
    return this.put(request, name);
  }

  public async update(request: ResourceUpdate): Promise<ResourceResult> {
    return this.put(request, request.physicalId);
  }

  public async delete({ physicalId: name, caller }: ResourceDelete): Promise<void> {
    const resource = this.rules.ruleArn(name);
    if (this.rules.find(name)?.targets.length) {
      await this.authorizer.authorize({ caller, action: 'events:RemoveTargets', resource });
    }
    await this.authorizer.authorize({ caller, action: 'events:DeleteRule', resource });
    this.rules.delete(name);
  }

  private async put({ properties, caller }: ResourceRequest, name: string): Promise<ResourceResult> {
    const { EventPattern, State = 'ENABLED', Targets = [] } = properties as RuleProperties;
    checkRule(name, properties);
    const matches = eventFilter(EventPattern);
    const arn = this.rules.ruleArn(name);
    await this.authorizer.authorize({ caller, action: 'events:PutRule', resource: arn });
    if (Targets.length > 0) {
      const context = { 'events:TargetArn': Targets.map((target) => target.Arn) };
      await this.authorizer.authorize({ caller, action: 'events:PutTargets', resource: arn, context });
    }
    this.rules.put({ arn, name, matches, isEnabled: State !== 'DISABLED', targets: Targets });
    return { physicalId: name, attributes: { Arn: arn } };
  }
}

function checkRule(name: string, { EventBusName = DEFAULT_BUS, ScheduleExpression, Targets = [] }: RuleProperties): void {
  if (ScheduleExpression !== undefined) {
    throw new Error(`schedule ${ScheduleExpression} of rule ${name} isn't emulated, give an EventPattern`);
  }
  if (!/^(arn:.*:event-bus\/)?default$/.test(EventBusName)) {
    throw new Error(`event bus ${EventBusName} of rule ${name} isn't emulated, use the default bus`);
  }
  if (Targets.length > MAX_TARGETS) {
    throw new Error(`rule ${name} has ${Targets.length} targets, give at most ${MAX_TARGETS}`);
  }
  if (new Set(Targets.map((target) => target.Id)).size < Targets.length) {
    throw new Error(`rule ${name} has two targets with one Id, give each its own`);
  }
  const problem = Targets.map(targetProblem).find((found) => found !== undefined);
  if (problem) {
    throw new Error(`rule ${name}: ${problem}`);
  }
}
