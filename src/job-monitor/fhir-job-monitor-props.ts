import type { Duration } from 'aws-cdk-lib';
import type * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import type * as events from 'aws-cdk-lib/aws-events';
import type { IFHIRDatastoreRef } from 'aws-cdk-lib/aws-healthlake';
import type * as iam from 'aws-cdk-lib/aws-iam';
import type * as logs from 'aws-cdk-lib/aws-logs';
import type * as sns from 'aws-cdk-lib/aws-sns';

/** The kinds of HealthLake's bulk jobs. */
export enum JobKind {
  /** Import jobs. */
  IMPORT = 'IMPORT',
  /** Export jobs. */
  EXPORT = 'EXPORT',
}

/** Properties of `FhirJobMonitor`. */
export interface FhirJobMonitorProps {
  /** The data stores whose jobs are listed: 1 to 10 data stores in the account and Region of the monitor, each one once. */
  readonly datastores: IFHIRDatastoreRef[];

  /**
   * The time between two lists of the jobs: 1, 2, 3, 4, 5, 6, 10, 12, 15, 20, 30 or 60 minutes. It is also the period of the metrics. A shorter interval shows
   * jobs earlier and costs more. Monitors of the same data store share its metrics, so give them the same interval.
   *
   * @default Duration.minutes(5)
   */
  readonly interval?: Duration;

  /**
   * The age of the oldest jobs that are listed, in whole days from 1 to 90. It counts from the submission of a job. Older jobs are listed only while they are
   * submitted, queued or in progress: when they end, they are not counted as ended and are not on the dashboard.
   *
   * @default Duration.days(14)
   */
  readonly lookBack?: Duration;

  /**
   * The topic that all alarms of this monitor notify. It must be a standard topic in the Region of the monitor.
   *
   * @default - the alarms have no actions until you add some
   */
  readonly notificationTopic?: sns.ITopic;

  /**
   * The log group of the functions. Logs hold no patient data. The metrics are read from the log, so the log group must have the class STANDARD.
   *
   * @default - a new log group, with a retention of one year, that stays when the stack is deleted
   */
  readonly logGroup?: logs.ILogGroupRef;

  /**
   * The role of the function that lists the jobs. It may list and describe the import and export jobs of the data stores, and write to the log group. A supplied
   * role is given these permissions, unless it is immutable. The function of the dashboard always has a role of its own.
   *
   * @default - a new role
   */
  readonly role?: iam.IRole;
}

/** Options of the metrics of jobs. */
export interface JobMetricOptions extends cloudwatch.MetricOptions {
  /**
   * The data store of the metric. It is required if the monitor has several data stores.
   *
   * @default - the only data store of the monitor
   */
  readonly datastore?: IFHIRDatastoreRef;

  /**
   * The kind of the jobs.
   *
   * @default JobKind.IMPORT
   */
  readonly jobKind?: JobKind;
}

/** Options of the alarms of a monitor. */
export interface JobAlarmOptions {
  /**
   * The construct id of the alarm. Give an id to create a second alarm with other limits.
   *
   * @default - an id for each kind of alarm, for example `FailedJobsAlarm`
   */
  readonly id?: string;
}

/** Options of `alarmOnStuckJob()`. */
export interface StuckJobAlarmOptions extends JobAlarmOptions {
  /** The age at which a job that has not ended counts as stuck. It counts from the submission of the job. */
  readonly age: Duration;
}

/** Options of `alarmOnQueueLength()`. */
export interface QueueLengthAlarmOptions extends JobAlarmOptions {
  /** The number of queued jobs of one kind and one data store at which the alarm fires. */
  readonly jobs: number;
}

/** Options of the rules for HealthLake's events on jobs. */
export interface JobEventOptions extends events.OnEventOptions {
  /**
   * The kind of the jobs.
   *
   * @default - both kinds
   */
  readonly jobKind?: JobKind;
}

/** Properties of the dashboard of a monitor. */
export interface JobDashboardProps {
  /**
   * The name of the dashboard.
   *
   * @default - a generated name
   */
  readonly dashboardName?: string;

  /**
   * The time range that the dashboard shows when it is opened.
   *
   * @default Duration.days(1)
   */
  readonly defaultInterval?: Duration;
}
