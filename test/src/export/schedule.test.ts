import { Duration, NestedStack, Stack, TimeZone } from 'aws-cdk-lib';
import { Annotations, Match } from 'aws-cdk-lib/assertions';
import { EventBus } from 'aws-cdk-lib/aws-events';
import * as iam from 'aws-cdk-lib/aws-iam';
import { ScheduleExpression } from 'aws-cdk-lib/aws-scheduler';
import { Topic } from 'aws-cdk-lib/aws-sns';
import { Completion, FhirDatastore, type FhirExport, type FhirExportProps, FhirJobProvider } from '../../../src';
import { EXPORT_METRICS, type ScheduledExport } from '../../../src/contract';
import { actionsOf } from '../../support/access';
import { Deployed } from '../../support/deployed';
import { type DefinitionJson, nextOf } from '../../support/state-machine';
import {
  ACCOUNT, DATASTORE_ID, exportFrom, FEATURE_FLAGS, importInto, newApp, newStack, onlyResource, REGION, resourcesOfType, type TemplateJson,
  templateOf, textParameter,
} from '../../support/synth';

const SCHEDULE = 'AWS::Scheduler::Schedule';
const schedule = ScheduleExpression.rate(Duration.days(1));

/** Returns the template of a new stack with one scheduled export. */
function templateWith(props: Partial<FhirExportProps> | ((stack: Stack) => Partial<FhirExportProps>) = {}, flags = {}): TemplateJson {
  const stack = newStack(flags);
  exportFrom(stack, { schedule, ...(typeof props === 'function' ? props(stack) : props) });
  return templateOf(stack);
}

/** Returns the input of the executions that the schedule starts. */
function inputOf(template: TemplateJson, deployed = new Deployed(template)): ScheduledExport {
  return JSON.parse(onlyResource(deployed.template, SCHEDULE).Properties.Target.Input as string) as ScheduledExport;
}

describe.each(FEATURE_FLAGS)('a scheduled export in an app %s', (_, flags) => {
  test('has a schedule that starts executions of the monitor with the properties of the export', () => {
    const template = templateWith({ allowEmpty: true, jobNamePrefix: 'nightly', completion: Completion.detached({ giveUpAfter: Duration.hours(10) }) }, flags);
    const deployed = new Deployed(template);
    const stateMachine = deployed.arnOf('AWS::StepFunctions::StateMachine', /WatchExports/);
    const arnOf = (id: RegExp) => deployed.arnOf('AWS::IAM::Role', id);
    const { Target: { Input, ...target }, ...properties } = onlyResource(deployed.template, SCHEDULE).Properties;
    const run: ScheduledExport = {
      Run: {
        ContractVersion: '3',
        ConstructPath: 'Stack/Export',
        DatastoreId: DATASTORE_ID,
        OperatorRoleArn: arnOf(/OperatorRole/),
        OutputS3Uri: `s3://${onlyResource(template, 'AWS::S3::Bucket').logicalId.toLowerCase()}/Export-a8a68f63/`,
        AllowEmpty: 'true',
        Report: { FunctionArn: deployed.arnOf('AWS::Lambda::Function', /ProviderReport/), RoleArn: arnOf(/ExportReportRole/) },
        EventBusArn: `arn:aws:events:${REGION}:${ACCOUNT}:event-bus/default`,
        Watch: { StateMachineArn: stateMachine, GiveUpAfterSeconds: '36000' },
        OutputKmsKeyId: deployed.arnOf('AWS::KMS::Key'),
        DataAccessRoleArn: arnOf(/DataAccessRole/),
        JobNamePrefix: 'nightly',
      },
      ScheduledTime: '<aws.scheduler.scheduled-time>',
    };

    expect(JSON.parse(Input as string)).toEqual(run);
    expect(target).toEqual({ Arn: stateMachine, RoleArn: arnOf(/ScheduleRole/), RetryPolicy: { MaximumEventAgeInSeconds: 3600, MaximumRetryAttempts: 185 } });
    expect(properties).toMatchObject({ ScheduleExpression: 'rate(1 day)', FlexibleTimeWindow: { Mode: 'OFF' }, State: 'ENABLED' });
  });

  test('has an operator role that can put the event on skipped runs and cannot describe stacks', () => {
    const deployed = new Deployed(templateWith({}, flags));
    const operator = onlyResource(deployed.template, 'AWS::IAM::Role', /OperatorRole/);
    expect(actionsOf(deployed, operator.logicalId)).not.toContain('cloudformation:DescribeStacks');
    const { Statement: statements } = operator.Properties.Policies[0].PolicyDocument;
    const events = statements.find(({ Sid: sid }: { readonly Sid: string }) => sid === 'Events');
    expect(events.Condition['ForAllValues:StringEquals']['events:detail-type']).toEqual(
      ['FHIR Export Succeeded', 'FHIR Export Failed', 'FHIR Export Skipped']);
  });

  test('has a state machine that starts runs, and monitors jobs as before', () => {
    const { Properties } = onlyResource(new Deployed(templateWith({}, flags)).template, 'AWS::StepFunctions::StateMachine', /WatchExports/);
    const { StartAt, States: states } = JSON.parse(Properties.DefinitionString as string) as DefinitionJson;
    expect([StartAt, nextOf(states.IsRun)]).toEqual(['IsRun', ['Pause', 'StartRun']]);
    expect(nextOf(states.IsRunStarted)).toEqual(['Failed', 'PauseBeforeRun', 'RunEnded', 'RunEnded']);
    expect(Object.values(states).flatMap(nextOf).filter((name) => !(name in states))).toEqual([]);
  });

  test('can use a provider of another stack, whose state machine the schedule and its role refer to', () => {
    const stack = newStack(flags);
    const provider = new FhirJobProvider(new Stack(stack.node.root as Stack, 'Central'), 'Provider');
    exportFrom(stack, { schedule, provider });
    const template = templateOf(stack);
    const machine = onlyResource(template, SCHEDULE).Properties.Target.Arn;
    expect(JSON.stringify(machine)).toMatch(/WatchExportsStateMachine/); // by Fn::ImportValue or, on newer versions, Fn::GetStackOutput
    expect(onlyResource(template, 'AWS::IAM::Role', /ScheduleRole/).Properties.Policies[0].PolicyDocument.Statement[0].Resource).toEqual(machine);
  });
});

describe('the schedule', () => {
  test.each<[string, ScheduleExpression, string, string]>([
    ['a rate', ScheduleExpression.rate(Duration.hours(6)), 'rate(6 hours)', 'Etc/UTC'],
    ['a cron expression', ScheduleExpression.cron({ hour: '2', minute: '30' }), 'cron(30 2 * * ? *)', 'Etc/UTC'],
    ['a cron expression with a time zone', ScheduleExpression.cron({ hour: '2', minute: '30', timeZone: TimeZone.EUROPE_BERLIN }), 'cron(30 2 * * ? *)', 'Europe/Berlin'],
    ['one time', ScheduleExpression.at(new Date('2026-12-01T02:30:00Z'), TimeZone.AMERICA_NEW_YORK), 'at(2026-12-01T02:30:00)', 'America/New_York'],
  ])('can be %s', (_, given, expression, zone) => {
    expect(onlyResource(templateWith({ schedule: given }), SCHEDULE).Properties).toMatchObject({
      ScheduleExpression: expression, ScheduleExpressionTimezone: zone,
    });
  });

  test('can be a token, as the other properties', () => {
    const template = templateWith((stack) => {
      const text = textParameter(stack);
      return {
        schedule: ScheduleExpression.expression(text), datastore: FhirDatastore.fromDatastoreId(stack, 'Unknown', text), outputPrefix: text, jobNamePrefix: text,
      };
    });
    expect(onlyResource(template, SCHEDULE).Properties).toMatchObject({ ScheduleExpression: { Ref: 'Text' } });
    expect(inputOf(template).Run).toMatchObject({ DatastoreId: 'text', JobNamePrefix: 'text' });
  });

  test('is created after the rules and the topic of the export, and after the constructs of executeAfter()', () => {
    const stack = newStack();
    const bus = new EventBus(stack, 'Bus');
    const fhirExport = exportFrom(stack, { schedule, eventBus: bus, notificationTopic: new Topic(stack, 'Topic') });
    fhirExport.onSkipped('Skipped');
    fhirExport.executeAfter(importInto(stack));
    const after = new Topic(stack, 'After');
    fhirExport.executeBefore(after);
    const template = templateOf(stack);
    const { logicalId, DependsOn } = onlyResource(template, SCHEDULE);
    const idOf = (type: string, pattern: RegExp) => onlyResource(template, type, pattern).logicalId;
    expect(DependsOn).toEqual(expect.arrayContaining([
      idOf('AWS::Events::Rule', /Skipped/), idOf('AWS::Events::Rule', /Notification/), idOf('AWS::SNS::TopicPolicy', /./), idOf('Custom::FhirImportOutcome', /./),
    ]));
    expect(onlyResource(template, 'AWS::SNS::Topic', /After/).DependsOn).toContain(logicalId);
    expect(inputOf(template).Run.EventBusArn).toContain(':event-bus/');
  });

  test('is created after the policies of supplied roles', () => {
    const template = templateWith((stack) => {
      const roleOf = (id: string) => new iam.Role(stack, id, { assumedBy: new iam.AccountRootPrincipal() });
      return { dataAccessRole: roleOf('Writer'), operatorRole: roleOf('Operator'), reportRole: roleOf('Reporter') };
    });
    const { logicalId } = onlyResource(template, 'AWS::IAM::Policy', /Operator/);
    expect(onlyResource(template, SCHEDULE).DependsOn).toContain(logicalId);
    expect(Object.keys(template.Resources).filter((id) => /^Export.*Role/.test(id))).toEqual([expect.stringMatching(/^ExportScheduleRole/)]);
    const { Run: run } = inputOf(template);
    expect([run.DataAccessRoleArn, run.OperatorRoleArn, run.Report.RoleArn]).toEqual(['writer', 'operator', 'reporter'].map((id) => expect.stringContaining(`role/${id}`)));
  });

  test('of a nested stack starts runs of the provider of the nested stack', () => {
    const parent = newStack();
    const nested = new NestedStack(parent, 'Nested');
    exportFrom(nested, { schedule, datastore: FhirDatastore.fromDatastoreId(nested, 'Store', DATASTORE_ID) });
    expect(onlyResource(templateOf(nested), SCHEDULE).Properties.Target.Arn).toEqual({ Ref: expect.stringMatching(/WatchExportsStateMachine/) });
  });
});

test('two scheduled exports and an import of one data store need no order and share the monitor', () => {
  const stack = newStack({}, { region: REGION, account: ACCOUNT });
  exportFrom(stack, { schedule }, 'Nightly');
  exportFrom(stack, { schedule: ScheduleExpression.rate(Duration.hours(1)) }, 'Hourly');
  exportFrom(stack, {}, 'Once').executeAfter(importInto(stack));
  const template = templateOf(stack);
  expect(resourcesOfType(template, SCHEDULE)).toHaveLength(2);
  expect(resourcesOfType(template, 'AWS::StepFunctions::StateMachine')).toHaveLength(2); // the waiter of the provider framework, and the monitor of exports
  const warnings = Annotations.fromStack(stack).findWarning('*', Match.stringLikeRegexp('cdk-healthlake-import:'));
  expect(warnings.map(({ entry }) => entry.data)).toEqual([]);
});

test('scheduled exports into one folder get a warning', () => {
  const stack = newStack();
  exportFrom(stack, { schedule, outputPrefix: 'copies' }, 'Nightly');
  exportFrom(stack, { schedule, outputPrefix: 'copies/hourly' }, 'Hourly');
  Annotations.fromStack(stack).hasWarning('/Stack/Hourly', Match.stringLikeRegexp('inside the output of "Stack/Nightly"'));
});

test.each<[string, Partial<FhirExportProps>, string]>([
  ['a revision', { schedule, revision: '2' }, 'revision "2" can\'t be used with a schedule, because every run is a revision of its own; leave revision or schedule out'],
  ['a completion that waits', { schedule, completion: Completion.waitFor() },
    'completion must be Completion.detached() with a schedule, because no deployment waits for the runs, got Completion.waitFor(); leave completion out, or use Completion.detached()'],
])('throws for a schedule with %s', (_, props, message) => {
  expect(() => exportFrom(newStack(), props)).toThrow(new Error(message));
});

test('onSkipped() throws for an export without a schedule', () => {
  expect(() => exportFrom(newStack()).onSkipped('Skipped')).toThrow(
    new Error('the export "Stack/Export" has no schedule, so no run of it is skipped; set schedule, or leave the rule "Skipped" out'));
});

test.each<[string, (fhirExport: FhirExport) => string]>([
  ['JobId', ({ jobId }) => jobId],
  ['JobStatus', ({ jobStatus }) => jobStatus],
  ['OutputLocation', ({ outputLocation }) => outputLocation],
  ['ReportLocation', ({ reportLocation }) => reportLocation],
  ['FilesExported', ({ filesExported }) => filesExported],
])('the synthesis throws for the value %s of a scheduled export, and its getter does not', (name, valueOf) => {
  const stack = newStack();
  const value = valueOf(exportFrom(stack, { schedule }));
  new Topic(stack, 'Topic', { displayName: value });
  expect(() => templateOf(stack)).toThrow(
    `the scheduled export "Stack/Export" runs after the deployment, which has no ${name} of it; act on its event, see onSucceeded()`);
});

describe('the events of a scheduled export', () => {
  test('on skipped runs match the rule of onSkipped()', () => {
    const stack = newStack();
    exportFrom(stack, { schedule }).onSkipped('Skipped');
    expect(onlyResource(templateOf(stack), 'AWS::Events::Rule').Properties.EventPattern).toEqual({
      'source': ['cdk-healthlake-import'], 'detail-type': ['FHIR Export Skipped'], 'detail': { constructPath: ['Stack/Export'], datastoreId: [DATASTORE_ID] },
    });
  });

  test('on succeeded, failed and skipped runs reach the topic', () => {
    const template = templateWith((stack) => ({ notificationTopic: new Topic(stack, 'Topic') }));
    expect(onlyResource(template, 'AWS::Events::Rule').Properties.EventPattern['detail-type']).toEqual(
      ['FHIR Export Succeeded', 'FHIR Export Failed', 'FHIR Export Skipped']);
    expect(onlyResource(template, 'AWS::CloudWatch::Alarm').Properties.AlarmActions).toHaveLength(1);
  });

  test('on skipped runs have a metric', () => {
    const metric = exportFrom(newStack(), { schedule }).metricSkipped();
    expect(metric).toMatchObject({ metricName: 'Skipped', statistic: 'Sum', dimensions: { DatastoreId: DATASTORE_ID, ConstructPath: 'Stack/Export' } });
    expect(EXPORT_METRICS).toContain(metric.metricName);
  });
});

test('Role.customizeRoles() replaces all roles of a scheduled export', () => {
  const app = newApp();
  const stack = new Stack(app, 'Stack');
  iam.Role.customizeRoles(stack);
  exportFrom(stack, { schedule });
  expect(() => app.synth()).not.toThrow();
  const roles = resourcesOfType(templateOf(stack), 'AWS::IAM::Role');
  expect(roles).toEqual([]);
});
