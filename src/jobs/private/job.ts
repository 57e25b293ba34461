import type * as iam from 'aws-cdk-lib/aws-iam';
import type * as sfn from 'aws-cdk-lib/aws-stepfunctions';
import type { Construct } from 'constructs';
import { checkDataAccessRoleWhenFinished } from './checks/supplied-roles';
import { type EncryptedInput, validateUsedResources } from './checks/used-resources';
import { type JobProperties, JobResources, type JobRuns } from './job-resources';
import { createDataAccessRole } from './job-roles';
import type { Kind } from './kind';
import type { Location } from './location';
import { JobNotifications } from './notifications';
import { createOperator } from './operator';
import type { JobParts } from './render';
import { createReport } from './report';
import type { MetricDimensions } from '../../contract';
import { datastoreArn, keyOfDatastore } from '../../private/datastore';
import { s3Uri } from '../../private/s3-location';
import { dimensionValue } from '../../private/text';
import type { IFhirStorage } from '../../storage/fhir-storage';
import { checkBucketsWhenFinished } from '../../storage/private/bucket-checks';
import { Completion } from '../completion';
import type { FhirJobProps } from '../fhir-job-props';
import { FhirJobProvider } from '../fhir-job-provider';

/** The parts of a job construct that depend on its kind. */
export interface OwnParts {
  readonly storage: IFhirStorage;
  /** The input. Undefined if the jobs read no objects. */
  readonly input?: EncryptedInput;
  readonly output: Location;
  readonly dataAccessStatements: iam.PolicyStatement[];
  /** The statements of the report role. Undefined if there is no report. */
  readonly reportStatements?: iam.PolicyStatement[];
  /** The statements of the operator role that only this kind of job needs. */
  readonly operatorStatements: iam.PolicyStatement[];
  /** The members of the detail of HealthLake's events that identify the input or the output. */
  readonly statusChangeDetail: Record<string, unknown>;
  /** Returns the properties of the custom resources. */
  readonly render: (parts: JobParts) => JobProperties;
  /** The runs after the deployment. Undefined if the deployment starts the job. */
  readonly runs?: OwnRuns;
}

/** The runs of a job construct that no deployment starts. */
export interface OwnRuns {
  /** The detail types of further events of the runs. */
  readonly events: string[];
  readonly create: (parts: JobParts, stateMachine: sfn.IStateMachine) => JobRuns;
}

/** The roles, custom resources and rules of a job construct. */
export class Job {
  public readonly storage: IFhirStorage;
  public readonly provider: FhirJobProvider;
  public readonly dataAccessStatements: iam.PolicyStatement[];
  public readonly dataAccessRole: iam.IRole;
  public readonly operatorRole: iam.IRole;
  public readonly reportRole?: iam.IRole;
  public readonly dimensions: MetricDimensions;
  public readonly outputS3Uri: string;
  public readonly resources: JobRuns;
  public readonly notifications: JobNotifications;

  constructor(scope: Construct, public readonly kind: Kind, props: FhirJobProps, own: OwnParts) {
    const storeArn = datastoreArn(scope, props.datastore, `the ${kind.noun}`);
    const completion = props.completion ?? (own.runs ? Completion.detached() : Completion.waitFor());
    const { input, output, storage, dataAccessStatements } = own;
    this.storage = storage;
    this.dataAccessStatements = dataAccessStatements;
    this.dimensions = { DatastoreId: props.datastore.fhirDatastoreRef.datastoreId, ConstructPath: dimensionValue(scope.node.path) };
    this.outputS3Uri = s3Uri(output.bucket.bucketName, output.prefix);
    this.provider = props.provider ?? FhirJobProvider._ofStack(scope);
    validateUsedResources(scope, kind, props, { input, storage, provider: this.provider });

    this.dataAccessRole = props.dataAccessRole ?? createDataAccessRole(scope, kind, storeArn, dataAccessStatements);
    const report = own.reportStatements && createReport(scope, kind, this.provider._reportFunction(), own.reportStatements, props.reportRole);
    this.reportRole = report?.role;
    const monitor = completion.isDetached ? this.provider._monitor(kind) : undefined;
    const operator = createOperator(scope, kind, { provider: this.provider, monitor }, {
      datastoreArn: storeArn,
      dataAccessRoleArn: this.dataAccessRole.roleArn,
      isStartedByStack: own.runs === undefined,
      ownStatements: own.operatorStatements,
      output,
      reportFunctionArn: report?.contract.FunctionArn,
      datastoreEncryptionKey: props.datastoreEncryptionKey ?? keyOfDatastore(props.datastore),
    }, props.operatorRole);
    this.operatorRole = operator.role;

    this.notifications = new JobNotifications(scope, {
      kind,
      dimensions: this.dimensions,
      statusChangeDetail: own.statusChangeDetail,
      furtherEvents: own.runs?.events,
      eventBus: props.eventBus,
      operator,
    });
    const parts: JobParts = {
      dimensions: this.dimensions,
      outputS3Uri: this.outputS3Uri,
      outputKey: storage.outputKey,
      dataAccessRole: this.dataAccessRole,
      operatorRole: this.operatorRole,
      jobNamePrefix: props.jobNamePrefix ?? kind.defaultJobNamePrefix,
      completion,
      serviceToken: this.provider.serviceToken,
      report: report?.contract,
      stateMachine: monitor?.stateMachine,
      eventBusArn: this.notifications.busArn,
    };
    this.resources = own.runs && monitor
      ? own.runs.create(parts, monitor.stateMachine)
      : new JobResources(scope, kind, props.provider ? props.provider.node.addr.slice(-8) : '', parts, own.render(parts));
    this.resources.job.node.addDependency(this.dataAccessRole, this.operatorRole, this.notifications.prerequisites);
    if (completion.isDetached || props.eventBus) {
      this.notifications.announce();
    }
    if (props.notificationTopic) {
      this.notifications.notify(props.notificationTopic, monitor);
    }
    checkBucketsWhenFinished(scope, storage, input?.bucket);
    checkDataAccessRoleWhenFinished(scope, kind, props.dataAccessRole);
  }
}
