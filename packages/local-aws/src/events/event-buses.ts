import type { EventFilter } from './pattern';
import { ServiceError, type Environment } from '../contract';

/** Where a rule sends what it matches. */
export interface Target {
  readonly Id: string;
  readonly Arn: string;
  readonly Input?: string;
  readonly InputPath?: string;
  readonly InputTransformer?: InputTransformer;
}

/** What is made of an event for a target. */
export interface InputTransformer {
  /** JSON path by variable. */
  readonly InputPathsMap?: Readonly<Record<string, string>>;
  /** Text with `<variable>`s. */
  readonly InputTemplate: string;
}

export interface Rule {
  readonly arn: string;
  readonly name: string;
  readonly matches: EventFilter;
  readonly isEnabled: boolean;
  readonly targets: readonly Target[];
}

export interface EventBus {
  readonly arn: string;
  readonly name: string;
  /** By name. */
  readonly rules: Map<string, Rule>;
  /** The statements of the bus's policy, by id. */
  readonly statements: Map<string, unknown>;
  /** Undefined without statements. */
  policy?: unknown;
}

export const DEFAULT_BUS = 'default';

/** The event buses of the account in one region; the default one is always there. */
export class EventBuses {
  private readonly buses = new Map<string, EventBus>();

  public constructor(private readonly environment: Environment) {
    this.create(DEFAULT_BUS);
  }

  public create(name: string): EventBus {
    if (this.buses.has(name)) {
      throw new ServiceError('ResourceAlreadyExistsException', `Event bus ${name} already exists.`);
    }
    const bus = { arn: this.arn(`event-bus/${name}`), name, rules: new Map(), statements: new Map() };
    this.buses.set(name, bus);
    return bus;
  }

  /** By name or ARN. */
  public find(nameOrArn: string = DEFAULT_BUS): EventBus | undefined {
    return this.buses.get(busName(nameOrArn));
  }

  /** By name or ARN. */
  public get(nameOrArn: string = DEFAULT_BUS): EventBus {
    const bus = this.find(nameOrArn);
    if (!bus) {
      throw new ServiceError('ResourceNotFoundException', `Event bus ${busName(nameOrArn)} does not exist.`);
    }
    return bus;
  }

  public delete(name: string): void {
    this.buses.delete(name);
  }

  /** The ARN of a bus, whether it is there or not. */
  public busArn(nameOrArn: string = DEFAULT_BUS): string {
    return nameOrArn.startsWith('arn:') ? nameOrArn : this.arn(`event-bus/${nameOrArn}`);
  }

  /** Rules of the default bus don't name it. */
  public ruleArn(bus: string, rule: string): string {
    return this.arn(bus === DEFAULT_BUS ? `rule/${rule}` : `rule/${bus}/${rule}`);
  }

  private arn(resource: string): string {
    const { partition, region, accountId } = this.environment;
    return `arn:${partition}:events:${region}:${accountId}:${resource}`;
  }
}

/** Makes the bus's policy anew from its statements: policies are never changed in place. */
export function refreshPolicy(bus: EventBus): void {
  bus.policy = bus.statements.size > 0 ? { Version: '2012-10-17', Statement: [...bus.statements.values()] } : undefined;
}

export function busName(nameOrArn: string): string {
  return nameOrArn.slice(nameOrArn.lastIndexOf('/') + 1);
}
