import { Lazy } from 'aws-cdk-lib';
import type * as events from 'aws-cdk-lib/aws-events';
import * as targets from 'aws-cdk-lib/aws-events-targets';
import type * as sns from 'aws-cdk-lib/aws-sns';
import { type Construct, DependencyGroup } from 'constructs';
import { validateBus, validateBusAccount, validateRuleOptions } from './checks/notifications';
import { busArn, notificationMessage, type ResultEvent, resultPattern, statusChangePattern } from './import-events';
import type { ImportMonitor } from './import-monitor';
import type { AssumedRole } from './import-roles';
import { putEventsStatement } from './operator';
import { IMPORT_EVENTS, type MetricDimensions } from '../../contract';
import { allowAlarms, validateTopic } from '../../private/checks/notification-topic';
import { ImportRule } from '../../private/import-rule';

/** Properties of `ImportNotifications`. */
export interface ImportNotificationsProps {
  /** The values that identify the import in its events. */
  readonly dimensions: MetricDimensions;
  /** The S3 URI that identifies the input in HealthLake's events. */
  readonly inputS3Uri: string;
  /** The event bus that receives the event at the end of the job. Undefined for the default event bus. */
  readonly eventBus?: events.IEventBus;
  /** The operator role. `announce()` adds the permission to send the event. */
  readonly operator: AssumedRole;
}

/** The rules and topics that receive the event at the end of a job. */
export class ImportNotifications {
  /** The rules, topics and policies, which are deployed before the job starts. Otherwise a small import could end before CloudFormation creates them. */
  public readonly prerequisites = new DependencyGroup();
  private isAnnounced = false;

  constructor(private readonly scope: Construct, private readonly props: ImportNotificationsProps) {
    if (props.eventBus) {
      validateBus(scope, props.eventBus);
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
      this.props.operator.allow(putEventsStatement(busArn(this.scope, this.props.eventBus)));
    }
  }

  /** Creates a rule for the event at the end of the job. */
  public onResult(id: string, options: events.OnEventOptions, ...detailTypes: ResultEvent[]): events.Rule {
    this.announce();
    const { ConstructPath: constructPath, DatastoreId: datastoreId } = this.props.dimensions;
    return this.createRule(id, options, resultPattern({ constructPath, datastoreId }, detailTypes), this.props.eventBus);
  }

  /** Creates a rule for HealthLake's own events on jobs that read the input. */
  public onStatusChange(id: string, options: events.OnEventOptions): events.Rule {
    return this.createRule(id, options, statusChangePattern(this.props.dimensions.DatastoreId, this.props.inputS3Uri));
  }

  /** Makes EventBridge publish a message to the topic at the end of the job. Also adds the topic to the alarm of the monitor. */
  public notify(topic: sns.ITopic, monitor?: ImportMonitor): void {
    validateTopic(this.scope, topic);
    const target = new targets.SnsTopic(topic, { message: notificationMessage() });
    this.onResult('Notification', { target }, IMPORT_EVENTS.succeeded, IMPORT_EVENTS.failed);
    allowAlarms(topic);
    this.prerequisites.add(topic); // a dependency on the topic includes its policy, which lets EventBridge publish
    monitor?.notify(topic, this.scope);
  }

  private createRule(id: string, options: events.OnEventOptions, pattern: events.EventPattern, eventBus?: events.IEventBus): events.Rule {
    if (eventBus) {
      validateBusAccount(this.scope, eventBus);
    }
    validateRuleOptions(id, options);
    const { target, ...ruleProps } = options;
    const rule = new ImportRule(this.scope, id, { ...ruleProps, eventBus });
    rule.addEventPattern(pattern);
    rule.addEventPattern(options.eventPattern);
    rule.addTarget(target);
    this.prerequisites.add(rule, rule.targetPolicies);
    return rule;
  }
}
