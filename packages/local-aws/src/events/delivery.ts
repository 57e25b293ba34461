import type { Event, Rule, Target } from './rules';
import { targetInput } from './target-input';
import type { Environment, EventInvoker } from '../contract';
import type { Sns } from '../sns/sns';

/** An event that a target received. */
export interface DeliveredEvent {
  readonly ruleArn: string;
  readonly targetId: string;
  readonly targetArn: string;
  readonly event: Event;
  /** The text that the target received; usually JSON. */
  readonly input: string;
}

/** An event that could not be delivered to a target. */
export interface UndeliveredEvent extends Omit<DeliveredEvent, 'input'> {
  readonly reason: string;
}

const SERVICE = { arn: 'events.amazonaws.com', principalArn: 'events.amazonaws.com', accountId: '' };

/**
 * Delivers events to the functions and topics of matching rules. Never retries a failed delivery: a delivery fails only if a permission
 * or the target is missing, and EventBridge doesn't retry in these cases.
 */
export class Delivery {
  public readonly delivered: DeliveredEvent[] = [];
  public readonly undelivered: UndeliveredEvent[] = [];
  private readonly underWay = new Set<Promise<void>>();
  private isClosed = false;

  public constructor(
    private readonly environment: Environment, private readonly functions: EventInvoker, private readonly topics: Pick<Sns, 'publish'>,
  ) {}

  public toRules(event: Event, rules: Iterable<Rule>): void {
    if (this.isClosed) {
      return;
    }
    for (const rule of rules) {
      if (rule.isEnabled && rule.matches(event)) {
        rule.targets.forEach((target) => this.start(event, rule, target));
      }
    }
  }

  public async settled(): Promise<void> {
    while (this.underWay.size > 0) {
      await Promise.all(this.underWay);
    }
  }

  /** Waits for the running deliveries and prevents new deliveries. */
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
      await this.send(input, rule, target.Arn);
      this.delivered.push({ ...about, input });
    } catch (error) {
      this.undelivered.push({ ...about, reason: error instanceof Error ? error.message : String(error) });
    }
  }

  private async send(input: string, rule: Rule, targetArn: string): Promise<void> {
    if (targetArn.split(':')[2] === 'lambda') {
      const context = { 'aws:SourceArn': rule.arn, 'aws:SourceAccount': this.environment.accountId };
      return this.functions.invokeEvent(SERVICE, targetArn, JSON.parse(input), context);
    }
    // EventBridge sets no condition keys, so a topic policy that requires a condition key denies the request.
    await this.topics.publish({ caller: SERVICE }, targetArn, { message: input });
  }
}
