import type * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import type * as iam from 'aws-cdk-lib/aws-iam';
import type { Construct } from 'constructs';
import type { FhirImportProps } from './fhir-import-props';
import { dataSetFields, type ImportOutcomeAttributes } from '../contract';
import { ChangedInput } from './private/changed-input';
import { validateProperties } from './private/checks/properties';
import { checkUploadsWhenFinished } from './private/checks/uploads';
import { dataAccessStatements, decryptInputStatements, readInputStatements } from './private/data-access';
import { inputChecks, validateOutsideInput } from './private/input';
import { IMPORT } from './private/kind';
import { renderDataSet, renderJob, renderOutcome } from './private/render';
import { reportStatements } from './private/report';
import { checkImportWhenFinished } from './private/tree-checks';
import { FhirJob } from '../jobs/fhir-job';
import { FhirJobProvider } from '../jobs/fhir-job-provider';
import { Job } from '../jobs/private/job';
import { grantedTo } from '../jobs/private/job-roles';
import { outputLocation } from '../jobs/private/output';
import { s3Uri } from '../private/s3-location';
import { FhirStorage } from '../storage/fhir-storage';

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
export class FhirImport extends FhirJob {
  /**
   * The statements for the policy of an input bucket in another account. Add them to that policy. They let the data access role read the input. They also let a
   * supplied `operatorRole` list the input for the checks before the start.
   */
  public readonly sourceBucketStatements: iam.PolicyStatement[];

  /** The statements for the policies of input keys in another account. Add them to those policies. Empty if the import knows no input key. */
  public readonly sourceKeyStatements: iam.PolicyStatement[];

  /** @internal */
  protected readonly _job: Job;

  private readonly changedInput: ChangedInput;

  /**
   * @throws if HealthLake would reject a name or a location, if the results would be written into the input, if one role is given twice, if `reportRole` is
   *   given without a failure report, or if a resource that the import uses is known to be in the wrong Region or account, to have no usable key, or to be of
   *   another kind.
   */
  constructor(scope: Construct, id: string, props: FhirImportProps) {
    super(scope, id);
    validateProperties(props);

    const { datastoreId } = props.datastore.fhirDatastoreRef;
    const storage = props.storage ?? FhirStorage._ofStack(this);
    const { logGroup } = props.provider ?? FhirJobProvider._ofStack(this);
    const input = props.source._locate(storage, { scope: this, logGroup });
    const inputS3Uri = s3Uri(input.bucket.bucketName, input.prefix);
    const output = outputLocation(this, storage.outputBucket, props.outputPrefix);
    validateOutsideInput(input, output);
    this.changedInput = new ChangedInput(props.failIfInputChanged);
    const rendered = { ...props, inputS3Uri, changedInput: this.changedInput.property };
    this._job = new Job(this, IMPORT, props, {
      storage,
      input,
      output,
      dataAccessStatements: dataAccessStatements(input, input.encryptionKeys, output, storage.outputKey),
      reportStatements: props.failureReport === false ? undefined : reportStatements(output, storage.outputKey, datastoreId),
      operatorStatements: inputChecks(input, { list: 'InputNames', locate: 'InputBucket' }),
      statusChangeDetail: { inputDataConfig: { s3Uri: [inputS3Uri] } },
      render: (parts) => ({ job: renderJob(rendered, parts), outcome: renderOutcome(rendered, parts) }),
    });
    this.sourceKeyStatements = grantedTo(this.dataAccessRole, decryptInputStatements(input.encryptionKeys));
    this.sourceBucketStatements = [
      ...grantedTo(this.dataAccessRole, readInputStatements(input)),
      // A new operator role is left out. The bucket needs its policy before the deployment that creates the role, and a policy can't name a missing role.
      ...(props.operatorRole ? grantedTo(props.operatorRole, inputChecks(input)) : []),
    ];

    const { ends, job } = this._job.resources;
    if (input.upload) {
      job.node.addDependency(input.upload);
    }
    checkUploadsWhenFinished(this, input, ends.first);
    checkImportWhenFinished({
      construct: this,
      datastore: props.datastore,
      dataSet: dataSetFields({ DatastoreId: datastoreId, InputS3Uri: inputS3Uri, ...renderDataSet(props) }),
      inputS3Uri,
      outputS3Uri: this._job.outputS3Uri,
      ...ends,
    });
  }

  /**
   * Whether objects of the input changed after the job was submitted: `true`, `false` or `UNKNOWN`. The value comes from the last deployment that
   * changed a property of this import. The first use of the value in a template is such a change.
   *
   * An object that was written again with the same content counts as changed, except for files of the repository. A deleted object doesn't count.
   */
  public get inputChanged(): string {
    return this.changedInput.attributeOf(this._job.resources.ends.first);
  }

  /** The number of resources that HealthLake read, as a string, or `UNKNOWN`. */
  public get resourcesScanned(): string {
    return this.result('ResourcesScanned');
  }

  /** The number of resources that HealthLake imported, as a string, or `UNKNOWN`. */
  public get resourcesImported(): string {
    return this.result('ResourcesImported');
  }

  /** The number of resources that HealthLake could not import, as a string, or `UNKNOWN`. */
  public get resourcesFailed(): string {
    return this.result('ResourcesFailed');
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

  /** The number of deployments that started no job because of `alreadyImported`. The default statistic is the sum over 5 minutes. */
  public metricAlreadyImported(options?: cloudwatch.MetricOptions): cloudwatch.Metric {
    return this.metric('AlreadyImported', options);
  }

  private result(name: keyof ImportOutcomeAttributes): string {
    return this._job.resources.result(name);
  }
}
