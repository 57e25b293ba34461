import type { EventFilter } from './pattern';
import type { Environment } from '../contract';

/** An event in the form that rules and targets receive. */
export interface Event {
  readonly 'version': '0';
  readonly 'id': string;
  readonly 'detail-type': string;
  readonly 'source': string;
  readonly 'account': string;
  /** The time of the event in whole seconds, e.g. `2023-12-08T02:14:42Z`. */
  readonly 'time': string;
  readonly 'region': string;
  readonly 'resources': readonly string[];
  readonly 'detail': Readonly<Record<string, unknown>>;
}

/** The fields of an event that its sender provides. EventBridge adds the other fields. */
export type EventContent = Pick<Event, 'source' | 'detail-type' | 'resources' | 'detail'>;

export interface Target {
  readonly Id: string;
  readonly Arn: string;
  /** The text that the target receives instead of the event. */
  readonly Input?: string;
  /** The JSON path of the part of the event that the target receives. */
  readonly InputPath?: string;
  readonly InputTransformer?: InputTransformer;
}

/** Describes how to create the input of a target from an event. */
export interface InputTransformer {
  /** The JSON path of each variable. */
  readonly InputPathsMap?: Readonly<Record<string, string>>;
  /** The text of the target's input, with each variable written as `<variable>`. */
  readonly InputTemplate: string;
}

export interface Rule {
  readonly arn: string;
  readonly name: string;
  readonly matches: EventFilter;
  readonly isEnabled: boolean;
  readonly targets: readonly Target[];
}

export const DEFAULT_BUS = 'default';

/** The rules of the default event bus, which is the only bus of the local AWS. */
export class Rules {
  private readonly rules = new Map<string, Rule>();

  public constructor(private readonly environment: Environment) {}

  public all(): Iterable<Rule> {
    return this.rules.values();
  }

  public find(name: string): Rule | undefined {
    return this.rules.get(name);
  }

  public put(rule: Rule): void {
    this.rules.set(rule.name, rule);
  }

  public delete(name: string): void {
    this.rules.delete(name);
  }

  public ruleArn(name: string): string {
    return this.arn(`rule/${name}`);
  }

  /** Returns the ARN of a bus, which may not exist. */
  public busArn(nameOrArn: string = DEFAULT_BUS): string {
    return nameOrArn.startsWith('arn:') ? nameOrArn : this.arn(`event-bus/${nameOrArn}`);
  }

  private arn(resource: string): string {
    const { partition, region, accountId } = this.environment;
    return `arn:${partition}:events:${region}:${accountId}:${resource}`;
  }
}
