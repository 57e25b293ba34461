import { Aws, Duration, Fn, RemovalPolicy, Stack, Token } from 'aws-cdk-lib';
import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import * as actions from 'aws-cdk-lib/aws-cloudwatch-actions';
import * as iam from 'aws-cdk-lib/aws-iam';
import type * as lambda from 'aws-cdk-lib/aws-lambda';
import * as logs from 'aws-cdk-lib/aws-logs';
import type * as sns from 'aws-cdk-lib/aws-sns';
import * as sfn from 'aws-cdk-lib/aws-stepfunctions';
import { Construct, type IConstruct } from 'constructs';
import type { Kind } from './kind';
import { monitorDefinition } from './monitor-definition';
import { validateEnvironment } from '../../private/checks/environment';
import { CompleteRole } from '../../private/complete-role';

/** Properties of `Monitor`. */
export interface MonitorProps {
  readonly kind: Kind;
  /** The function that judges a job. */
  readonly judge: lambda.IFunction;
  /** The role of the state machine. Undefined for a new role. */
  readonly role?: iam.IRole;
  /** The log group of the state machine. Undefined for a new log group. */
  readonly logGroup?: logs.ILogGroupRef;
}

/**
 * The maximum number of actions of an alarm.
 *
 * @see https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutMetricAlarm.html
 */
const MAX_ACTIONS = 5;

/** The state machine that follows detached and scheduled jobs to their end, and its alarm. All such jobs of one kind and provider share it. */
export class Monitor extends Construct {
  /** The role of the state machine. To describe a job, the role assumes the operator role of the job. */
  public readonly role: iam.IRole;
  public readonly stateMachine: sfn.StateMachine;
  /** The alarm that fires when a detached or scheduled job fails or can't be monitored. */
  public readonly alarm: cloudwatch.Alarm;
  private readonly noun: Kind['noun'];
  private readonly notified = new Set<string>();

  public constructor(scope: Construct, { kind, judge, role, logGroup }: MonitorProps) {
    super(scope, kind.monitorId);
    this.noun = kind.noun;
    role?.addToPrincipalPolicy(invoke(judge));
    this.role = role ?? new CompleteRole(this, 'Role', {
      description: `Watches the jobs of detached FHIR ${this.noun}s`,
      assumedBy: new iam.ServicePrincipal('states.amazonaws.com', { conditions: { StringEquals: { 'aws:SourceAccount': Stack.of(this).account } } }),
      inlinePolicies: { Watch: new iam.PolicyDocument({ statements: [invoke(judge, 'Judge'), deliverLogs(), sendTraces()] }) },
    });
    this.stateMachine = new sfn.StateMachine(this, 'StateMachine', {
      comment: `Watches the jobs of detached FHIR ${this.noun}s`,
      definitionBody: sfn.DefinitionBody.fromString(Stack.of(this).toJsonString(monitorDefinition(kind, judge.functionArn))),
      role: this.role,
      logs: { destination: logGroup ?? this.createLogGroup(), level: sfn.LogLevel.ALL, includeExecutionData: false },
      tracingEnabled: true,
    });
    this.alarm = new cloudwatch.Alarm(this, 'Alarm', {
      alarmDescription: `A detached FHIR ${this.noun} failed, or could not be watched`,
      metric: this.stateMachine.metricFailed({ period: Duration.minutes(5) }),
      threshold: 1,
      evaluationPeriods: 1,
      comparisonOperator: cloudwatch.ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
      treatMissingData: cloudwatch.TreatMissingData.NOT_BREACHING,
    });
  }

  /**
   * Adds the topic of a detached job to the actions of the alarm. Skips a topic that the alarm already notifies. Also skips a topic to which the provider's
   * stack can't refer: the job construct and its topic are in other stacks, and the job construct's stack depends on the provider's stack.
   *
   * @throws if the topic is known to be in another Region, because alarms notify only topics of their Region, or if the alarm has too many topics.
   */
  public notify(topic: sns.ITopic, fhirJob: IConstruct): void {
    validateEnvironment(this, `the alarm of detached ${this.noun}s`, { what: 'notificationTopic', construct: topic, env: topic.env }, ['region']);
    const isReachable = [topic, fhirJob].some((construct) => Stack.of(construct) === Stack.of(this)) || !Token.isUnresolved(topic.topicArn);
    if (isReachable && !this.notified.has(topic.topicArn)) {
      if (this.notified.size === MAX_ACTIONS) {
        throw new Error(`the alarm of detached ${this.noun}s can notify ${MAX_ACTIONS} topics, and "${topic.node.path}" is one more; `
          + `use one topic for several ${this.noun}s, or give some of them a FhirJobProvider of their own`);
      }
      this.notified.add(topic.topicArn);
      this.alarm.addAlarmAction(new actions.SnsAction(topic));
    }
  }

  /**
   * Creates the log group of the state machine. Log groups under `/aws/vendedlogs/` don't use up the limited size of the account's resource policy for log
   * deliveries. The id of the stack makes the name unique, so that a deleted stack can be created again under the same name.
   *
   * @see https://docs.aws.amazon.com/step-functions/latest/dg/cw-logs.html
   */
  private createLogGroup(): logs.LogGroup {
    const stackId = Fn.select(2, Fn.split('/', Aws.STACK_ID));
    return new logs.LogGroup(this, 'LogGroup', {
      logGroupName: `/aws/vendedlogs/states/fhir-${this.noun}-${this.node.addr.slice(-8)}-${stackId}`,
      retention: logs.RetentionDays.ONE_YEAR,
      // If a roll-back kept the log group, the next deployment would fail because the name is taken. The handler logs the verdict on each job too.
      removalPolicy: RemovalPolicy.DESTROY,
    });
  }
}

/** Returns the permission to invoke the function. A supplied role gets it without a Sid, because several providers can share the role. */
function invoke(judge: lambda.IFunction, sid?: string): iam.PolicyStatement {
  return new iam.PolicyStatement({ sid, actions: ['lambda:InvokeFunction'], resources: [judge.functionArn] });
}

/** Returns the permissions that the state machine needs for its logs. A supplied role gets the same permissions from aws-stepfunctions. */
function deliverLogs(): iam.PolicyStatement {
  return new iam.PolicyStatement({
    sid: 'Logs',
    actions: [
      'logs:CreateLogDelivery',
      'logs:DeleteLogDelivery',
      'logs:DescribeLogGroups',
      'logs:DescribeResourcePolicies',
      'logs:GetLogDelivery',
      'logs:ListLogDeliveries',
      'logs:PutResourcePolicy',
      'logs:UpdateLogDelivery',
    ],
    // Actions on log deliveries don't support resource-level permissions: https://docs.aws.amazon.com/step-functions/latest/dg/cw-logs.html
    resources: ['*'],
  });
}

/** Returns the permissions that the role of a state machine needs for traces. A supplied role of the monitor gets the same permissions from aws-stepfunctions. */
export function sendTraces(): iam.PolicyStatement {
  return new iam.PolicyStatement({
    sid: 'Traces',
    actions: ['xray:GetSamplingRules', 'xray:GetSamplingTargets', 'xray:PutTelemetryRecords', 'xray:PutTraceSegments'],
    // These X-Ray actions don't support resource-level permissions: https://docs.aws.amazon.com/step-functions/latest/dg/xray-iam.html
    resources: ['*'],
  });
}
