import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import type * as events from 'aws-cdk-lib/aws-events';
import type * as iam from 'aws-cdk-lib/aws-iam';
import { Construct, type IConstruct } from 'constructs';
import { Completion } from './completion';
import type { FhirImportProps } from './fhir-import-props';
import { FhirImportProvider } from './fhir-import-provider';
import { IMPORT_EVENTS, METRIC_NAMESPACE, type MetricDimensions } from '../contract';
import { validateMetricName, validateProperties } from './private/checks/properties';
import { checkDataAccessRoleWhenFinished } from './private/checks/supplied-roles';
import { checkUploadsWhenFinished } from './private/checks/uploads';
import { validateUsedResources } from './private/checks/used-resources';
import { ImportResources } from './private/custom-resources';
import { dataAccessStatements, decryptInputStatements, readInputStatements } from './private/data-access';
import { createDataAccessRole, grantedTo } from './private/import-roles';
import { ImportNotifications } from './private/notifications';
import { createOperator, inputChecks } from './private/operator';
import { outputLocation } from './private/output';
import { createReport } from './private/report';
import { checkWhenFinished, validateOrder } from './private/tree-checks';
import { datastoreArn, keyOfDatastore } from '../private/datastore';
import { s3Uri } from '../private/s3-location';
import { dimensionValue } from '../private/text';
import { FhirStorage, type IFhirStorage } from '../storage/fhir-storage';
import { checkBucketsWhenFinished } from '../storage/private/bucket-checks';

/**
 * An import of FHIR R4 data into an AWS HealthLake data store, as a part of the deployment.
 *
 * The deployment starts the import job, waits for its end, and fails with the reason if the import fails. **An import overwrites resources with the
 * same id**, so a data set is imported into a data store once, whatever happens to the stack. For imports that take hours, see `Completion`.
 *
 * @see https://docs.aws.amazon.com/healthlake/latest/devguide/importing-fhir-data.html
 * @example
 *
 * const fhirImport = new FhirImport(this, 'Import', {
 *   datastore,
 *   source: FhirSource.bucket(bucket, '2026-11/'),
 * });
 * fhirImport.executeBefore(application);
 */
export class FhirImport extends Construct {
  /** The role that HealthLake assumes. */
  public readonly dataAccessRole: iam.IRole;

  /** The role that the functions of the provider assume for this import only. */
  public readonly operatorRole: iam.IRole;

  /** The role that the report function of the provider assumes for this import only. Undefined if the import has no failure report. */
  public readonly reportRole?: iam.IRole;

  /** The output bucket, its key, and the input bucket that `FhirSource.storage()` reads. */
  public readonly storage: IFhirStorage;

  /** The provider of the functions that start the job and poll it. It also has the log group of the functions and the alarm for detached imports. */
  public readonly provider: FhirImportProvider;

  /** The statements that the data access role needs. Add them to a role that you supply as `dataAccessRole`. */
  public readonly dataAccessStatements: iam.PolicyStatement[];

  /**
   * The statements for the policy of an input bucket in another account. Add them to that policy. They let the data access role read the input. They also let a
   * supplied `operatorRole` list the input for the checks before the start.
   */
  public readonly sourceBucketStatements: iam.PolicyStatement[];

  /** The statements for the policies of input keys in another account. Add them to those policies. Empty if the import knows no input key. */
  public readonly sourceKeyStatements: iam.PolicyStatement[];

  private readonly resources: ImportResources;
  private readonly notifications: ImportNotifications;
  private readonly dimensions: MetricDimensions;

  /**
   * @throws if HealthLake would reject a name or a location, if the results would be written into the input, if one role is given twice, if `reportRole` is
   *   given without a failure report, or if a resource that the import uses is known to be in the wrong Region or account, to have no usable key, or to be of
   *   another kind.
   */
  constructor(scope: Construct, id: string, props: FhirImportProps) {
    super(scope, id);
    validateProperties(props);

    const { datastoreId } = props.datastore.fhirDatastoreRef;
    const storeArn = datastoreArn(this, props.datastore);
    const completion = props.completion ?? Completion.waitFor();
    this.dimensions = { DatastoreId: datastoreId, ConstructPath: dimensionValue(this.node.path) };
    this.storage = props.storage ?? FhirStorage._ofStack(this);
    const input = props.source._locate(this.storage);
    const inputS3Uri = s3Uri(input.bucket.bucketName, input.prefix);
    const output = outputLocation(this, this.storage.outputBucket, input, props.outputPrefix);

    this.provider = props.provider ?? FhirImportProvider._ofStack(this);
    validateUsedResources(this, props, { input, storage: this.storage, provider: this.provider });

    this.dataAccessStatements = dataAccessStatements(input, input.encryptionKeys, output, this.storage.outputKey);
    this.dataAccessRole = props.dataAccessRole ?? createDataAccessRole(this, storeArn, this.dataAccessStatements);
    this.sourceKeyStatements = grantedTo(this.dataAccessRole, decryptInputStatements(input.encryptionKeys));

    const report = props.failureReport === false
      ? undefined
      : createReport(this, this.provider._reportFunction(), { output, outputKey: this.storage.outputKey, datastoreId }, props.reportRole);
    this.reportRole = report?.role;
    const monitor = completion.isDetached ? this.provider._monitor() : undefined;
    const operator = createOperator(this, { provider: this.provider, monitor }, {
      datastoreArn: storeArn,
      dataAccessRoleArn: this.dataAccessRole.roleArn,
      input,
      output,
      reportFunctionArn: report?.contract.FunctionArn,
      datastoreEncryptionKey: props.datastoreEncryptionKey ?? keyOfDatastore(props.datastore),
    }, props.operatorRole);
    this.operatorRole = operator.role;
    this.sourceBucketStatements = [
      ...grantedTo(this.dataAccessRole, readInputStatements(input)),
      // A new operator role is left out. The bucket needs its policy before the deployment that creates the role, and a policy can't name a missing role.
      ...(props.operatorRole ? grantedTo(props.operatorRole, inputChecks(input)) : []),
    ];

    this.notifications = new ImportNotifications(this, { dimensions: this.dimensions, inputS3Uri, eventBus: props.eventBus, operator });
    this.resources = new ImportResources(this, props, {
      dimensions: this.dimensions,
      inputS3Uri,
      outputS3Uri: s3Uri(output.bucket.bucketName, output.prefix),
      outputKey: this.storage.outputKey,
      dataAccessRole: this.dataAccessRole,
      operatorRole: this.operatorRole,
      completion,
      serviceToken: this.provider.serviceToken,
      report: report?.contract,
      stateMachine: monitor?.stateMachine,
      eventBusArn: this.notifications.busArn,
    });
    this.resources.job.node.addDependency(this.notifications.prerequisites);
    if (completion.isDetached || props.eventBus) {
      this.notifications.announce();
    }
    if (props.notificationTopic) {
      this.notifications.notify(props.notificationTopic, monitor);
    }
    checkBucketsWhenFinished(this, input.bucket, this.storage);
    checkDataAccessRoleWhenFinished(this, props.dataAccessRole);
    checkUploadsWhenFinished(this, input, this.resources.summary.first);
    checkWhenFinished({ construct: this, datastore: props.datastore, ...this.resources.summary });
  }

  /** The id of the import job. It is known when the job has ended or, for a detached import, when HealthLake has accepted the job. */
  public get jobId(): string {
    return this.resources.last.getAttString('JobId');
  }

  /**
   * The status at the end of the import job. For a detached import, using this value fails the synthesis, because the deployment doesn't wait for the
   * job. The same applies to `outputLocation`, `reportLocation` and the counts of resources.
   */
  public get jobStatus(): string {
    return this.resources.result('JobStatus');
  }

  /** The S3 URI of the folder with the manifest of the job and its SUCCESS and FAILURE files. */
  public get outputLocation(): string {
    return this.resources.result('OutputLocation');
  }

  /** The S3 URI of the failure report, or `UNKNOWN` if there is none. */
  public get reportLocation(): string {
    return this.resources.result('ReportLocation');
  }

  /** The number of resources that HealthLake read, as a string, or `UNKNOWN`. */
  public get resourcesScanned(): string {
    return this.resources.result('ResourcesScanned');
  }

  /** The number of resources that HealthLake imported, as a string, or `UNKNOWN`. */
  public get resourcesImported(): string {
    return this.resources.result('ResourcesImported');
  }

  /** The number of resources that HealthLake could not import, as a string, or `UNKNOWN`. */
  public get resourcesFailed(): string {
    return this.resources.result('ResourcesFailed');
  }

  /**
   * Starts the job only after these constructs are deployed, for example an upload into the input bucket or another import. The buckets and roles of this
   * import don't wait for these constructs.
   *
   * @throws if one of the constructs contains this import or is in another stage.
   */
  public executeAfter(...constructs: IConstruct[]): void {
    constructs.forEach((construct) => validateOrder(this, 'executeAfter', construct));
    this.resources.job.node.addDependency(...constructs);
  }

  /**
   * Deploys these constructs only after the import has succeeded or, if it is detached, after HealthLake has accepted its job.
   *
   * @throws if one of the constructs contains this import or is in another stage.
   */
  public executeBefore(...constructs: IConstruct[]): void {
    for (const construct of constructs) {
      validateOrder(this, 'executeBefore', construct);
      construct.node.addDependency(this.resources.job, this.resources.last);
    }
  }

  /**
   * Creates a rule for the event `FHIR Import Succeeded` of this import. The detail of the event has counts only. The event may be delivered twice, so call
   * DescribeFHIRImportJob for the job in the event before you act on it.
   *
   * The rule is created before the job starts, so its target can't use attributes of this import. Use the values in the event instead.
   *
   * @throws if the event bus is known to be in another account, if `eventPattern` has a field that identifies the import, or if `crossStackScope` is given.
   */
  public onSucceeded(id: string, options: events.OnEventOptions = {}): events.Rule {
    return this.notifications.onResult(id, options, IMPORT_EVENTS.succeeded);
  }

  /**
   * Creates a rule for the event `FHIR Import Failed` of this import, which is sent if the import failed, timed out, or could not be judged. Otherwise it
   * behaves like `onSucceeded()`.
   */
  public onFailed(id: string, options: events.OnEventOptions = {}): events.Rule {
    return this.notifications.onResult(id, options, IMPORT_EVENTS.failed);
  }

  /**
   * Creates a rule for HealthLake's own events on all jobs that read this import's input into its data store: submitted, queued, in progress, completed,
   * completed with errors, failed. HealthLake sends these events to the default event bus of the account. It sends no event for a cancelled job.
   *
   * @see https://docs.aws.amazon.com/eventbridge/latest/ref/events-ref-healthlake.html
   */
  public onStatusChange(id: string, options: events.OnEventOptions = {}): events.Rule {
    return this.notifications.onStatusChange(id, options);
  }

  /**
   * Returns a metric of this import by its name, for example `ResourcesImportedSoFar`. The default statistic is the sum over 5 minutes.
   *
   * @throws if imports have no metric of this name.
   */
  public metric(metricName: string, options?: cloudwatch.MetricOptions): cloudwatch.Metric {
    validateMetricName(metricName);
    return new cloudwatch.Metric({
      namespace: METRIC_NAMESPACE, metricName, statistic: cloudwatch.Stats.SUM, dimensionsMap: { ...this.dimensions }, ...options,
    }).attachTo(this);
  }

  /** The number of resources that HealthLake read. The default statistic is the sum over 5 minutes. */
  public metricResourcesScanned(options?: cloudwatch.MetricOptions): cloudwatch.Metric {
    return this.metric('ResourcesScanned', options);
  }

  /** The number of resources that HealthLake imported. The default statistic is the sum over 5 minutes. */
  public metricResourcesImported(options?: cloudwatch.MetricOptions): cloudwatch.Metric {
    return this.metric('ResourcesImported', options);
  }

  /** The number of resources that HealthLake could not import. The default statistic is the sum over 5 minutes. */
  public metricResourcesFailed(options?: cloudwatch.MetricOptions): cloudwatch.Metric {
    return this.metric('ResourcesFailed', options);
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

  /** The number of deployments that started no job because of `alreadyImported`. The default statistic is the sum over 5 minutes. */
  public metricAlreadyImported(options?: cloudwatch.MetricOptions): cloudwatch.Metric {
    return this.metric('AlreadyImported', options);
  }

  /**
   * Creates an alarm that fires when a job of this import fails. The alarm has no actions: add your own.
   *
   * If a detached import can't be monitored, `monitorAlarm()` of the provider fires instead.
   */
  public alarmOnFailure(id: string = 'FailureAlarm'): cloudwatch.Alarm {
    return this.metricFailed().createAlarm(this, id, {
      alarmDescription: `The FHIR import ${this.dimensions.ConstructPath} failed`,
      threshold: 1,
      evaluationPeriods: 1,
      comparisonOperator: cloudwatch.ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
      treatMissingData: cloudwatch.TreatMissingData.NOT_BREACHING,
    });
  }
}
