import { Lazy } from 'aws-cdk-lib';
import type * as events from 'aws-cdk-lib/aws-events';
import * as targets from 'aws-cdk-lib/aws-events-targets';
import type * as sns from 'aws-cdk-lib/aws-sns';
import { type Construct, DependencyGroup } from 'constructs';
import { validateBus, validateBusAccount, validateRuleOptions } from './checks/notifications';
import type { AssumedRole } from './job-roles';
import { JobRule } from './job-rule';
import type { Kind } from './kind';
import type { Monitor } from './monitor';
import { putEventsStatement } from './operator';
import { busArn, notificationMessage, resultPattern, statusChangePattern } from './result-events';
import type { MetricDimensions } from '../../contract';
import { allowAlarms, validateTopic } from '../../private/checks/notification-topic';

/** Properties of `JobNotifications`. */
export interface JobNotificationsProps {
  readonly kind: Kind;
  /** The values that identify the construct in its events. */
  readonly dimensions: MetricDimensions;
  /** The members of the detail of HealthLake's events that identify the input or the output. */
  readonly statusChangeDetail: Record<string, unknown>;
  /** The detail types of events beyond those at the end of a job. */
  readonly furtherEvents?: readonly string[];
  /** The event bus that receives the event at the end of the job. Undefined for the default event bus. */
  readonly eventBus?: events.IEventBus;
  /** The operator role. `announce()` adds the permission to send the event. */
  readonly operator: AssumedRole;
}

/** The rules and topics that receive the event at the end of a job. */
export class JobNotifications {
  /** The rules, topics and policies, which are deployed before the job starts. Otherwise a small job could end before CloudFormation creates them. */
  public readonly prerequisites = new DependencyGroup();
  private isAnnounced = false;

  constructor(private readonly scope: Construct, private readonly props: JobNotificationsProps) {
    if (props.eventBus) {
      validateBus(scope, props.kind, props.eventBus);
    }
  }

  /** The ARN of the event bus, as a token. The token resolves to undefined if `announce()` is not called before the synthesis. */
  public get busArn(): string {
    return Lazy.string({ produce: () => (this.isAnnounced ? busArn(this.scope, this.props.eventBus) : undefined) });
  }

  /** Makes the handler send an event at the end of the job. */
  public announce(): void {
    if (!this.isAnnounced) {
      this.isAnnounced = true;
      this.props.operator.allow(putEventsStatement(this.detailTypes, busArn(this.scope, this.props.eventBus)));
    }
  }

  /** Creates a rule for the event at the end of the job. */
  public onResult(id: string, options: events.OnEventOptions, ...detailTypes: string[]): events.Rule {
    this.announce();
    return this.createRule(id, options, resultPattern(this.props.dimensions, detailTypes), this.props.eventBus);
  }

  /** Creates a rule for HealthLake's own events on jobs with the same input or output. */
  public onStatusChange(id: string, options: events.OnEventOptions): events.Rule {
    return this.createRule(id, options, statusChangePattern(this.props.kind, this.props.dimensions, this.props.statusChangeDetail));
  }

  /** Makes EventBridge publish a message to the topic at the end of the job. Also adds the topic to the alarm of the monitor. */
  public notify(topic: sns.ITopic, monitor?: Monitor): void {
    validateTopic(this.scope, topic);
    const { kind } = this.props;
    const target = new targets.SnsTopic(topic, { message: notificationMessage(kind) });
    this.onResult('Notification', { target }, ...this.detailTypes);
    allowAlarms(topic);
    this.prerequisites.add(topic); // a dependency on the topic includes its policy, which lets EventBridge publish
    monitor?.notify(topic, this.scope);
  }

  private get detailTypes(): string[] {
    const { kind: { events: { succeeded, failed } }, furtherEvents = [] } = this.props;
    return [succeeded, failed, ...furtherEvents];
  }

  private createRule(id: string, options: events.OnEventOptions, pattern: events.EventPattern, eventBus?: events.IEventBus): events.Rule {
    if (eventBus) {
      validateBusAccount(this.scope, this.props.kind, eventBus);
    }
    validateRuleOptions(this.props.kind, id, options);
    const { target, ...ruleProps } = options;
    const rule = new JobRule(this.scope, id, { ...ruleProps, eventBus });
    rule.addEventPattern(pattern);
    rule.addEventPattern(options.eventPattern);
    rule.addTarget(target);
    this.prerequisites.add(rule, rule.targetPolicies);
    return rule;
  }
}
