import { busName, DEFAULT_BUS, type EventBus, type EventBuses, type Rule, type Target } from './event-buses';
import { eventFilter } from './pattern';
import type { Authorizer, Caller, ResourceDelete, ResourceProvider, ResourceRequest, ResourceResult, ResourceUpdate } from '../contract';
import { physicalName } from '../physical-name';

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

/** Plays AWS::Events::Rule. */
export class RuleProvider implements ResourceProvider {
  public constructor(private readonly buses: EventBuses, private readonly authorizer: Authorizer) {}

  public async create(request: ResourceRequest): Promise<ResourceResult> {
    const { Name, EventBusName } = request.properties as RuleProperties;
    const bus = this.buses.get(EventBusName);
    const name = Name ?? physicalName(request.stackName, request.logicalId, MAX_NAME_LENGTH);
    if (bus.rules.has(name)) {
      throw new Error(`${name} already exists on event bus ${bus.name}, give another name or delete it first`);
    }
    return this.put(request, bus, name);
  }

  public async update(request: ResourceUpdate): Promise<ResourceResult> {
    const { Name, EventBusName } = request.properties as RuleProperties;
    const old = request.oldProperties as RuleProperties;
    if (Name !== old.Name || EventBusName !== old.EventBusName) {
      return this.create(request);
    }
    const { bus, name } = ruleOf(request.physicalId);
    return this.put(request, this.buses.get(bus), name);
  }

  public async delete({ physicalId, caller }: ResourceDelete): Promise<void> {
    const { bus, name } = ruleOf(physicalId);
    const arn = this.buses.ruleArn(bus, name);
    const rules = this.buses.find(bus)?.rules;
    if (rules?.get(name)?.targets.length) {
      await this.authorize(caller, 'events:RemoveTargets', arn);
    }
    await this.authorize(caller, 'events:DeleteRule', arn);
    rules?.delete(name);
  }

  private async put({ properties, caller }: ResourceRequest, bus: EventBus, name: string): Promise<ResourceResult> {
    const { EventPattern, ScheduleExpression, State = 'ENABLED', Targets = [] } = properties as RuleProperties;
    if (ScheduleExpression !== undefined) {
      throw new Error(`schedule ${ScheduleExpression} of rule ${name} isn't played here, give an EventPattern`);
    }
    const matches = eventFilter(EventPattern);
    checkTargets(name, Targets);
    const arn = this.buses.ruleArn(bus.name, name);
    await this.authorize(caller, 'events:PutRule', arn);
    if (Targets.length > 0) {
      await this.authorize(caller, 'events:PutTargets', arn, { 'events:TargetArn': Targets.map((target) => target.Arn) });
    }
    const rule: Rule = { arn, name, matches, isEnabled: State !== 'DISABLED', targets: Targets };
    bus.rules.set(name, rule);
    return { physicalId: bus.name === DEFAULT_BUS ? name : `${bus.name}|${name}`, attributes: { Arn: arn } };
  }

  private async authorize(caller: Caller, action: string, resource: string, context?: Record<string, string[]>): Promise<void> {
    await this.authorizer.authorize({ caller, action, resource, context });
  }
}

function checkTargets(rule: string, targets: readonly Target[]): void {
  if (targets.length > MAX_TARGETS) {
    throw new Error(`rule ${rule} has ${targets.length} targets, give at most ${MAX_TARGETS}`);
  }
  if (new Set(targets.map((target) => target.Id)).size < targets.length) {
    throw new Error(`rule ${rule} has two targets with one Id, give each its own`);
  }
}

/** The physical id of a rule on another bus than the default one names the bus. */
function ruleOf(physicalId: string): { bus: string; name: string } {
  const [name, bus = DEFAULT_BUS] = physicalId.split('|').reverse();
  return { bus: busName(bus), name };
}
