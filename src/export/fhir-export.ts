import type * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import type * as events from 'aws-cdk-lib/aws-events';
import type { Construct } from 'constructs';
import type { FhirExportProps } from './fhir-export-props';
import { EXPORT_EVENTS, type ExportOutcomeAttributes, exportedDataSetFields } from '../contract';
import { validateSchedule } from './private/checks';
import { dataAccessStatements } from './private/data-access';
import { EXPORT } from './private/kind';
import { renderJob, renderOutcome, renderRun } from './private/render';
import { exportReportStatements } from './private/report-statements';
import { ExportSchedule } from './private/schedule';
import { checkExportWhenFinished } from './private/tree-checks';
import { FhirJob } from '../jobs/fhir-job';
import { validateJobNamePrefix, validateRequired, validateRevision } from '../jobs/private/checks/properties';
import { Job } from '../jobs/private/job';
import { outputLocation } from '../jobs/private/output';
import { s3Uri } from '../private/s3-location';
import { FhirStorage } from '../storage/fhir-storage';

/**
 * An export of all resources of an AWS HealthLake data store to S3, as a part of the deployment or on a schedule.
 *
 * The deployment starts the export job, waits for its end, and fails with the reason if the copy may be incomplete. A data store is exported into a bucket
 * once for each `revision`, whatever happens to the stack. For exports that take hours, see `Completion`. For exports on a schedule, see `schedule`.
 *
 * HealthLake writes NDJSON files, in a folder for each resource type, into a folder for the job. The report `export.json` beside them has the number of files
 * and bytes of each type. For a consistent copy, don't import into the data store or write to it at the same time.
 *
 * @see https://docs.aws.amazon.com/healthlake/latest/devguide/exporting-fhir-data.html
 * @example
 *
 * const fhirExport = new FhirExport(this, 'Export', { datastore, revision: '2026-11' });
 * fhirExport.executeAfter(fhirImport);
 */
export class FhirExport extends FhirJob {
  /** @internal */
  protected readonly _job: Job;

  private readonly isScheduled: boolean;

  /**
   * @throws if HealthLake would reject a name or a location, if one role is given twice, or if a resource that the export uses is known to be in the wrong
   *   Region or account, to have no usable key, or to be of another kind.
   */
  constructor(scope: Construct, id: string, props: FhirExportProps) {
    super(scope, id);
    const { datastore, revision, schedule }: Partial<FhirExportProps> = props;
    validateRequired(EXPORT, { datastore });
    validateJobNamePrefix(props.jobNamePrefix);
    validateRevision(revision);
    validateSchedule(props);

    this.isScheduled = schedule !== undefined;
    const { datastoreId } = props.datastore.fhirDatastoreRef;
    const storage = props.storage ?? FhirStorage._ofStack(this);
    const output = outputLocation(this, storage.outputBucket, props.outputPrefix);
    this._job = new Job(this, EXPORT, props, {
      storage,
      output,
      dataAccessStatements: dataAccessStatements(output, storage.outputKey),
      reportStatements: exportReportStatements(output, storage.outputKey, datastoreId),
      operatorStatements: [],
      statusChangeDetail: { outputDataConfig: { s3Uri: [s3Uri(output.bucket.bucketName, output.prefix)] } },
      render: (parts) => ({ job: renderJob(props, parts), outcome: renderOutcome(props, parts) }),
      runs: schedule && {
        events: [EXPORT_EVENTS.skipped],
        create: (parts, stateMachine) => new ExportSchedule(this, schedule, stateMachine, renderRun(props, parts)),
      },
    });
    checkExportWhenFinished({
      construct: this,
      datastore: props.datastore,
      isScheduled: this.isScheduled,
      dataSet: [...exportedDataSetFields({ DatastoreId: datastoreId, Revision: revision }), storage.outputBucket.bucketName],
      outputS3Uri: this._job.outputS3Uri,
      ...this._job.resources.ends,
    });
  }

  /**
   * The key prefix of the folder that HealthLake created for the job. An import can read the files: `FhirSource.bucket(bucket, fhirExport.outputFolder)`.
   * If the deployment doesn't wait for the export, using this value fails the synthesis.
   */
  public get outputFolder(): string {
    return this.result('OutputFolder');
  }

  /** The number of files that HealthLake wrote, as a string, or `UNKNOWN`. */
  public get filesExported(): string {
    return this.result('FilesExported');
  }

  /** The size of all files together in bytes, as a string, or `UNKNOWN`. */
  public get bytesExported(): string {
    return this.result('BytesExported');
  }

  /** The number of resources in the files, as a string, or `UNKNOWN`, for example if the files are too large to be counted. */
  public get resourcesExported(): string {
    return this.result('ResourcesExported');
  }

  /** The number of files that HealthLake wrote. The default statistic is the sum over 5 minutes. */
  public metricFilesExported(options?: cloudwatch.MetricOptions): cloudwatch.Metric {
    return this.metric('FilesExported', options);
  }

  /** The size of all files together, in bytes. The default statistic is the sum over 5 minutes. */
  public metricBytesExported(options?: cloudwatch.MetricOptions): cloudwatch.Metric {
    return this.metric('BytesExported', options);
  }

  /** The number of resources in the files. The default statistic is the sum over 5 minutes. */
  public metricResourcesExported(options?: cloudwatch.MetricOptions): cloudwatch.Metric {
    return this.metric('ResourcesExported', options);
  }

  /** The number of runs that were skipped because another run had not ended. The default statistic is the sum over 5 minutes. */
  public metricSkipped(options?: cloudwatch.MetricOptions): cloudwatch.Metric {
    return this.metric('Skipped', options);
  }

  /**
   * Creates a rule for the event `FHIR Export Skipped`, which is sent for a run that is skipped because another run has not ended. Otherwise it behaves like
   * `onSucceeded()`.
   *
   * @throws if the export has no schedule.
   */
  public onSkipped(id: string, options: events.OnEventOptions = {}): events.Rule {
    if (!this.isScheduled) {
      throw new Error(`the export "${this.node.path}" has no schedule, so no run of it is skipped; set schedule, or leave the rule "${id}" out`);
    }
    return this._job.notifications.onResult(id, options, EXPORT_EVENTS.skipped);
  }

  private result(name: keyof ExportOutcomeAttributes): string {
    return this._job.resources.result(name);
  }
}
