import { Aws, Duration, Fn, RemovalPolicy, Stack, Token } from 'aws-cdk-lib';
import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import * as actions from 'aws-cdk-lib/aws-cloudwatch-actions';
import * as iam from 'aws-cdk-lib/aws-iam';
import type * as lambda from 'aws-cdk-lib/aws-lambda';
import * as logs from 'aws-cdk-lib/aws-logs';
import type * as sns from 'aws-cdk-lib/aws-sns';
import * as sfn from 'aws-cdk-lib/aws-stepfunctions';
import { Construct, type IConstruct } from 'constructs';
import { watchDefinition } from './watch-definition';

/** What the watch of detached imports is made with. */
export interface ImportWatchProps {
  /** Judges a job. */
  readonly judge: lambda.IFunction;
  /** Of the state machine. */
  readonly role?: iam.IRole;
  /** Of the state machine. */
  readonly logGroup?: logs.ILogGroupRef;
}

/**
 * Actions of an alarm.
 *
 * @see https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutMetricAlarm.html
 */
const MOST_ACTIONS = 5;

/** Watches the jobs of detached imports to their end: one state machine for all imports of a provider. */
export class ImportWatch extends Construct {
  /** The role of the state machine. It assumes the operator role of the import whose job it asks for. */
  public readonly role: iam.IRole;
  public readonly stateMachine: sfn.StateMachine;
  /** Tells that a detached import failed, or could not be watched. */
  public readonly alarm: cloudwatch.Alarm;
  private readonly notified = new Set<string>();

  public constructor(scope: Construct, id: string, { judge, role, logGroup }: ImportWatchProps) {
    super(scope, id);
    role?.addToPrincipalPolicy(invoke(judge));
    this.role = role ?? new iam.Role(this, 'Role', {
      description: 'Watches the jobs of detached FHIR imports',
      assumedBy: new iam.ServicePrincipal('states.amazonaws.com', { conditions: { StringEquals: { 'aws:SourceAccount': Stack.of(this).account } } }),
      inlinePolicies: { Watch: new iam.PolicyDocument({ statements: [invoke(judge), ...logAndTrace()] }) },
    }).withoutPolicyUpdates(); // the grants of aws-stepfunctions would be a policy more
    this.stateMachine = new sfn.StateMachine(this, 'StateMachine', {
      comment: 'Watches the jobs of detached FHIR imports',
      definitionBody: sfn.DefinitionBody.fromString(Stack.of(this).toJsonString(watchDefinition(judge.functionArn))),
      role: this.role,
      logs: { destination: logGroup ?? this.createLogGroup(), level: sfn.LogLevel.ALL, includeExecutionData: false },
      tracingEnabled: true,
    });
    this.alarm = new cloudwatch.Alarm(this, 'Alarm', {
      alarmDescription: 'A detached FHIR import failed, or could not be watched',
      metric: this.stateMachine.metricFailed({ period: Duration.minutes(5) }),
      threshold: 1,
      evaluationPeriods: 1,
      comparisonOperator: cloudwatch.ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
      treatMissingData: cloudwatch.TreatMissingData.NOT_BREACHING,
    });
  }

  /**
   * Has the topic of an import notified by the alarm too, once. The stack of the provider can't refer to a topic of a stack that may refer to it.
   */
  public notify(topic: sns.ITopic, fhirImport: IConstruct): void {
    const isReachable = [topic, fhirImport].some((construct) => Stack.of(construct) === Stack.of(this)) || !Token.isUnresolved(topic.topicArn);
    if (isReachable && !this.notified.has(topic.topicArn)) {
      if (this.notified.size === MOST_ACTIONS) {
        throw new Error(`the alarm of detached imports can't notify a topic more than the ${MOST_ACTIONS} that it has, and "${topic.node.path}" is another; `
          + 'use one topic for several imports, or a FhirImportProvider of its own for some of them');
      }
      this.notified.add(topic.topicArn);
      this.alarm.addAlarmAction(new actions.SnsAction(topic));
    }
  }

  /**
   * Named as Step Functions wants it, or the log group takes a part of the one resource policy of the account for log deliveries, which has
   * room for few: https://docs.aws.amazon.com/step-functions/latest/dg/cw-logs.html. The id of the stack keeps the name free after the stack's end.
   */
  private createLogGroup(): logs.LogGroup {
    const stackId = Fn.select(2, Fn.split('/', Aws.STACK_ID));
    return new logs.LogGroup(this, 'LogGroup', {
      logGroupName: `/aws/vendedlogs/states/fhir-import-${this.node.addr.slice(-8)}-${stackId}`,
      retention: logs.RetentionDays.ONE_YEAR,
      removalPolicy: RemovalPolicy.DESTROY, // what a roll-back left would be in the way of the next deployment; the handler's log has the verdicts
    });
  }
}

function invoke(judge: lambda.IFunction): iam.PolicyStatement {
  return new iam.PolicyStatement({ sid: 'Judge', actions: ['lambda:InvokeFunction'], resources: [judge.functionArn] });
}

/** A supplied role has these from aws-stepfunctions. */
function logAndTrace(): iam.PolicyStatement[] {
  return [
    new iam.PolicyStatement({
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
      // Log deliveries are no resources that a policy could name: https://docs.aws.amazon.com/step-functions/latest/dg/cw-logs.html
      resources: ['*'],
    }),
    new iam.PolicyStatement({
      sid: 'Traces',
      actions: ['xray:GetSamplingRules', 'xray:GetSamplingTargets', 'xray:PutTelemetryRecords', 'xray:PutTraceSegments'],
      // X-Ray takes no resources for them: https://docs.aws.amazon.com/step-functions/latest/dg/xray-iam.html
      resources: ['*'],
    }),
  ];
}
