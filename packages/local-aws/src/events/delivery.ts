import type { Event } from './event';
import type { Rule, Target } from './event-buses';
import { targetInput } from './target-input';
import type { Caller, Environment, LogSink } from '../contract';
import type { Message, Publisher } from '../sns/sns';

/** What EventBridge calls. */
export interface TargetServices {
  readonly functions: { invokeEvent(caller: Caller, functionArn: string, payload: unknown, context?: Record<string, string>): Promise<void> };
  readonly topics: { publish(publisher: Publisher, topicArn: string, message: Message): Promise<unknown> };
  readonly logs: LogSink & { hasGroup(logGroup: string): boolean };
}

/** What a target got. */
export interface DeliveredEvent {
  readonly ruleArn: string;
  readonly targetId: string;
  readonly targetArn: string;
  readonly event: Event;
  /** What was made of the event for the target: text, mostly JSON. */
  readonly input: string;
}

/** What a target should have got. */
export interface UndeliveredEvent extends Omit<DeliveredEvent, 'input'> {
  readonly reason: string;
}

const SERVICE: Caller = { arn: 'events.amazonaws.com', principalArn: 'events.amazonaws.com', accountId: '' };

/**
 * Hands events to the targets of the rules that match. What can't be handed over is not tried again: here that is only ever a missing
 * permission or target, which EventBridge doesn't retry either.
 */
export class Delivery {
  public readonly delivered: DeliveredEvent[] = [];
  public readonly undelivered: UndeliveredEvent[] = [];
  private readonly underWay = new Set<Promise<void>>();
  private isClosed = false;

  public constructor(private readonly environment: Environment, private readonly services: TargetServices) {}

  public toRules(event: Event, rules: Iterable<Rule>): void {
    if (this.isClosed) {
      return;
    }
    for (const rule of rules) {
      if (!rule.isEnabled || !rule.matches(event)) {
        continue;
      }
      for (const target of rule.targets) {
        this.start(event, rule, target);
      }
    }
  }

  public async settled(): Promise<void> {
    while (this.underWay.size > 0) {
      await Promise.all(this.underWay);
    }
  }

  /** Delivers what has been put so far, and nothing more. */
  public async close(): Promise<void> {
    this.isClosed = true;
    await this.settled();
  }

  private start(event: Event, rule: Rule, target: Target): void {
    const delivery = this.deliver(event, rule, target).finally(() => this.underWay.delete(delivery));
    this.underWay.add(delivery);
  }

  private async deliver(event: Event, rule: Rule, target: Target): Promise<void> {
    const about = { ruleArn: rule.arn, targetId: target.Id, targetArn: target.Arn, event };
    try {
      const input = targetInput(event, rule, target);
      await this.send(input, event, rule, target.Arn);
      this.delivered.push({ ...about, input });
    } catch (error) {
      this.undelivered.push({ ...about, reason: error instanceof Error ? error.message : String(error) });
    }
  }

  private async send(input: string, event: Event, rule: Rule, targetArn: string): Promise<void> {
    const { functions, topics, logs } = this.services;
    const [, , service, , , ...resource] = targetArn.split(':');
    switch (service) {
      case 'lambda':
        return functions.invokeEvent(SERVICE, targetArn, JSON.parse(input), {
          'aws:SourceArn': rule.arn, 'aws:SourceAccount': this.environment.accountId,
        });
      case 'sns':
        // No condition keys: topic policies with a condition don't let EventBridge in.
        await topics.publish({ caller: SERVICE }, targetArn, { message: input });
        return;
      case 'logs': {
        const logGroup = resource[1];
        if (!logs.hasGroup(logGroup)) {
          throw new Error(`log group ${logGroup} does not exist`);
        }
        logs.write(logGroup, event.id, input);
        return;
      }
      default:
        throw new Error(`the local AWS delivers no events to ${targetArn}, give a function, a topic or a log group`);
    }
  }
}
