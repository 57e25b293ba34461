import { type CfnResource, CustomResource, Duration, Lazy, RemovalPolicy, Token } from 'aws-cdk-lib';
import type * as events from 'aws-cdk-lib/aws-events';
import type { IFHIRDatastoreRef } from 'aws-cdk-lib/aws-healthlake';
import * as iam from 'aws-cdk-lib/aws-iam';
import type * as kms from 'aws-cdk-lib/aws-kms';
import type * as sns from 'aws-cdk-lib/aws-sns';
import type { Construct, IConstruct, IDependable } from 'constructs';
import { Completion } from './completion';
import { ErrorTolerance } from './error-tolerance';
import { FhirImportProvider } from './fhir-import-provider';
import type { FhirSource, FhirSourceLocation } from './fhir-source';
import {
  ANSWER_MARGIN_MINUTES, CONTRACT_VERSION, type ImportJobProperties, type ImportOutcomeAttributes, type ImportOutcomeProperties,
  type ImportWaitProperties, JOB_RESOURCE_TYPE, JOB_TIMEOUT_MINUTES, type MetricDimensions, OUTCOME_RESOURCE_TYPE, WAIT_RESOURCE_TYPE,
  type ContractReport,
} from '../contract';
import type { ImportQuotas } from './import-quotas';
import { FhirStorage, type IFhirStorage } from '../storage/fhir-storage';
import { dataAccessStatements, decryptInputStatements, type Location, readInputStatements } from './private/data-access';
import { datastoreArn, isOfApp } from '../private/datastore';
import { createAssumedRole, createDataAccessRole } from './private/import-roles';
import { validateJobNamePrefix, validateRevision } from './private/names';
import { ObservableImport } from './private/observable-import';
import { operatorStatements } from './private/operator';
import { renderQuotas } from './private/quotas';
import { reportStatements } from './private/report';
import { isSameBucket, normalizePrefix, s3Uri } from '../private/s3-location';
import { dimensionValue, text } from '../private/text';
import { checkWhenFinished } from './private/tree-checks';
import { ValidationLevel } from './validation-level';

/** Properties of `FhirImport`. */
export interface FhirImportProps {
  /**
   * The data store to import into. It must be in the Region and account of the import.
   *
   * `CfnFHIRDatastore.fromDatastoreId()` names one that is not of this app.
   */
  readonly datastore: IFHIRDatastoreRef;

  /**
   * Where the NDJSON files are.
   */
  readonly source: FhirSource;

  /**
   * The output bucket, its key, and the input bucket of `FhirSource.storage()`.
   *
   * @default - one for the stack, made with the first import that names none
   */
  readonly storage?: IFhirStorage;

  /**
   * The functions that start the job and wait for it.
   *
   * @default - one for the stack, made with the first import that names none
   */
  readonly provider?: FhirImportProvider;

  /**
   * The role that HealthLake assumes to read the input and to write the results. It is used as it is: give it the statements of
   * `dataAccessStatements`, and let it be assumed by `healthlake.amazonaws.com`.
   *
   * @default - a new role
   */
  readonly dataAccessRole?: iam.IRole;

  /**
   * Where in the output bucket the results go. HealthLake makes a folder for each job there. It is not part of what identifies the data
   * set: changing it starts no job.
   *
   * @default - a prefix made of the construct id and a hash of its path
   */
  readonly outputPrefix?: string;

  /**
   * How the job names begin, up to 40 characters; a `-` and a fingerprint of the data set follow. Job names are seen in the console, in
   * events and in CloudTrail: no names of people.
   *
   * @default 'fhir-import'
   */
  readonly jobNamePrefix?: string;

  /**
   * How strictly HealthLake validates the resources.
   *
   * @default ValidationLevel.STRICT
   */
  readonly validationLevel?: ValidationLevel;

  /**
   * Which edition of the data this is, up to 256 characters. A data set is imported into a data store once; whoever wants it imported
   * again, because the objects have changed, gives a new revision. **An import overwrites resources with the same id.**
   *
   * @default - none
   */
  readonly revision?: string;

  /**
   * Whether this data set is already in this data store. If so, the deployment starts no import job.
   *
   * Set it if HealthLake lists no import job for the data: the data store was restored from a backup, copied, moved from another account, or
   * filled by hand. In HealthLake's list of jobs such a data store looks empty, and an import would overwrite newer data.
   *
   * The attributes `jobId` and `jobStatus` become `ALREADY_IMPORTED`, and counts and locations `UNKNOWN`. The custom resource records this in its
   * physical id, so removing the property later starts nothing. The property applies to the data set that it is first deployed with: a later
   * `revision` is imported as usual, with or without the property. Keep it as long as the construct or its stack could be created anew, and
   * remove it when the data store is replaced by an empty one.
   *
   * @default false
   */
  readonly alreadyImported?: boolean;

  /**
   * What COMPLETED_WITH_ERRORS means. Changing it starts no job.
   *
   * @default ErrorTolerance.none()
   */
  readonly errorTolerance?: ErrorTolerance;

  /**
   * How long the deployment waits, or whether it waits at all. Changing it starts no job.
   *
   * @default Completion.waitFor()
   */
  readonly completion?: Completion;

  /**
   * The bus for the event that tells how the job ended: `FHIR Import Succeeded` or `FHIR Import Failed`, with counts only. Such an event is put
   * for detached imports, for imports with `onSucceeded()`, `onFailed()` or a `notificationTopic`, and where a bus is given.
   *
   * @default - the default bus of the account
   */
  readonly eventBus?: events.IEventBus;

  /**
   * A topic that is told how the job ended: ids, status and counts. EventBridge publishes to it, and the alarm of detached imports does: the policy
   * of the key of an encrypted topic has to allow `events.amazonaws.com` and `cloudwatch.amazonaws.com` the actions `kms:Decrypt` and
   * `kms:GenerateDataKey*`; so has the policy of a topic that is not of this app to allow them `sns:Publish`.
   *
   * @see https://docs.aws.amazon.com/sns/latest/dg/sns-key-management.html
   * @default - nobody is notified
   */
  readonly notificationTopic?: sns.ITopic;

  /**
   * Whether a report is made of what could not be imported: `report.json` beside the results, with counts by file, resource type and reason, and
   * where the first of each are. It holds no values of resources. Without it, errors are judged by the counts that HealthLake shows of the job,
   * which leave out whose errors they are, and the deployment doesn't say why resources failed.
   *
   * @default true
   */
  readonly failureReport?: boolean;

  /**
   * What HealthLake reads in one job. Data beyond it is warned of in the log.
   *
   * @default - the quotas of today
   */
  readonly quotas?: ImportQuotas;

  /**
   * The customer managed key that the data store is encrypted with. AWS asks users of such a data store's FHIR API for permissions on the
   * key; whether it asks them of whoever starts an import is not documented. With this set, the operator role has them.
   *
   * @default - the operator role has no permissions on the data store's key
   */
  readonly datastoreEncryptionKey?: kms.IKeyRef;
}

/** The properties without which no resource of an import can be looked after. */
type CalledProperties = Omit<ImportWaitProperties, 'JobId' | 'TimeoutSeconds' | 'LegsBefore'>;

const DEFAULT_JOB_NAME_PREFIX = 'fhir-import';

/**
 * One import of one set of FHIR R4 data into an AWS HealthLake data store, as part of the deployment.
 *
 * The deployment starts the import job, waits until it has ended, and fails with the reason if the import failed. **An import overwrites
 * resources with the same id**; so a data set is imported into a data store once, whatever happens to the stack.
 *
 * @see https://docs.aws.amazon.com/healthlake/latest/devguide/importing-fhir-data.html
 */
export class FhirImport extends ObservableImport {
  /** The role that HealthLake assumes. */
  public readonly dataAccessRole: iam.IRole;

  /** The role that the provider's functions assume for this import, and for nothing else. */
  public readonly operatorRole: iam.IRole;

  /** The role that the provider's report function assumes for this import; undefined if there are no reports. */
  public readonly reportRole?: iam.IRole;

  /** The output bucket and its key, and the input bucket of `FhirSource.storage()`. */
  public readonly storage: IFhirStorage;

  /** The provider of this import: its functions start the job and poll it. Its log group and its alarm are members of it. */
  public readonly provider: FhirImportProvider;

  /** The statements that the data access role needs: add them to a role of your own. */
  public readonly dataAccessStatements: iam.PolicyStatement[];

  /** The statements that the policy of an input bucket in another account needs: add them to that policy. */
  public readonly sourceBucketStatements: iam.PolicyStatement[];

  /** The statements that the policies of the input's keys in another account need: add them to those policies. Empty if the input has no known key. */
  public readonly sourceKeyStatements: iam.PolicyStatement[];

  private readonly job: CustomResource;
  /** Undefined for a detached import. */
  private readonly outcome?: CustomResource;
  private readonly input: FhirSourceLocation;
  private readonly operatorPolicy = new iam.PolicyDocument();
  /** @internal */
  protected readonly _inputS3Uri: string;
  /** @internal */
  protected readonly _dimensions: MetricDimensions;
  /** @internal */
  protected readonly _eventBus?: events.IEventBus;

  /**
   * @throws if HealthLake would reject a name or a location, if the results would be written into the input, or if the data store is
   *   known to be in another Region or account.
   */
  constructor(scope: Construct, id: string, props: FhirImportProps) {
    super(scope, id);
    validateJobNamePrefix(props.jobNamePrefix);
    validateRevision(props.revision);

    const storeArn = datastoreArn(this, props.datastore);
    this._dimensions = { DatastoreId: props.datastore.fhirDatastoreRef.datastoreId, ConstructPath: dimensionValue(this.node.path) };
    this._eventBus = props.eventBus;
    this.storage = props.storage ?? FhirStorage._ofStack(this);
    this.input = props.source._locate(this.storage);
    this._inputS3Uri = s3Uri(this.input.bucket.bucketName, this.input.prefix);
    const output: Location = {
      bucket: this.storage.outputBucket,
      prefix: normalizePrefix(props.outputPrefix ?? this.defaultOutputPrefix(), 'outputPrefix'),
    };
    this.validateOutputOutsideInput(output);

    this.dataAccessStatements = dataAccessStatements(this.input, this.input.encryptionKeys, output, this.storage.outputKey);
    this.dataAccessRole = props.dataAccessRole ?? createDataAccessRole(this, storeArn, this.dataAccessStatements);
    this.sourceBucketStatements = readInputStatements(this.input).map((statement) => this.forDataAccessRole(statement));
    this.sourceKeyStatements = decryptInputStatements(this.input.encryptionKeys).map((statement) => this.forDataAccessRole(statement));
    this.provider = props.provider ?? FhirImportProvider._ofStack(this);
    const provider = this.provider;
    const report = props.failureReport === false ? undefined : this.createReport(provider, output, props.datastore);
    this.reportRole = report?.role;
    const completion = props.completion ?? Completion.waitFor();
    const watch = completion.isDetached ? provider._monitor() : undefined;
    this.operatorRole = createAssumedRole(this, 'OperatorRole', {
      description: 'Starts and watches FHIR import jobs',
      assumedBy: [provider.handlerRole, ...(watch ? [watch.role] : [])],
      policyName: 'Operator',
      policy: this.operatorPolicy,
      after: [...provider._functions, ...(watch ? [watch.stateMachine] : [])],
    });
    this.operatorPolicy.addStatements(...operatorStatements({
      datastoreArn: storeArn,
      dataAccessRoleArn: this.dataAccessRole.roleArn,
      input: this.input,
      output,
      reportFunctionArn: report?.wire.FunctionArn,
      stateMachineArn: watch?.stateMachine.stateMachineArn,
      datastoreEncryptionKey: props.datastoreEncryptionKey,
    }));

    const called = {
      ContractVersion: CONTRACT_VERSION,
      ...this._dimensions,
      OperatorRoleArn: this.operatorRole.roleArn,
    };
    const common = {
      ...called,
      ErrorTolerance: (props.errorTolerance ?? ErrorTolerance.none())._render(),
      OutputS3Uri: s3Uri(output.bucket.bucketName, output.prefix),
      InputS3Uri: this._inputS3Uri,
      Report: report?.wire,
    };
    const dataSet = { ValidationLevel: props.validationLevel ?? ValidationLevel.STRICT, Revision: props.revision };
    const jobProperties: ImportJobProperties = {
      ...common,
      EventBusArn: watch && this._announcedBusArn,
      Watch: watch && { StateMachineArn: watch.stateMachine.stateMachineArn, GiveUpAfterSeconds: completion._giveUpAfterSeconds },
      OutputKmsKeyId: this.storage.outputKey.keyArn,
      DataAccessRoleArn: this.dataAccessRole.roleArn,
      JobNamePrefix: props.jobNamePrefix ?? DEFAULT_JOB_NAME_PREFIX,
      ...dataSet,
      AlreadyImported: props.alreadyImported ? 'true' : undefined,
      DatastoreInApp: isOfApp(props.datastore) ? 'true' : undefined,
      Quotas: renderQuotas(props.quotas),
    };
    // CloudFormation refuses a changed service token; with an id of its own, a resource of another provider is a new one, which adopts.
    const suffix = props.provider ? props.provider.node.addr.slice(-8) : '';
    this.job = this.createResource(`Job${suffix}`, provider, JOB_RESOURCE_TYPE, jobProperties, Duration.minutes(JOB_TIMEOUT_MINUTES));
    this.job.node.addDependency(this.dataAccessRole, this.operatorRole);

    if (!completion.isDetached) {
      const judging = { ...common, ...dataSet, EventBusArn: this._announcedBusArn };
      this.outcome = this.createOutcome(suffix, provider, completion._shares(), called, judging);
    }
    if (watch || props.eventBus) {
      this._announce();
    }
    if (props.notificationTopic) {
      this._notify(props.notificationTopic, watch);
    }

    checkWhenFinished({
      construct: this,
      datastore: props.datastore,
      dataSet: [this._inputS3Uri, dataSet.ValidationLevel, dataSet.Revision],
      first: this.job.node.defaultChild as CfnResource,
      last: (this.outcome ?? this.job).node.defaultChild as CfnResource,
    });
  }

  /** The id of the import job: once it has ended, or once HealthLake has accepted it if the import is detached. */
  public get jobId(): string {
    return this.outcome?.getAttString('JobId') ?? this.job.getAttString('JobId');
  }

  /**
   * The status that the import job ended with. If the import is detached, using it fails the synthesis, because the deployment doesn't wait for the
   * job. The same applies to `outputLocation`, `reportLocation` and the counts of resources.
   */
  public get jobStatus(): string {
    return this.result('JobStatus');
  }

  /** The S3 URI of the folder with the job's manifest and its SUCCESS and FAILURE files. */
  public get outputLocation(): string {
    return this.result('OutputLocation');
  }

  /** The S3 URI of the report on what could not be imported; `UNKNOWN` if there is none. */
  public get reportLocation(): string {
    return this.result('ReportLocation');
  }

  /** How many resources HealthLake read, as a string; `UNKNOWN` if it didn't say. */
  public get resourcesScanned(): string {
    return this.result('ResourcesScanned');
  }

  /** How many resources HealthLake imported, as a string; `UNKNOWN` if it didn't say. */
  public get resourcesImported(): string {
    return this.result('ResourcesImported');
  }

  /** How many resources HealthLake could not import, as a string; `UNKNOWN` if it didn't say. */
  public get resourcesFailed(): string {
    return this.result('ResourcesFailed');
  }

  /**
   * Starts the job only after these constructs have been deployed, for example an upload into the input bucket or another import.
   *
   * It orders the job, not the buckets and roles of this import.
   *
   * @throws if one of them contains this import.
   */
  public executeAfter(...constructs: IConstruct[]): void {
    constructs.forEach((construct) => this.validateOrder('executeAfter', construct));
    this.job.node.addDependency(...constructs);
  }

  /**
   * Deploys these constructs only after the import has succeeded; if it is detached, after its job was accepted, which is all that a deployment
   * learns of it.
   *
   * @throws if one of them contains this import.
   */
  public executeBefore(...constructs: IConstruct[]): void {
    for (const construct of constructs) {
      this.validateOrder('executeBefore', construct);
      construct.node.addDependency(this.job, ...(this.outcome ? [this.outcome] : []));
    }
  }

  /** @internal */
  protected _startAfter(...dependables: IDependable[]): void {
    this.job.node.addDependency(...dependables);
  }

  /** @internal */
  protected _allowOperator(statement: iam.PolicyStatement): void {
    this.operatorPolicy.addStatements(statement);
  }

  private result(name: keyof ImportOutcomeAttributes): string {
    // A token throws when it is used. A getter that throws would break debuggers, which read all members.
    return this.outcome?.getAttString(name) ?? Lazy.string({
      produce: () => {
        throw new Error(`the deployment does not wait for the detached import "${this.node.path}" and has no ${name} of it; `
          + 'act on its event, see onSucceeded(), or use Completion.waitFor()');
      },
    });
  }

  private createOutcome(suffix: string, provider: FhirImportProvider, shares: Duration[], called: CalledProperties,
    judging: Omit<ImportOutcomeProperties, 'JobId' | 'TimeoutSeconds'>): CustomResource {
    const inTurn = (turn: number) => ({
      JobId: this.job.getAttString('JobId'),
      TimeoutSeconds: text(shares[turn].toSeconds()),
      LegsBefore: turn === 0 ? undefined : String(turn),
    });
    const legs = shares.slice(0, -1).map((share, turn) =>
      this.createResource(`Wait${turn + 1}${suffix}`, provider, WAIT_RESOURCE_TYPE, { ...called, ...inTurn(turn) }, share));
    const outcome = this.createResource(`Outcome${suffix}`, provider, OUTCOME_RESOURCE_TYPE, { ...judging, ...inTurn(legs.length) }, shares[legs.length]);
    [...legs, outcome].forEach((resource, turn) =>
      resource.node.addDependency(this.operatorRole, ...(turn > 0 ? [legs[turn - 1]] : [])));
    return outcome;
  }

  private createResource(id: string, provider: FhirImportProvider, resourceType: string,
    properties: ImportJobProperties | ImportWaitProperties | ImportOutcomeProperties, timeout: Duration): CustomResource {
    return new CustomResource(this, id, {
      serviceToken: provider.serviceToken,
      resourceType,
      properties: { ...properties },
      // A bound for CloudFormation if no answer comes at all. Tokens can't be added up.
      serviceTimeout: timeout.isUnresolved() ? undefined : timeout.plus(Duration.minutes(ANSWER_MARGIN_MINUTES)),
      removalPolicy: RemovalPolicy.RETAIN, // jobs can't be cancelled and imports not be undone: there is nothing to call for
    });
  }

  private createReport(provider: FhirImportProvider, output: Location, { fhirDatastoreRef }: IFHIRDatastoreRef):
  { readonly role: iam.Role; readonly wire: ContractReport } {
    const statements = reportStatements(output, this.storage.outputKey, fhirDatastoreRef.datastoreId);
    const { fn, role: functionRole } = provider._reportFunction();
    const role = createAssumedRole(this, 'ReportRole', {
      description: 'Reports on the results of FHIR import jobs',
      assumedBy: [functionRole],
      policyName: 'Report',
      policy: new iam.PolicyDocument({ statements }),
      after: [fn],
    });
    return { role, wire: { FunctionArn: fn.functionArn, RoleArn: role.roleArn } };
  }

  private defaultOutputPrefix(): string {
    return `${this.node.id.replace(/[^A-Za-z0-9]+/g, '-').slice(0, 40)}-${this.node.addr.slice(-8)}/`;
  }

  private validateOutputOutsideInput(output: Location): void {
    const comparable = !Token.isUnresolved(this.input.prefix) && !Token.isUnresolved(output.prefix);
    if (comparable && output.prefix.startsWith(this.input.prefix) && isSameBucket(this.input.bucket, output.bucket)) {
      throw new Error(`the results would be written into the input: outputPrefix "${output.prefix}" is inside the source's prefix `
        + `"${this.input.prefix}" of the same bucket; give them different folders`);
    }
  }

  private validateOrder(method: string, construct: IConstruct): void {
    if (this.node.scopes.includes(construct)) {
      throw new Error(`${method}("${construct.node.path}") would make the import wait for itself, because that construct contains it; `
        + 'name the constructs inside it that have to be ordered');
    }
  }

  private forDataAccessRole(statement: iam.PolicyStatement): iam.PolicyStatement {
    return statement.copy({ principals: [new iam.ArnPrincipal(this.dataAccessRole.roleArn)] });
  }
}
