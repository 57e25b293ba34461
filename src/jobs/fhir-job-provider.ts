import * as path from 'node:path';
import { Duration, Lazy, RemovalPolicy } from 'aws-cdk-lib';
import type * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import * as logs from 'aws-cdk-lib/aws-logs';
import type * as sfn from 'aws-cdk-lib/aws-stepfunctions';
import * as cr from 'aws-cdk-lib/custom-resources';
import { Construct, Dependable, type IDependable } from 'constructs';
import type { FhirJobProviderProps } from './fhir-job-provider-props';
import { HANDLER_TIMEOUT_MINUTES, QUERY_INTERVAL_SECONDS, REPORT_TIMEOUT_MINUTES } from '../contract';
import { EXPORT } from '../export/private/kind';
import { IMPORT } from '../import/private/kind';
import { validateProviderResources } from './private/checks/provider-resources';
import { suppliedRoles } from './private/function-roles';
import type { Kind } from './private/kind';
import { Monitor, sendTraces } from './private/monitor';
import type { ReportFunction } from './private/report';
import { FunctionRoles } from '../private/function-roles';
import { brand, ofStack } from '../private/of-stack';

/** The memory of the report function. With this amount, Lambda provides one vCPU. `npm run bench` prints the CPU time and the memory of a report. */
const REPORT_MEMORY_MIB = 1769;

/**
 * The time-out of the provider framework. It is longer than the handler's own time-outs. It is shorter than CloudFormation's limit of 60 minutes, because the
 * framework counts attempts instead of time and so can exceed its time-out.
 */
const TOTAL_TIMEOUT = Duration.minutes(55);

/**
 * The functions behind the custom resources of imports and exports. The imports and exports of a stack share one provider unless you set their `provider`
 * property.
 *
 * @see https://docs.aws.amazon.com/cdk/api/v2/docs/aws-cdk-lib.custom_resources-readme.html#provider-framework
 * @example
 *
 * const provider = new FhirJobProvider(this, 'Provider', { vpc });
 * provider.monitorAlarm().addAlarmAction(new actions.SnsAction(operations));
 *
 * new FhirImport(this, 'Import', { datastore, source, provider, completion: Completion.detached() });
 */
export class FhirJobProvider extends Construct {
  /**
   * Returns the provider that the imports and exports of a stack share if they have no `provider` property.
   *
   * @internal
   */
  public static _ofStack(scope: Construct): FhirJobProvider {
    return ofStack(scope, 'FhirImportProvider', 'provider', (stack, id) => new FhirJobProvider(stack, id));
  }

  /** The service token of the custom resources. */
  public readonly serviceToken: string;

  /** The role of the functions that call HealthLake. Operator roles trust this role. For detached and scheduled jobs, they also trust the role of the monitor. */
  public readonly handlerRole: iam.IRole;

  /** The log group of the functions. */
  public readonly logGroup: logs.ILogGroup;

  /**
   * The constructs that must be deployed before an operator role. They include the functions that run as the handler role: IAM can reject a new handler role
   * as a principal, but accepts the role when Lambda has accepted it. In a VPC, they also include the endpoints, which the functions need for every call.
   *
   * @internal
   */
  public readonly _functions: IDependable[];

  private readonly props: FhirJobProviderProps;
  private readonly roles: FunctionRoles;
  private readonly functionLogs: logs.ILogGroup;
  private readonly isComplete: lambda.Function;
  private report?: ReportFunction;
  private readonly monitors = new Map<Kind['name'], Monitor>();

  /**
   * @throws if subnets or security groups are given without a VPC, if no subnet is selected, if a security group is known to belong to another VPC, if one role
   *   is given twice, if a role is not an IAM role, if the name of the log group is not valid, or if a role, the log group, the VPC or a security group is known
   *   to be in another account or Region.
   */
  constructor(scope: Construct, id: string, props: FhirJobProviderProps = {}) {
    super(scope, id);
    validateProviderResources(this, props);
    this.props = props;

    const logGroup = props.logGroup ?? new logs.LogGroup(this, 'LogGroup', {
      retention: logs.RetentionDays.ONE_YEAR,
      removalPolicy: RemovalPolicy.RETAIN, // the logs are needed most after a deployment that failed and was rolled back
    });
    // `logGroup` may be an L1 construct, which doesn't have the methods of `ILogGroup`.
    this.functionLogs = logs.LogGroup.fromLogGroupName(this, 'FunctionLogs', logGroup.logGroupRef.logGroupName);
    this.logGroup = logGroup instanceof logs.LogGroup ? logGroup : this.functionLogs;
    this.roles = new FunctionRoles(this, logGroup, props.vpc !== undefined);

    this.handlerRole = props.handlerRole ?? this.roles.create('HandlerRole', 'Runs the functions that look after FHIR imports');
    this.roles.allowBasics(props.handlerRole);
    const onEvent = this.createHandler('OnEvent', 'index.onEvent');
    const isComplete = this.createHandler('IsComplete', 'index.isComplete');
    this.isComplete = isComplete;
    this._functions = [onEvent, isComplete, ...(props.vpc ? [endpointsOf(props.vpc)] : [])];

    const invokeHandlers = () => new iam.PolicyDocument({
      statements: [new iam.PolicyStatement({
        actions: ['lambda:InvokeFunction', 'lambda:GetFunction'],
        resources: [onEvent.functionArn, isComplete.functionArn],
      })],
    });
    const startWaiter = new iam.PolicyDocument({
      statements: [new iam.PolicyStatement({
        actions: ['states:StartExecution'],
        resources: [Lazy.string({ produce: () => waiter.stateMachineArn })], // the framework creates the waiter after this role
      })],
    });
    this.roles.allowBasics(props.frameworkOnEventRole);
    this.roles.allowBasics(props.frameworkCompleteAndTimeoutRole);
    const provider = new cr.Provider(this, 'Provider', {
      onEventHandler: onEvent,
      isCompleteHandler: isComplete,
      queryInterval: Duration.seconds(QUERY_INTERVAL_SECONDS),
      totalTimeout: TOTAL_TIMEOUT,
      logGroup: this.functionLogs,
      vpc: props.vpc,
      vpcSubnets: props.vpcSubnets,
      securityGroups: props.securityGroups,
      // The framework's own grants would add two policies with ARNs that end in `:*`. These roles ignore the grants.
      frameworkOnEventRole: props.frameworkOnEventRole
        ?? this.roles.createForFramework('FrameworkOnEventRole', { Invoke: invokeHandlers(), StartWaiter: startWaiter }),
      frameworkCompleteAndTimeoutRole: props.frameworkCompleteAndTimeoutRole
        ?? this.roles.createForFramework('FrameworkCompleteAndTimeoutRole', { Invoke: invokeHandlers() }),
      // At other log levels, the framework logs requests and waiter inputs, which have CloudFormation's pre-signed response URL.
      frameworkLambdaLoggingLevel: lambda.ApplicationLogLevel.FATAL,
      disableWaiterStateMachineLogging: true,
    });
    const waiter = provider.node.findChild('waiter-state-machine') as cr.WaiterStateMachine;
    // The provider framework has no option for tracing.
    (waiter.node.defaultChild as sfn.CfnStateMachine).tracingConfiguration = { enabled: true };
    (waiter.node.findChild('Role') as iam.Role).addToPrincipalPolicy(sendTraces());
    this.serviceToken = provider.serviceToken;
  }

  /**
   * Returns whether a role has the same ARN as the handler role or a role that was supplied to this provider.
   *
   * @internal
   */
  public _hasRole({ roleArn }: iam.IRole): boolean {
    return [this.handlerRole, ...suppliedRoles(this.props).map(([, role]) => role)].some((own) => own.roleArn === roleArn);
  }

  /**
   * Returns the function that writes reports. Creates it for the first import or export with a report.
   *
   * @internal
   */
  public _reportFunction(): ReportFunction {
    this.report ??= this.createReportFunction();
    return this.report;
  }

  /**
   * Returns the monitor of a kind of job. Creates it on the first call for this kind.
   *
   * @internal
   */
  public _monitor(kind: Kind): Monitor {
    const monitor = this.monitors.get(kind.name)
      ?? new Monitor(this, { kind, judge: this.isComplete, role: this.props.monitorRole, logGroup: this.props.logGroup });
    this.monitors.set(kind.name, monitor);
    return monitor;
  }

  /**
   * Returns the alarm that fires when a detached import fails or can't be monitored. Creates the monitor if no import of this provider is detached yet.
   *
   * The alarm notifies the `notificationTopic` of a detached import if the import or the topic is in the stack of the provider, or if the ARN of the topic is
   * known at synthesis. Add further actions to the alarm.
   */
  public monitorAlarm(): cloudwatch.Alarm {
    return this._monitor(IMPORT).alarm;
  }

  /** Returns the alarm that fires when a detached or scheduled export fails or can't be monitored. Otherwise it behaves like `monitorAlarm()`. */
  public exportMonitorAlarm(): cloudwatch.Alarm {
    return this._monitor(EXPORT).alarm;
  }

  private createReportFunction(): ReportFunction {
    const role = this.props.reportFunctionRole ?? this.roles.create('ReportFunctionRole', 'Runs the function that reports on FHIR imports');
    this.roles.allowBasics(this.props.reportFunctionRole);
    const fn = new lambda.Function(this, 'Report', {
      ...this.functionProps('report/index', 'index.handler', role),
      description: 'Reports on the results of FHIR imports',
      timeout: Duration.minutes(REPORT_TIMEOUT_MINUTES),
      memorySize: REPORT_MEMORY_MIB,
    });
    return { fn, role };
  }

  private createHandler(id: string, handler: string): lambda.Function {
    return new lambda.Function(this, id, {
      ...this.functionProps('index', handler, this.handlerRole),
      description: 'Starts FHIR import jobs and waits for their outcome',
      timeout: Duration.minutes(HANDLER_TIMEOUT_MINUTES),
      memorySize: 256,
    });
  }

  private functionProps(asset: string, handler: string, role: iam.IRole): lambda.FunctionProps {
    return {
      code: lambda.Code.fromAsset(path.join(__dirname, '..', '..', 'assets', 'lambda', asset)),
      handler,
      runtime: lambda.determineLatestNodeRuntime(this),
      role,
      logGroup: this.functionLogs,
      vpc: this.props.vpc,
      vpcSubnets: this.props.vpcSubnets,
      securityGroups: this.props.securityGroups,
    };
  }
}

brand(FhirJobProvider, 'FhirImportProvider');

/** Returns the endpoints that are constructs under a VPC, including endpoints that are added later. */
function endpointsOf(vpc: ec2.IVpc): IDependable {
  const endpoints = {};
  Dependable.implement(endpoints, {
    get dependencyRoots() {
      return vpc.node.findAll().filter((child) => child instanceof ec2.VpcEndpoint);
    },
  });
  return endpoints;
}
