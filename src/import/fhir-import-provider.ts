import * as path from 'node:path';
import { ArnFormat, Duration, RemovalPolicy, Stack } from 'aws-cdk-lib';
import type * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import type * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import * as logs from 'aws-cdk-lib/aws-logs';
import * as cr from 'aws-cdk-lib/custom-resources';
import { Construct, type IDependable } from 'constructs';
import { ImportWatch } from './private/import-watch';
import { ofStack } from '../private/of-stack';

/** Properties of `FhirImportProvider`. */
export interface FhirImportProviderProps {
  /**
   * The VPC to run the functions in. They need to reach healthlake, sts, lambda, states, s3, kms and cloudformation,
   * and events for imports that put events.
   *
   * @default - the functions run outside a VPC
   */
  readonly vpc?: ec2.IVpc;

  /**
   * Which subnets of the VPC.
   *
   * @default - the VPC's default strategy
   */
  readonly vpcSubnets?: ec2.SubnetSelection;

  /**
   * The security groups of the functions. Only outbound HTTPS is needed.
   *
   * @default - a new security group for each function, if a VPC is given
   */
  readonly securityGroups?: ec2.ISecurityGroup[];

  /**
   * Where the functions log to. Logs hold no patient data.
   *
   * @default - a new log group, kept for one year and retained when the stack is deleted
   */
  readonly logGroup?: logs.ILogGroupRef;

  /**
   * The role of the functions that talk to HealthLake. It can write to the log group (and in a VPC manage network interfaces), nothing
   * else: for each import they assume that import's operator role. A supplied role is given these permissions, unless it is immutable.
   * It can't be one of the framework's roles.
   *
   * @default - a new role
   */
  readonly handlerRole?: iam.IRole;

  /**
   * The role of the provider framework's onEvent function. A supplied role is given what the function needs, unless it is immutable.
   *
   * @default - a new role
   */
  readonly frameworkOnEventRole?: iam.IRole;

  /**
   * The role of the provider framework's isComplete and onTimeout functions. A supplied role is given what they need, unless it is
   * immutable. It can't be the role of `frameworkOnEventRole`.
   *
   * @default - a new role
   */
  readonly frameworkCompleteAndTimeoutRole?: iam.IRole;

  /**
   * The role of the function that makes the reports. It can write to the log group (and in a VPC manage network interfaces), nothing else:
   * for each import it assumes that import's report role. A supplied role is given these permissions, unless it is immutable. It can't be
   * one of the other roles.
   *
   * @default - a new role
   */
  readonly reportFunctionRole?: iam.IRole;

  /**
   * The role of the state machine that watches detached imports. It can invoke the function that judges them, and deliver logs and traces; to ask
   * for a job it assumes the operator role of that import. A supplied role is given these permissions, unless it is immutable; it has to let
   * `states.amazonaws.com` assume it. It can't be one of the other roles.
   *
   * @default - a new role
   */
  readonly monitorRole?: iam.IRole;
}

const ROLES = ['handlerRole', 'frameworkOnEventRole', 'frameworkCompleteAndTimeoutRole', 'reportFunctionRole', 'monitorRole'] as const;

/** Why one of the roles can't be one of those before it, unless that makes a circular dependency. */
const WHY_NOT_SHARED: { readonly [Name in typeof ROLES[number]]?: string } = {
  reportFunctionRole: 'would let other functions read what failed',
  monitorRole: 'would let the state machine do what these functions may',
};

/** A report on a gigabyte of failures takes 10 to 20 seconds; the caller waits for it, and has a time-out of five minutes. */
const REPORT_TIMEOUT_MINUTES = 3;

/** The amount of memory for which Lambda gives one vCPU; `npm run bench` prints the CPU time and the memory of a report. */
const REPORT_MEMORY_MIB = 1769;

/** The function that makes the reports. */
interface ReportFunction {
  readonly fn: lambda.Function;
  readonly role: iam.IRole;
}

/** How often the framework asks whether a resource is complete; within an invocation the handler looks more often. */
const QUERY_INTERVAL = Duration.seconds(10);

/**
 * The framework counts attempts, not time, and CloudFormation stops listening at 3600 s. The handler's own deadlines come before this.
 */
const TOTAL_TIMEOUT = Duration.minutes(55);

/**
 * The functions behind the custom resources of imports, shared by all imports of a stack.
 *
 * @see https://docs.aws.amazon.com/cdk/api/v2/docs/aws-cdk-lib.custom_resources-readme.html#provider-framework
 */
export class FhirImportProvider extends Construct {
  /**
   * The provider that imports of a stack share if they name none.
   *
   * @internal
   */
  public static _ofStack(scope: Construct): FhirImportProvider {
    return ofStack(scope, 'FhirImportProvider', FhirImportProvider, 'provider', (stack, id) => new FhirImportProvider(stack, id));
  }

  /** The service token for custom resources. */
  public readonly serviceToken: string;

  /** The role of the functions that talk to HealthLake: the only principal that operator roles trust, save that of the watch of detached imports. */
  public readonly handlerRole: iam.IRole;

  /** The log group of the functions. */
  public readonly logGroup: logs.ILogGroup;

  /**
   * What must be there before an import's roles are made: a function is created only when its role can be assumed, so a role that
   * names the handler role in its trust policy is not refused because that one is seconds old.
   *
   * @internal
   */
  public readonly _functions: IDependable[];

  private readonly props: FhirImportProviderProps;
  private readonly isComplete: lambda.Function;
  private report?: ReportFunction;
  private watch?: ImportWatch;
  private readonly logGroupRef: logs.ILogGroupRef;
  private readonly functionLogs: logs.ILogGroup;

  /**
   * @throws if subnets or security groups are given without a VPC, or one role twice.
   */
  constructor(scope: Construct, id: string, props: FhirImportProviderProps = {}) {
    super(scope, id);
    validate(props);
    this.props = props;

    this.logGroupRef = props.logGroup ?? new logs.LogGroup(this, 'LogGroup', {
      retention: logs.RetentionDays.ONE_YEAR,
      removalPolicy: RemovalPolicy.RETAIN, // it is needed most after a deployment that failed and was rolled back
    });
    // A reference, such as an L1, doesn't have the methods of a log group.
    this.functionLogs = logs.LogGroup.fromLogGroupName(this, 'FunctionLogs', this.logGroupRef.logGroupRef.logGroupName);
    this.logGroup = this.logGroupRef instanceof logs.LogGroup ? this.logGroupRef : this.functionLogs;

    this.handlerRole = props.handlerRole ?? this.createRole('HandlerRole', 'Runs the functions that look after FHIR imports');
    this.allowFunctionBasics(props.handlerRole);
    const onEvent = this.createHandler('OnEvent', 'index.onEvent');
    const isComplete = this.createHandler('IsComplete', 'index.isComplete');
    this.isComplete = isComplete;
    this._functions = [onEvent, isComplete];

    const invokeHandlers = () => new iam.PolicyDocument({
      statements: [new iam.PolicyStatement({
        actions: ['lambda:InvokeFunction', 'lambda:GetFunction'],
        resources: [onEvent.functionArn, isComplete.functionArn],
      })],
    });
    const startWaiter = new iam.PolicyDocument();
    this.allowFunctionBasics(props.frameworkOnEventRole);
    this.allowFunctionBasics(props.frameworkCompleteAndTimeoutRole);
    const provider = new cr.Provider(this, 'Provider', {
      onEventHandler: onEvent,
      isCompleteHandler: isComplete,
      queryInterval: QUERY_INTERVAL,
      totalTimeout: TOTAL_TIMEOUT,
      logGroup: this.functionLogs,
      vpc: props.vpc,
      vpcSubnets: props.vpcSubnets,
      securityGroups: props.securityGroups,
      // The framework's own grants add two policies and end in `:*`; for roles of our own they are written out in the role.
      frameworkOnEventRole: props.frameworkOnEventRole ?? this.createRole('FrameworkOnEventRole', 'Runs the provider framework',
        { Invoke: invokeHandlers(), StartWaiter: startWaiter }).withoutPolicyUpdates(),
      frameworkCompleteAndTimeoutRole: props.frameworkCompleteAndTimeoutRole ?? this.createRole('FrameworkCompleteAndTimeoutRole',
        'Runs the provider framework', { Invoke: invokeHandlers() }).withoutPolicyUpdates(),
      // The framework logs requests, and the waiter's input, with CloudFormation's pre-signed response URL.
      frameworkLambdaLoggingLevel: lambda.ApplicationLogLevel.FATAL,
      disableWaiterStateMachineLogging: true,
    });
    const waiter = provider.node.findChild('waiter-state-machine') as cr.WaiterStateMachine;
    startWaiter.addStatements(new iam.PolicyStatement({ actions: ['states:StartExecution'], resources: [waiter.stateMachineArn] }));
    this.serviceToken = provider.serviceToken;
  }

  /**
   * The function that makes the reports, made with the first import that wants one.
   *
   * @internal
   */
  public _reportFunction(): ReportFunction {
    this.report ??= this.createReportFunction();
    return this.report;
  }

  /**
   * What watches the jobs of detached imports, made with the first of them.
   *
   * @internal
   */
  public _monitor(): ImportWatch {
    this.watch ??= new ImportWatch(this, 'Watch', { judge: this.isComplete, role: this.props.monitorRole, logGroup: this.props.logGroup });
    return this.watch;
  }

  /**
   * Returns the alarm that fires when a detached import fails or can't be monitored. Creates the monitor if no import of this provider is detached yet.
   *
   * The alarm notifies the `notificationTopic` of each detached import that is in the stack of the provider, or whose topic is in that stack or named
   * by its ARN. Add further actions to it.
   */
  public monitorAlarm(): cloudwatch.Alarm {
    return this._monitor().alarm;
  }

  private createReportFunction(): ReportFunction {
    const role = this.props.reportFunctionRole ?? this.createRole('ReportFunctionRole', 'Runs the function that reports on FHIR imports');
    this.allowFunctionBasics(this.props.reportFunctionRole);
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
      timeout: Duration.minutes(5),
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

  private createRole(id: string, description: string, policies: Record<string, iam.PolicyDocument> = {}): iam.Role {
    return new iam.Role(this, id, {
      description,
      assumedBy: new iam.ServicePrincipal('lambda.amazonaws.com'),
      inlinePolicies: { Function: new iam.PolicyDocument({ statements: this.functionBasics() }), ...policies },
    });
  }

  private allowFunctionBasics(supplied?: iam.IRole): void {
    this.functionBasics().forEach((statement) => supplied?.addToPrincipalPolicy(statement));
  }

  private functionBasics(): iam.PolicyStatement[] {
    return [
      new iam.PolicyStatement({
        actions: ['logs:CreateLogStream', 'logs:PutLogEvents'],
        resources: [this.logStreams()],
      }),
      ...(this.props.vpc ? [networkInterfaces()] : []),
    ];
  }

  /** The streams of the one log group: Lambda names them. */
  private logStreams(): string {
    return Stack.of(this).formatArn({
      service: 'logs',
      region: this.logGroupRef.env.region,
      account: this.logGroupRef.env.account,
      resource: 'log-group',
      resourceName: `${this.logGroupRef.logGroupRef.logGroupName}:*`,
      arnFormat: ArnFormat.COLON_RESOURCE_NAME,
    });
  }
}

function networkInterfaces(): iam.PolicyStatement {
  return new iam.PolicyStatement({
    actions: [
      'ec2:CreateNetworkInterface',
      'ec2:DescribeNetworkInterfaces',
      'ec2:DescribeSubnets',
      'ec2:DeleteNetworkInterface',
      'ec2:AssignPrivateIpAddresses',
      'ec2:UnassignPrivateIpAddresses',
    ],
    // Lambda checks these permissions without naming a resource: https://docs.aws.amazon.com/lambda/latest/dg/configuration-vpc.html
    resources: ['*'],
  });
}

function validate(props: FhirImportProviderProps): void {
  for (const name of ['vpcSubnets', 'securityGroups'] as const) {
    if (props[name] && !props.vpc) {
      throw new Error(`${name} has no meaning without a VPC; give vpc too, or leave ${name} out`);
    }
  }
  ROLES.forEach((name, index) => {
    const role = props[name];
    const twin = ROLES.slice(0, index).find((other) => role && props[other] === role);
    if (role && twin) {
      throw new Error(`${twin} and ${name} are the same role "${role.node.path}", which ${WHY_NOT_SHARED[name] ?? 'makes a circular dependency'}; `
        + 'give each its own role');
    }
  });
}
