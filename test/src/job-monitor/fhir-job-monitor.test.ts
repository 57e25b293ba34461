import { Duration, Stack } from 'aws-cdk-lib';
import { Annotations, Match } from 'aws-cdk-lib/assertions';
import type { Metric, MetricOptions } from 'aws-cdk-lib/aws-cloudwatch';
import type { IFHIRDatastoreRef } from 'aws-cdk-lib/aws-healthlake';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as logs from 'aws-cdk-lib/aws-logs';
import * as sns from 'aws-cdk-lib/aws-sns';
import { FhirDatastore, FhirJobMonitor, type FhirJobMonitorProps, JobKind } from '../../../src';
import { ENDED_JOB_METRICS, JOB_GAUGES, JOB_MONITOR_TIMEOUT_MINUTES } from '../../../src/contract';
import { Deployed } from '../../support/deployed';
import { datastores, monitorIn } from '../../support/jobs';
import {
  ACCOUNT, DATASTORE_ID, datastoreOf, FEATURE_FLAGS, newStack, numberParameter, onlyResource, REGION, type TemplateJson, templateOf, textParameter,
} from '../../support/synth';

const ENV = { region: REGION, account: ACCOUNT };
const ALARM = 'AWS::CloudWatch::Alarm';

type PropsOf = (stack: Stack) => Partial<FhirJobMonitorProps>;

/** Returns the template of a stack with one monitor. */
function templateWith(propsOf: PropsOf = () => ({}), use: (monitor: FhirJobMonitor) => unknown = () => undefined, flags = {}): TemplateJson {
  const stack = newStack(flags);
  use(monitorIn(stack, propsOf(stack)));
  return templateOf(stack);
}

/** The resources of every monitor. Their logical ids never change. */
const FIXED = {
  JobsFunction0F6DA2A5: 'AWS::Lambda::Function',
  JobsLogGroup3A2EF9B9: 'AWS::Logs::LogGroup',
  JobsRole621A81E5: 'AWS::IAM::Role',
  JobsSchedule6222DBAA: 'AWS::Scheduler::Schedule',
  JobsScheduleRole2AE424D6: 'AWS::IAM::Role',
};

/** The resources that the methods of a monitor add. */
const ADDED = {
  JobsDashboardA35FCD6B: 'AWS::CloudWatch::Dashboard',
  JobsDashboardFunctionBC9B0C62: 'AWS::Lambda::Function',
  JobsDashboardRole6C6DAC94: 'AWS::IAM::Role',
  JobsFailedJobsAlarm474AD2CD: ALARM,
  JobsMissingJobsAlarm59904940: ALARM,
  JobsQueueLengthAlarmAD175249: ALARM,
  JobsStuckJobAlarm6FDB51BD: ALARM,
};

describe.each(FEATURE_FLAGS)('a monitor in an app %s', (_, flags) => {
  const idsOf = ({ Resources }: TemplateJson) => Object.fromEntries(Object.entries(Resources).map(([id, { Type }]) => [id, Type]));

  test('has the recorded logical ids', () => {
    expect(idsOf(templateWith(undefined, undefined, flags))).toEqual(FIXED);
    expect(idsOf(templateWith(undefined, (monitor) => {
      monitor.addDashboard();
      monitor.alarmOnFailedJobs();
      monitor.alarmOnMissingJobs();
      monitor.alarmOnQueueLength({ jobs: 20 });
      monitor.alarmOnStuckJob({ age: Duration.hours(12) });
    }, flags))).toEqual({ ...FIXED, ...ADDED });
  });

  test('invokes its function by a schedule every 5 minutes and looks back 14 days', () => {
    const deployed = new Deployed(templateWith(undefined, undefined, flags));
    const { Properties: { Target: { Input: input, ...target }, ...schedule } } = onlyResource(deployed.template, 'AWS::Scheduler::Schedule');

    expect(schedule).toMatchObject({ ScheduleExpression: 'cron(0/5 * * * ? *)', ScheduleExpressionTimezone: 'Etc/UTC', FlexibleTimeWindow: { Mode: 'OFF' } });
    expect(target).toEqual({
      Arn: deployed.arnOf('AWS::Lambda::Function'),
      RoleArn: deployed.arnOf('AWS::IAM::Role', /ScheduleRole/),
      RetryPolicy: { MaximumEventAgeInSeconds: 300, MaximumRetryAttempts: 2 },
    });
    expect(JSON.parse(input)).toEqual({
      datastoreIds: [DATASTORE_ID], constructPath: 'Stack/Jobs', periodMinutes: 5, lookBackDays: 14, scheduledTime: '<aws.scheduler.scheduled-time>',
    });
  });

  test('has a function with a log group that stays for a year', () => {
    const template = templateWith(undefined, undefined, flags);

    expect(onlyResource(template, 'AWS::Lambda::Function').Properties).toMatchObject({
      Handler: 'index.handler', Timeout: JOB_MONITOR_TIMEOUT_MINUTES * 60, LoggingConfig: { LogGroup: { Ref: onlyResource(template, 'AWS::Logs::LogGroup').logicalId } },
    });
    expect(onlyResource(template, 'AWS::Logs::LogGroup')).toMatchObject({ Properties: { RetentionInDays: 365 }, DeletionPolicy: 'Retain' });
  });

  test('uses each property that is given', () => {
    const template = templateWith((stack) => ({
      datastores: [new FhirDatastore(stack, 'Own', { replacementGuard: false }), ...datastores(stack, 9)],
      interval: Duration.hours(1),
      lookBack: Duration.days(90),
      notificationTopic: new sns.Topic(stack, 'Topic'),
      logGroup: new logs.CfnLogGroup(stack, 'Logs'),
      role: new iam.Role(stack, 'Supplied', { assumedBy: new iam.ServicePrincipal('lambda.amazonaws.com') }),
    }), (monitor) => monitor.alarmOnMissingJobs(), flags);

    expect(onlyResource(template, 'AWS::Scheduler::Schedule').Properties).toMatchObject({ ScheduleExpression: 'cron(0 * * * ? *)' });
    expect(onlyResource(template, 'AWS::Lambda::Function').Properties.LoggingConfig).toEqual({ LogGroup: { Ref: 'Logs' } });
    expect(onlyResource(template, 'AWS::IAM::Policy', /^Supplied/).Properties.PolicyDocument.Statement).toHaveLength(2);
    expect(onlyResource(template, ALARM).Properties).toMatchObject({ Period: 3600, AlarmActions: [{ Ref: onlyResource(template, 'AWS::SNS::Topic').logicalId }] });
    expect(onlyResource(template, 'AWS::SNS::TopicPolicy').Properties.PolicyDocument.Statement).toMatchObject([
      { Principal: { Service: 'cloudwatch.amazonaws.com' }, Condition: { StringEquals: { 'aws:SourceAccount': { Ref: 'AWS::AccountId' } } } },
    ]);
    expect(Object.keys(template.Resources).filter((id) => /^Jobs(Role|LogGroup)/.test(id))).toEqual([]);
  });
});

test.each([[1, '0/1'], [4, '0/4'], [15, '0/15'], [60, '0']])('an interval of %i minutes is the period of the schedule and of the metrics', (minutes, cron) => {
  const stack = newStack();
  const monitor = monitorIn(stack, { interval: Duration.minutes(minutes) });
  const { Properties } = onlyResource(templateOf(stack), 'AWS::Scheduler::Schedule');

  expect(Properties.ScheduleExpression).toBe(`cron(${cron} * * * ? *)`);
  expect(Properties.Target.RetryPolicy.MaximumEventAgeInSeconds).toBe(minutes * 60);
  expect(JSON.parse(Properties.Target.Input).periodMinutes).toBe(minutes);
  expect(monitor.metricJobsFailed().period.toMinutes()).toBe(minutes);
});

test('the values of properties can be tokens', () => {
  const stack = newStack();
  const token = textParameter(stack);
  const number = numberParameter(stack);
  const fhirDatastoreRef = { datastoreId: token, datastoreArn: token };
  const datastore = { fhirDatastoreRef, env: stack.env, node: stack.node } as unknown as IFHIRDatastoreRef;
  const monitor = monitorIn(stack, {
    datastores: [datastore],
    lookBack: Duration.days(number),
    notificationTopic: sns.Topic.fromTopicArn(stack, 'Topic', token),
    logGroup: logs.LogGroup.fromLogGroupName(stack, 'Logs', token),
    role: iam.Role.fromRoleArn(stack, 'Role', token),
  });
  monitor.alarmOnQueueLength({ jobs: number });
  monitor.alarmOnStuckJob({ age: Duration.seconds(number) });
  monitor.addDashboard();
  const template = templateOf(stack);

  expect(onlyResource(template, ALARM, /Queue/).Properties.Threshold).toEqual({ Ref: 'Number' });
  expect(JSON.stringify(onlyResource(template, 'AWS::Scheduler::Schedule').Properties.Target.Input)).toContain('\\"lookBackDays\\":",{"Ref":"Number"},');
});

const west = (stack: Stack) => new Stack(stack.node.root, 'West', { env: { ...ENV, region: 'us-west-2' } });

test.each<[string, PropsOf, string]>([
  ['no data stores', () => ({ datastores: [] }), 'a job monitor lists the jobs of 1 to 10 datastores, got 0; give at least one'],
  ['11 data stores', (stack) => ({ datastores: datastores(stack, 11) }), 'a job monitor lists the jobs of 1 to 10 datastores, got 11; create a second monitor for further data stores'],
  ['a data store twice', (stack) => ({ datastores: [...datastores(stack, 2), FhirDatastore.fromDatastoreId(stack, 'Again', '0'.repeat(32))] }),
    'datastores has the data store of "Stack/Again" twice; give each data store once'],
  ['a data store of another Region', (stack) => ({ datastores: [FhirDatastore.fromDatastoreArn(stack, 'West', `arn:aws:healthlake:us-west-2:${ACCOUNT}:datastore/fhir/${DATASTORE_ID}`)] }),
    'the data store "Stack/West" is in the region us-west-2 and the job monitor in us-east-1; put the job monitor into a stack of the region us-west-2'],
  ['an interval that does not divide an hour', () => ({ interval: Duration.minutes(7) }),
    'interval must be 1, 2, 3, 4, 5, 6, 10, 12, 15, 20, 30 or 60 minutes, got 7 minutes; use one of these'],
  ['an interval in seconds', () => ({ interval: Duration.seconds(90) }), 'or 60 minutes, got 1 minute 30 seconds; use one of these'],
  ['an interval that is a token', (stack) => ({ interval: Duration.minutes(numberParameter(stack)) }),
    'interval must be known at synth, got a token; give the interval itself, or leave it out for the default'],
  ['a look-back of half a day', () => ({ lookBack: Duration.hours(12) }), 'lookBack must be in whole days from 1 to 90, got 12 hours; use another number of days'],
  ['a look-back of 91 days', () => ({ lookBack: Duration.days(91) }), 'lookBack must be in whole days from 1 to 90, got 91 days; use'],
  ['a FIFO topic', (stack) => ({ notificationTopic: new sns.Topic(stack, 'Topic', { fifo: true }) }), 'notificationTopic "Stack/Topic" is a FIFO topic, and'],
  ['a topic of another Region', (stack) => ({ notificationTopic: new sns.Topic(west(stack), 'Topic', { topicName: 'ops' }) }),
    'notificationTopic "West/Topic" is in the region us-west-2 and the job monitor in us-east-1; use one in the region us-east-1'],
  ['a log group of another Region', (stack) => ({ logGroup: new logs.LogGroup(west(stack), 'Logs') }),
    'logGroup "West/Logs" is in the region us-west-2 and the job monitor in us-east-1; use one in the region us-east-1'],
  ['a user as role', (stack) => ({ role: iam.Role.fromRoleArn(stack, 'User', `arn:aws:iam::${ACCOUNT}:user/me`) }), 'role must have the ARN of an IAM role, got'],
  ['a role of another account', (stack) => ({ role: iam.Role.fromRoleArn(stack, 'There', 'arn:aws:iam::444455556666:role/there') }),
    `role "Stack/There" is in the account 444455556666 and the job monitor in ${ACCOUNT}; use one in the account ${ACCOUNT}`],
])('a monitor throws for %s', (_, propsOf, message) => {
  const stack = newStack({}, ENV);
  expect(() => monitorIn(stack, propsOf(stack))).toThrow(message);
});

test('two monitors of a data store have the same interval', () => {
  const stack = newStack();
  const stores = datastores(stack, 2);
  const monitorOf = (id: string, datastore: IFHIRDatastoreRef, minutes: number) =>
    new FhirJobMonitor(stack, id, { datastores: [datastore], interval: Duration.minutes(minutes) });
  monitorOf('First', stores[0], 5);
  monitorOf('Same', stores[0], 5);
  monitorOf('OfAnother', stores[1], 10);

  expect(() => monitorOf('Slow', stores[0], 10)).toThrow('the job monitors "Stack/First" and "Stack/Slow" write the same metrics of "Stack/Datastore0", '
    + 'but their intervals are 5 and 10 minutes; give both the same interval');
});

test.each<[string, PropsOf, string]>([
  ['a role that Lambda may not assume', (stack) => ({ role: new iam.Role(stack, 'Role', { assumedBy: new iam.ServicePrincipal('ec2.amazonaws.com') }) }),
    'the trust policy of the role "Stack/Role" doesn\'t let lambda.amazonaws.com assume the role'],
  ['a log group without metrics', (stack) => ({ logGroup: new logs.LogGroup(stack, 'Logs', { logGroupClass: logs.LogGroupClass.INFREQUENT_ACCESS }) }),
    'the log group "Stack/Logs" has the class INFREQUENT_ACCESS, in which the job monitor has no metrics and its alarms never fire; use the class STANDARD'],
])('a monitor warns of %s', (_, propsOf, message) => {
  const stack = newStack();
  monitorIn(stack, propsOf(stack));

  expect(Annotations.fromStack(stack).findWarning('/Stack/Jobs', Match.anyValue()).map(({ entry }) => entry.data)).toEqual([expect.stringContaining(message)]);
});

const METRICS: Record<string, (monitor: FhirJobMonitor, options?: MetricOptions) => Metric> = {
  JobsRunning: (monitor, options) => monitor.metricJobsRunning(options),
  JobsQueued: (monitor, options) => monitor.metricJobsQueued(options),
  OldestRunningAge: (monitor, options) => monitor.metricOldestRunningAge(options),
  OldestQueuedAge: (monitor, options) => monitor.metricOldestQueuedAge(options),
  ImportThroughput: (monitor, options) => monitor.metricImportThroughput(options),
  JobsCompleted: (monitor, options) => monitor.metricJobsCompleted(options),
  JobsCompletedWithErrors: (monitor, options) => monitor.metricJobsCompletedWithErrors(options),
  JobsFailed: (monitor, options) => monitor.metricJobsFailed(options),
  JobsCancelled: (monitor, options) => monitor.metricJobsCancelled(options),
  JobResourcesImported: (monitor, options) => monitor.metricJobResourcesImported(options),
  JobResourcesFailed: (monitor, options) => monitor.metricJobResourcesFailed(options),
};

describe('a metric', () => {
  test('exists for each name in the contract', () => {
    expect(Object.keys(METRICS).sort()).toEqual([...JOB_GAUGES, ...ENDED_JOB_METRICS].sort());
  });

  test.each(Object.entries(METRICS))('%s is read by Maximum over the interval, and accepts options', (metricName, metricOf) => {
    const monitor = monitorIn(newStack());

    expect(metricOf(monitor)).toMatchObject({
      namespace: 'CdkHealthLakeImport', metricName, statistic: 'Maximum', dimensions: { DatastoreId: DATASTORE_ID, JobKind: 'IMPORT' },
    });
    expect(metricOf(monitor, { label: 'Jobs', period: Duration.minutes(30) })).toMatchObject({ metricName, label: 'Jobs', period: Duration.minutes(30) });
  });

  test('of lists that failed has the path of the monitor as dimension', () => {
    const monitor = new FhirJobMonitor(newStack(), 'Aufträge', { datastores: datastores(newStack(), 2) });

    expect(monitor.metricDatastoresNotListed({ label: 'Lists' })).toMatchObject({
      metricName: 'DatastoresNotListed', statistic: 'Maximum', period: Duration.minutes(5), dimensions: { ConstructPath: 'Stack/Auftr?ge' }, label: 'Lists',
    });
  });

  test('of a monitor of several data stores is the metric of the given data store and kind', () => {
    const stack = newStack();
    const stores = datastores(stack, 2);

    expect(monitorIn(stack, { datastores: stores }).metricJobsFailed({ datastore: stores[1], jobKind: JobKind.EXPORT }).dimensions)
      .toEqual({ DatastoreId: '1'.repeat(32), JobKind: 'EXPORT' });
  });

  test.each<[string, (monitor: FhirJobMonitor, stack: Stack) => unknown, string]>([
    ['an unknown name', (monitor) => monitor.metric('Failed'), 'the jobs of a data store have no metric "Failed"; use one of JobsRunning, JobsQueued, '],
    ['no data store', (monitor) => monitor.metricJobsFailed(),
      'the metric JobsFailed needs a datastore, because the job monitor has 2; give one of "Stack/Datastore0", "Stack/Datastore1"'],
    ['another data store', (monitor, stack) => monitor.metricJobsFailed({ datastore: datastoreOf(stack) }),
      'the job monitor doesn\'t list the jobs of the datastore "Stack/Datastore"; give one of "Stack/Datastore0", "Stack/Datastore1"'],
    ['the throughput of exports', (monitor) => monitor.metricImportThroughput({ jobKind: JobKind.EXPORT }),
      'exports have no metric "ImportThroughput", because HealthLake reports no progress of them; leave jobKind out'],
  ])('throws for %s', (_, use, message) => {
    const stack = newStack();
    expect(() => use(monitorIn(stack, { datastores: datastores(stack, 2) }), stack)).toThrow(message);
  });
});
