import { Lazy, Stack, Token } from 'aws-cdk-lib';
import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import * as events from 'aws-cdk-lib/aws-events';
import * as targets from 'aws-cdk-lib/aws-events-targets';
import type * as iam from 'aws-cdk-lib/aws-iam';
import type * as sns from 'aws-cdk-lib/aws-sns';
import { Construct, type IDependable } from 'constructs';
import { allowAlarms, busArn, notificationMessage, type ResultEvent, resultPattern, statusChangePattern } from './import-events';
import { importMetric } from './import-metrics';
import type { ImportWatch } from './import-watch';
import { putEventsStatement } from './operator';
import { EVENT_FAILED, EVENT_SUCCEEDED, type MetricDimensions } from '../../contract';

/**
 * An import as those see it who want to hear of it: events, notifications, metrics and an alarm.
 *
 * @internal
 */
export abstract class ObservableImport extends Construct {
  /**
   * What tells this import apart in events and metrics.
   *
   * @internal
   */
  protected abstract readonly _dimensions: MetricDimensions;

  /**
   * What HealthLake's events call the input.
   *
   * @internal
   */
  protected abstract readonly _inputS3Uri: string;

  /**
   * Where the event goes that tells how the job ended: the default bus if undefined.
   *
   * @internal
   */
  protected abstract readonly _eventBus?: events.IEventBus;

  private isAnnounced = false;

  /**
   * A rule for the event that this import has succeeded. Its detail has counts only; docs/event.schema.json describes it. The event is
   * informational, and may come twice: whoever acts on it asks DescribeFHIRImportJob for the job it names.
   *
   * The rule is there before the job is started. So its target can't use attributes of this import: the event has them.
   */
  public onSucceeded(id: string, options: events.OnEventOptions = {}): events.Rule {
    return this.onResult(id, options, EVENT_SUCCEEDED);
  }

  /**
   * A rule for the event that this import has failed, that it was given up, or that it could not be judged. Else it is as that of `onSucceeded()`.
   */
  public onFailed(id: string, options: events.OnEventOptions = {}): events.Rule {
    return this.onResult(id, options, EVENT_FAILED);
  }

  /**
   * A rule for HealthLake's own events on jobs that read this import's input into its data store, whoever started them: submitted, queued, in progress,
   * completed, completed with errors, failed. HealthLake has none for jobs that were cancelled. They come to the default bus of the account.
   *
   * @see https://docs.aws.amazon.com/eventbridge/latest/ref/events-ref-healthlake.html
   */
  public onStatusChange(id: string, options: events.OnEventOptions = {}): events.Rule {
    return this.createRule(id, options, statusChangePattern(this._dimensions.DatastoreId, this._inputS3Uri));
  }

  /**
   * Returns a metric of this import by its name, for example `ResourcesImportedSoFar`.
   *
   * @default - the sum over 5 minutes
   */
  public metric(metricName: string, options?: cloudwatch.MetricOptions): cloudwatch.Metric {
    return importMetric(this, this._dimensions, metricName, cloudwatch.Stats.SUM, options);
  }

  /**
   * How many resources HealthLake read.
   *
   * @default - the sum over 5 minutes
   */
  public metricResourcesScanned(props?: cloudwatch.MetricOptions): cloudwatch.Metric {
    return importMetric(this, this._dimensions, 'ResourcesScanned', cloudwatch.Stats.SUM, props);
  }

  /**
   * How many resources were imported.
   *
   * @default - the sum over 5 minutes
   */
  public metricResourcesImported(props?: cloudwatch.MetricOptions): cloudwatch.Metric {
    return importMetric(this, this._dimensions, 'ResourcesImported', cloudwatch.Stats.SUM, props);
  }

  /**
   * How many resources could not be imported.
   *
   * @default - the sum over 5 minutes
   */
  public metricResourcesFailed(props?: cloudwatch.MetricOptions): cloudwatch.Metric {
    return importMetric(this, this._dimensions, 'ResourcesFailed', cloudwatch.Stats.SUM, props);
  }

  /**
   * How long the job took from its submission to its end, in seconds, with its time in HealthLake's queue.
   *
   * @default - the maximum over 5 minutes
   */
  public metricDuration(props?: cloudwatch.MetricOptions): cloudwatch.Metric {
    return importMetric(this, this._dimensions, 'Duration', cloudwatch.Stats.MAXIMUM, props);
  }

  /**
   * How many jobs were judged successful.
   *
   * @default - the sum over 5 minutes
   */
  public metricSucceeded(props?: cloudwatch.MetricOptions): cloudwatch.Metric {
    return importMetric(this, this._dimensions, 'Succeeded', cloudwatch.Stats.SUM, props);
  }

  /**
   * How many jobs failed, were given up, or could not be judged.
   *
   * @default - the sum over 5 minutes
   */
  public metricFailed(props?: cloudwatch.MetricOptions): cloudwatch.Metric {
    return importMetric(this, this._dimensions, 'Failed', cloudwatch.Stats.SUM, props);
  }

  /**
   * Number of deployments that started no job because of `alreadyImported`.
   *
   * @default - the sum over 5 minutes
   */
  public metricAlreadyImported(props?: cloudwatch.MetricOptions): cloudwatch.Metric {
    return importMetric(this, this._dimensions, 'AlreadyImported', cloudwatch.Stats.SUM, props);
  }

  /**
   * Creates an alarm that fires when a job of this import fails. Add actions to it: it has none.
   *
   * If a detached import can't be monitored, the alarm of the provider fires: see `monitorAlarm()` of `FhirImportProvider`.
   */
  public alarmOnFailure(id: string = 'FailureAlarm'): cloudwatch.Alarm {
    return this.metricFailed().createAlarm(this, id, {
      alarmDescription: `The FHIR import ${this._dimensions.ConstructPath} failed`,
      threshold: 1,
      evaluationPeriods: 1,
      comparisonOperator: cloudwatch.ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
      treatMissingData: cloudwatch.TreatMissingData.NOT_BREACHING,
    });
  }

  /**
   * Has these deployed before the job is started.
   *
   * @internal
   */
  protected abstract _startAfter(...dependables: IDependable[]): void;

  /**
   * Gives the operator role a permission more.
   *
   * @internal
   */
  protected abstract _allowOperator(statement: iam.PolicyStatement): void;

  /**
   * The bus as the handler is told of it: undefined as long as nobody wants to hear of the end of the job.
   *
   * @internal
   */
  protected get _announcedBusArn(): string {
    return Lazy.string({ produce: () => (this.isAnnounced ? busArn(this, this._eventBus) : undefined) });
  }

  /**
   * Has an event put when the job has ended.
   *
   * @internal
   */
  protected _announce(): void {
    if (!this.isAnnounced) {
      this.isAnnounced = true;
      this._allowOperator(putEventsStatement(busArn(this, this._eventBus)));
    }
  }

  private onResult(id: string, options: events.OnEventOptions, ...detailTypes: ResultEvent[]): events.Rule {
    this._announce();
    const { ConstructPath: constructPath, DatastoreId: datastoreId } = this._dimensions;
    return this.createRule(id, options, resultPattern({ constructPath, datastoreId }, detailTypes), this._eventBus);
  }

  private createRule(id: string, options: events.OnEventOptions, pattern: events.EventPattern, eventBus?: events.IEventBus): events.Rule {
    if (eventBus) {
      this.validateBus(eventBus);
    }
    const { target, ...ruleProps } = options;
    const rule = new events.Rule(this, id, { ...ruleProps, eventBus });
    rule.addEventPattern(pattern);
    rule.addEventPattern(options.eventPattern);
    rule.addTarget(target);
    this._startAfter(rule); // a small import can be over before the next resource is made
    return rule;
  }

  /**
   * Has a topic told how the job ended.
   *
   * @internal
   */
  protected _notify(topic: sns.ITopic, watch?: ImportWatch): void {
    const target = new targets.SnsTopic(topic, { message: notificationMessage() });
    this.onResult('Notification', { target }, EVENT_SUCCEEDED, EVENT_FAILED);
    allowAlarms(topic);
    this._startAfter(topic); // with its policy, which lets EventBridge publish
    watch?.notify(topic, this);
  }


  /** A rule is made where the stack is, on the bus of that name there. */
  private validateBus(eventBus: events.IEventBus): void {
    const [bus, own] = [eventBus.env, Stack.of(this)];
    for (const name of ['account', 'region'] as const) {
      if (!Token.isUnresolved(bus[name]) && !Token.isUnresolved(own[name]) && bus[name] !== own[name]) {
        throw new Error(`eventBus "${eventBus.node.path}" is in the ${name} ${bus[name]} and the import in ${own[name]}, where a rule or a notification would never `
          + 'hear of it; make the rule where the bus is, or leave eventBus out');
      }
    }
  }
}
