import { Duration } from 'aws-cdk-lib';
import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import * as events from 'aws-cdk-lib/aws-events';
import type { IFHIRDatastoreRef } from 'aws-cdk-lib/aws-healthlake';
import type * as iam from 'aws-cdk-lib/aws-iam';
import type * as lambda from 'aws-cdk-lib/aws-lambda';
import type * as logs from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import type {
  FhirJobMonitorProps, JobAlarmOptions, JobDashboardProps, JobEventOptions, JobMetricOptions, QueueLengthAlarmOptions, StuckJobAlarmOptions,
} from './fhir-job-monitor-props';
import { DATASTORES_NOT_LISTED, JOB_KINDS, JOB_MONITOR_TIMEOUT_MINUTES, METRIC_NAMESPACE } from '../contract';
import {
  intervalInMinutes, lookBackInDays, MONITOR, validateAge, validateDatastores, validateJobs, validateResources, validateSharedMetrics,
} from './private/checks';
import { createDashboard } from './private/dashboard';
import { createJobAlarm, type JobAlarmProps } from './private/job-alarm';
import { JobFunctions } from './private/job-functions';
import { JobMetrics } from './private/job-metrics';
import { createSchedule } from './private/job-schedule';
import { allowAlarms } from '../private/checks/notification-topic';
import { datastoreArn } from '../private/datastore';
import { jobEventPattern, STATUS_CHANGES, type StatusChange, validateEventPattern } from '../private/job-events';
import { dimensionValue } from '../private/text';

/** The time-out of the function of the dashboard. Viewers would not wait longer. The function reads its remaining time from Lambda. */
const DASHBOARD_TIMEOUT = Duration.seconds(30);

/**
 * A monitor of all import and export jobs of data stores, including jobs that no construct of this library started.
 *
 * A function lists the jobs on a schedule and writes metrics of them. The monitor has alarms on these metrics, rules for HealthLake's events on jobs, and a
 * dashboard. It starts and changes nothing.
 *
 * @see https://docs.aws.amazon.com/healthlake/latest/APIReference/API_ListFHIRImportJobs.html
 * @example
 *
 * const jobs = new FhirJobMonitor(this, 'Jobs', { datastores: [datastore], notificationTopic: operations });
 * jobs.alarmOnFailedJobs();
 * jobs.alarmOnStuckJob({ age: Duration.hours(12) });
 * jobs.alarmOnMissingJobs();
 * jobs.addDashboard();
 */
export class FhirJobMonitor extends Construct {
  /** The role of the function that lists the jobs. */
  public readonly role: iam.IRole;

  /** The log group of the functions. */
  public readonly logGroup: logs.ILogGroup;

  private readonly interval: Duration;
  private readonly lookBackDays: number;
  private readonly constructPath: string;
  private readonly metrics: JobMetrics;
  private readonly functions: JobFunctions;
  private widget?: lambda.Function;

  /**
   * @throws if there are no or too many data stores, if a data store is given twice, if the interval or the look-back is out of range, if another monitor
   *   of the app lists a data store at another interval, if the topic can't be notified, or if a resource is known to be in the wrong Region or account,
   *   or is known to be of another kind.
   */
  constructor(scope: Construct, id: string, private readonly props: FhirJobMonitorProps) {
    super(scope, id);
    validateDatastores(props.datastores);
    validateResources(this, props);
    const periodMinutes = intervalInMinutes(props.interval ?? Duration.minutes(5));
    validateSharedMetrics(this, props.datastores, periodMinutes);
    this.interval = Duration.minutes(periodMinutes);
    this.lookBackDays = lookBackInDays(props.lookBack ?? Duration.days(14));
    this.constructPath = dimensionValue(this.node.path);
    this.metrics = new JobMetrics(props.datastores, this.interval);
    if (props.notificationTopic) {
      allowAlarms(props.notificationTopic);
    }

    this.functions = new JobFunctions(this, props.datastores.map((datastore) => datastoreArn(this, datastore, MONITOR)), props.logGroup);
    this.logGroup = this.functions.logGroup;
    this.role = this.functions.role('Role', 'Runs the function that lists the jobs of HealthLake data stores', props.role);
    const fn = this.functions.create('Function', {
      description: 'Lists the jobs of HealthLake data stores and writes metrics of them',
      asset: 'index',
      role: this.role,
      // Longer than most intervals, so that a data store that hangs doesn't keep others from being counted. Runs that overlap change no number.
      timeout: Duration.minutes(JOB_MONITOR_TIMEOUT_MINUTES),
    });
    createSchedule(this, {
      fn,
      interval: this.interval,
      input: { datastoreIds: idsOf(props.datastores), constructPath: this.constructPath, periodMinutes, lookBackDays: this.lookBackDays },
    });
  }

  /**
   * The function that shows the jobs on the dashboard. Those who open the dashboard need the permission `lambda:InvokeFunction` on it. Undefined before the
   * first call of `addDashboard()`.
   */
  public get dashboardFunction(): lambda.IFunction | undefined {
    return this.widget;
  }

  /**
   * Returns a metric of the jobs of one data store by its name, for example `JobsFailed`. The default statistic is the maximum over one interval. Another
   * statistic, or a longer period, gives wrong numbers of jobs and resources that ended, because two runs of the function write each number.
   *
   * @throws if there is no metric of this name, or if the monitor has several data stores and `datastore` is not one of them.
   */
  public metric(metricName: string, options?: JobMetricOptions): cloudwatch.Metric {
    return this.metrics.one(metricName, options).attachTo(this);
  }

  /** The number of jobs that run. See `metric()` for the defaults. */
  public metricJobsRunning(options?: JobMetricOptions): cloudwatch.Metric {
    return this.metric('JobsRunning', options);
  }

  /** The number of jobs that wait in HealthLake's queue. See `metric()` for the defaults. */
  public metricJobsQueued(options?: JobMetricOptions): cloudwatch.Metric {
    return this.metric('JobsQueued', options);
  }

  /** The time since the submission of the oldest job that runs, in seconds. See `metric()` for the defaults. */
  public metricOldestRunningAge(options?: JobMetricOptions): cloudwatch.Metric {
    return this.metric('OldestRunningAge', options);
  }

  /** The time since the submission of the oldest job that is queued, in seconds. See `metric()` for the defaults. */
  public metricOldestQueuedAge(options?: JobMetricOptions): cloudwatch.Metric {
    return this.metric('OldestQueuedAge', options);
  }

  /** The throughput of the running import as HealthLake reports it. AWS's pages contradict each other about its unit. See `metric()` for the defaults. */
  public metricImportThroughput(options?: JobMetricOptions): cloudwatch.Metric {
    return this.metric('ImportThroughput', options);
  }

  /** The number of jobs that completed without errors. See `metric()` for the defaults. */
  public metricJobsCompleted(options?: JobMetricOptions): cloudwatch.Metric {
    return this.metric('JobsCompleted', options);
  }

  /** The number of jobs that completed with errors. See `metric()` for the defaults. */
  public metricJobsCompletedWithErrors(options?: JobMetricOptions): cloudwatch.Metric {
    return this.metric('JobsCompletedWithErrors', options);
  }

  /** The number of jobs that failed. See `metric()` for the defaults. */
  public metricJobsFailed(options?: JobMetricOptions): cloudwatch.Metric {
    return this.metric('JobsFailed', options);
  }

  /** The number of jobs that were cancelled. See `metric()` for the defaults. */
  public metricJobsCancelled(options?: JobMetricOptions): cloudwatch.Metric {
    return this.metric('JobsCancelled', options);
  }

  /** The number of resources that were imported by the imports that ended. See `metric()` for the defaults. */
  public metricJobResourcesImported(options?: JobMetricOptions): cloudwatch.Metric {
    return this.metric('JobResourcesImported', options);
  }

  /** The number of resources that failed in the imports that ended. See `metric()` for the defaults. */
  public metricJobResourcesFailed(options?: JobMetricOptions): cloudwatch.Metric {
    return this.metric('JobResourcesFailed', options);
  }

  /** The number of data stores of this monitor whose jobs could not be listed. The default statistic is the maximum over one interval. */
  public metricDatastoresNotListed(options?: cloudwatch.MetricOptions): cloudwatch.Metric {
    return new cloudwatch.Metric({
      namespace: METRIC_NAMESPACE,
      metricName: DATASTORES_NOT_LISTED,
      statistic: cloudwatch.Stats.MAXIMUM,
      period: this.interval,
      dimensionsMap: { ConstructPath: this.constructPath },
      ...options,
    }).attachTo(this);
  }

  /**
   * Creates an alarm that fires when a job of any data store and kind fails. Missing data doesn't fire it, because `alarmOnMissingJobs()` does. The
   * alarm looks back three intervals, because a failure may be counted up to two intervals after the end of the job.
   */
  public alarmOnFailedJobs(options: JobAlarmOptions = {}): cloudwatch.AlarmBase {
    return this.alarm(options.id ?? 'FailedJobsAlarm', {
      alarmDescription: `A HealthLake job failed (${this.constructPath})`,
      operation: 'SUM',
      metrics: this.metrics.all('JobsFailed'),
      threshold: 1,
      evaluationPeriods: 3,
      datapointsToAlarm: 1,
      treatMissingData: cloudwatch.TreatMissingData.NOT_BREACHING,
    });
  }

  /**
   * Creates an alarm that fires when a job of any data store and kind is running or queued `age` after its submission. Missing data doesn't change the
   * state of the alarm, because a list that can't be read doesn't mean that the job has ended.
   *
   * @throws if the age is shorter than the interval.
   */
  public alarmOnStuckJob(options: StuckJobAlarmOptions): cloudwatch.AlarmBase {
    validateAge(options.age, this.interval);
    return this.alarm(options.id ?? 'StuckJobAlarm', {
      alarmDescription: `A HealthLake job has not ended ${options.age.toHumanString()} after its submission (${this.constructPath})`,
      operation: 'MAX',
      metrics: [...this.metrics.all('OldestRunningAge'), ...this.metrics.all('OldestQueuedAge')],
      threshold: options.age.toSeconds(),
      evaluationPeriods: 1,
      treatMissingData: cloudwatch.TreatMissingData.IGNORE,
    });
  }

  /**
   * Creates an alarm that fires when `jobs` or more jobs of one kind are queued for one data store. Missing data doesn't change the state of the alarm, as for
   * `alarmOnStuckJob()`.
   *
   * @throws if `jobs` is not a whole number above 0.
   */
  public alarmOnQueueLength(options: QueueLengthAlarmOptions): cloudwatch.AlarmBase {
    validateJobs(options.jobs);
    return this.alarm(options.id ?? 'QueueLengthAlarm', {
      alarmDescription: `HealthLake has a long queue of jobs (${this.constructPath})`,
      operation: 'MAX',
      metrics: this.metrics.all('JobsQueued'),
      threshold: options.jobs,
      evaluationPeriods: 1,
      treatMissingData: cloudwatch.TreatMissingData.IGNORE,
    });
  }

  /**
   * Creates an alarm that fires when the jobs of a data store could not be listed in three intervals in a row, or when the function didn't run. So missing data
   * fires it, also between the first deployment and the first run of the function.
   */
  public alarmOnMissingJobs(options: JobAlarmOptions = {}): cloudwatch.AlarmBase {
    return this.alarm(options.id ?? 'MissingJobsAlarm', {
      alarmDescription: `The jobs of a HealthLake data store could not be listed (${this.constructPath})`,
      operation: 'MAX',
      metrics: [this.metricDatastoresNotListed()],
      threshold: 1,
      evaluationPeriods: 3,
      treatMissingData: cloudwatch.TreatMissingData.BREACHING,
    });
  }

  /**
   * Creates a rule that matches HealthLake's own events when a job of the data stores completes, with or without errors.
   *
   * @throws if `eventPattern` has a field that identifies the data stores.
   */
  public onJobCompleted(id: string, options?: JobEventOptions): events.Rule {
    return this.rule(id, ['Completed', 'Completed With Errors'], options);
  }

  /** Creates a rule that matches HealthLake's own events when a job of the data stores fails. Otherwise it behaves like `onJobCompleted()`. */
  public onJobFailed(id: string, options?: JobEventOptions): events.Rule {
    return this.rule(id, ['Failed'], options);
  }

  /**
   * Creates a rule that matches all of HealthLake's own events on jobs of the data stores: submitted, queued, in progress, completed, completed with errors,
   * failed. HealthLake sends no event for a cancelled job. Otherwise it behaves like `onJobCompleted()`.
   *
   * @see https://docs.aws.amazon.com/eventbridge/latest/ref/events-ref-healthlake.html
   */
  public onJobStatusChange(id: string, options?: JobEventOptions): events.Rule {
    return this.rule(id, STATUS_CHANGES, options);
  }

  /**
   * Creates a dashboard: the jobs that run and wait now, the jobs that ended, by outcome, imported resources, API calls, and a table of the jobs. A function
   * fills the table each time somebody opens or refreshes the dashboard.
   */
  public addDashboard(id: string = 'Dashboard', props: JobDashboardProps = {}): cloudwatch.Dashboard {
    this.widget ??= this.functions.create('DashboardFunction', {
      description: 'Shows the jobs of HealthLake data stores on a dashboard',
      asset: 'widget/index',
      role: this.functions.role('DashboardRole', 'Runs the function that shows the jobs of HealthLake data stores'),
      timeout: DASHBOARD_TIMEOUT,
    });
    const { datastores } = this.props;
    return createDashboard(this, id, props, { datastores, metrics: this.metrics, widget: this.widget, lookBackDays: this.lookBackDays });
  }

  private alarm(id: string, props: Omit<JobAlarmProps, 'topic'>): cloudwatch.AlarmBase {
    return createJobAlarm(this, id, { ...props, topic: this.props.notificationTopic });
  }

  private rule(id: string, changes: readonly StatusChange[], { jobKind, target, crossStackScope, ...props }: JobEventOptions = {}): events.Rule {
    validateEventPattern(id, props.eventPattern, ['datastoreId'], 'the data stores');
    const rule = new events.Rule(crossStackScope ?? this, id, props);
    rule.addEventPattern(jobEventPattern(idsOf(this.props.datastores), jobKind ? [jobKind] : JOB_KINDS, changes));
    rule.addTarget(target);
    return rule;
  }
}

function idsOf(datastores: readonly IFHIRDatastoreRef[]): string[] {
  return datastores.map(({ fhirDatastoreRef }) => fhirDatastoreRef.datastoreId);
}
