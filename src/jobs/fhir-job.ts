import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import type * as events from 'aws-cdk-lib/aws-events';
import type * as iam from 'aws-cdk-lib/aws-iam';
import { Construct, type IConstruct } from 'constructs';
import type { FhirJobProvider } from './fhir-job-provider';
import { METRIC_NAMESPACE } from '../contract';
import { validateMetricName } from './private/checks/properties';
import { validateOrder } from './private/checks/tree';
import type { Job } from './private/job';
import type { IFhirStorage } from '../storage/fhir-storage';

/**
 * A HealthLake job as a part of the deployment: the members that every `FhirImport` and every `FhirExport` has.
 *
 * Use one of these two classes. Other classes can't extend this class.
 *
 * @example
 *
 * const fhirExport: FhirJob = new FhirExport(this, 'Export', { datastore });
 * fhirExport.executeAfter(fhirImport);
 * fhirExport.alarmOnFailure().addAlarmAction(new actions.SnsAction(operations));
 */
export abstract class FhirJob extends Construct {
  /**
   * The parts of this construct.
   *
   * @internal
   */
  protected abstract readonly _job: Job;

  /** The role that HealthLake assumes. */
  public get dataAccessRole(): iam.IRole {
    return this._job.dataAccessRole;
  }

  /** The role that the functions of the provider assume for this construct only. */
  public get operatorRole(): iam.IRole {
    return this._job.operatorRole;
  }

  /** The role that the report function of the provider assumes for this construct only. Undefined for an import without a failure report. */
  public get reportRole(): iam.IRole | undefined {
    return this._job.reportRole;
  }

  /** The output bucket, its key, and the input bucket that `FhirSource.storage()` reads. */
  public get storage(): IFhirStorage {
    return this._job.storage;
  }

  /** The provider of the functions that start the job and poll it. It also has the log group of the functions and the alarm for detached jobs. */
  public get provider(): FhirJobProvider {
    return this._job.provider;
  }

  /** The statements that the data access role needs. Add them to a role that you supply as `dataAccessRole`. */
  public get dataAccessStatements(): iam.PolicyStatement[] {
    return this._job.dataAccessStatements;
  }

  /**
   * The id of the job. It is known when the job has ended or, for a detached job, when HealthLake has accepted the job. For an export with a schedule, using
   * this value fails the synthesis.
   */
  public get jobId(): string {
    return this._job.resources.jobId;
  }

  /**
   * The status at the end of the job. If the deployment doesn't wait for the job, using this value fails the synthesis. The same applies to
   * `outputLocation`, `reportLocation` and the counts.
   */
  public get jobStatus(): string {
    return this._job.resources.result('JobStatus');
  }

  /** The S3 URI of the folder that HealthLake created for the job: the manifest and the SUCCESS and FAILURE files of an import, the files of an export. */
  public get outputLocation(): string {
    return this._job.resources.result('OutputLocation');
  }

  /** The S3 URI of the report, or `UNKNOWN` if there is none. */
  public get reportLocation(): string {
    return this._job.resources.result('ReportLocation');
  }

  /**
   * Starts the job only after these constructs are deployed, for example an upload into the input bucket or another job. The buckets and roles of this
   * construct don't wait for these constructs.
   *
   * @throws if one of the constructs contains this construct or is in another stage.
   */
  public executeAfter(...constructs: IConstruct[]): void {
    const { kind, resources } = this._job;
    constructs.forEach((construct) => validateOrder(kind, this, 'executeAfter', construct));
    resources.job.node.addDependency(...constructs);
  }

  /**
   * Deploys these constructs only after the job has succeeded or, if it is detached, after HealthLake has accepted it. For an export with a schedule, deploys
   * them after the schedule.
   *
   * @throws if one of the constructs contains this construct or is in another stage.
   */
  public executeBefore(...constructs: IConstruct[]): void {
    const { kind, resources } = this._job;
    for (const construct of constructs) {
      validateOrder(kind, this, 'executeBefore', construct);
      construct.node.addDependency(resources.job, resources.last);
    }
  }

  /**
   * Creates a rule for the event of this construct that says that the job succeeded: `FHIR Import Succeeded` or `FHIR Export Succeeded`. The detail of the
   * event has counts only. The event may be delivered twice, so describe the job in the event before you act on it.
   *
   * The rule is created before the job starts, so its target can't use attributes of this construct. Use the values in the event instead.
   *
   * @throws if the event bus is known to be in another account, if `eventPattern` has a field that identifies this construct, or if `crossStackScope` is given.
   */
  public onSucceeded(id: string, options: events.OnEventOptions = {}): events.Rule {
    const { kind, notifications } = this._job;
    return notifications.onResult(id, options, kind.events.succeeded);
  }

  /**
   * Creates a rule for the event of this construct that says that the job failed: `FHIR Import Failed` or `FHIR Export Failed`. The event is sent if the job
   * failed, timed out, or could not be judged. Otherwise it behaves like `onSucceeded()`.
   */
  public onFailed(id: string, options: events.OnEventOptions = {}): events.Rule {
    const { kind, notifications } = this._job;
    return notifications.onResult(id, options, kind.events.failed);
  }

  /**
   * Creates a rule for HealthLake's own events on all jobs of the data store that read the input of this import, or that write to the output location of this
   * export: submitted, queued, in progress, completed, completed with errors, failed. HealthLake sends these events to the default event bus of the account.
   * It sends no event for a cancelled job.
   *
   * @see https://docs.aws.amazon.com/eventbridge/latest/ref/events-ref-healthlake.html
   */
  public onStatusChange(id: string, options: events.OnEventOptions = {}): events.Rule {
    return this._job.notifications.onStatusChange(id, options);
  }

  /**
   * Returns a metric of this construct by its name, for example `Duration`. The default statistic is the sum over 5 minutes.
   *
   * @throws if this construct has no metric of this name.
   */
  public metric(metricName: string, options?: cloudwatch.MetricOptions): cloudwatch.Metric {
    const { kind, dimensions } = this._job;
    validateMetricName(kind, metricName);
    return new cloudwatch.Metric({
      namespace: METRIC_NAMESPACE, metricName, statistic: cloudwatch.Stats.SUM, dimensionsMap: { ...dimensions }, ...options,
    }).attachTo(this);
  }

  /**
   * The time from the submission of the job to its end, in seconds. It includes the time in HealthLake's queue. The default statistic is the maximum over 5
   * minutes.
   */
  public metricDuration(options?: cloudwatch.MetricOptions): cloudwatch.Metric {
    return this.metric('Duration', { statistic: cloudwatch.Stats.MAXIMUM, ...options });
  }

  /** The number of jobs that were judged successful. The default statistic is the sum over 5 minutes. */
  public metricSucceeded(options?: cloudwatch.MetricOptions): cloudwatch.Metric {
    return this.metric('Succeeded', options);
  }

  /** The number of jobs that failed, timed out, or could not be judged. The default statistic is the sum over 5 minutes. */
  public metricFailed(options?: cloudwatch.MetricOptions): cloudwatch.Metric {
    return this.metric('Failed', options);
  }

  /**
   * Creates an alarm that fires when a job of this construct fails. The alarm has no actions: add your own.
   *
   * If a detached job can't be monitored, the alarm of the provider fires instead.
   */
  public alarmOnFailure(id: string = 'FailureAlarm'): cloudwatch.Alarm {
    const { kind, dimensions } = this._job;
    return this.metricFailed().createAlarm(this, id, {
      alarmDescription: `The FHIR ${kind.noun} ${dimensions.ConstructPath} failed`,
      threshold: 1,
      evaluationPeriods: 1,
      comparisonOperator: cloudwatch.ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
      treatMissingData: cloudwatch.TreatMissingData.NOT_BREACHING,
    });
  }
}
