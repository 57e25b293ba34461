import { CfnOutput, type CfnResource, Duration, Stack } from 'aws-cdk-lib';
import * as logs from 'aws-cdk-lib/aws-logs';
import { Completion, type FhirImport, type FhirImportProps, FhirJobProvider, FhirSource } from '../../../src';
import { Deployed } from '../../support/deployed';
import {
  countsByType, FEATURE_FLAGS, importInto, newStack, numberParameter, onlyResource, type ResourceJson, resourcesOfType, type TemplateJson, templateOf,
} from '../../support/synth';

const JOB = 'Custom::FhirImportJob';
const STATE_MACHINE = 'AWS::StepFunctions::StateMachine';

/** The Sids in the operator role of every import with a failure report. */
const STATEMENTS = ['ImportJobs', 'PassDataAccessRole', 'OwnStack', 'InputNames', 'InputBucket', 'OutputBucket', 'Report'];

function detached(stack: Stack, props: Partial<FhirImportProps> = {}, id?: string): FhirImport {
  return importInto(stack, { completion: Completion.detached(), ...props }, id);
}

function jobsOf(template: TemplateJson): ResourceJson[] {
  return resourcesOfType(template, JOB);
}

/** Returns the Sids in the operator role of a stack with one import. */
function sidsOf(template: TemplateJson): string[] {
  const [{ PolicyDocument }] = onlyResource(template, 'AWS::IAM::Role', /OperatorRole/).Properties.Policies;
  return PolicyDocument.Statement.map(({ Sid }: { Sid: string }) => Sid);
}

describe.each(FEATURE_FLAGS)('an app %s', (_, flags) => {
  test('the job of a detached import names the monitor, the time limit and the event bus', () => {
    const stack = newStack(flags);
    detached(stack);
    const template = templateOf(stack);
    const { Properties } = onlyResource(template, JOB);

    expect(Properties.Watch).toEqual({ StateMachineArn: { Ref: onlyResource(template, STATE_MACHINE, /Watch/).logicalId }, GiveUpAfterSeconds: '604800' });
    expect(new Deployed(template).resolve(Properties.EventBusArn)).toBe('arn:aws:events:us-east-1:111122223333:event-bus/default');
    expect(Properties.ServiceTimeout).toBe('1200');
    expect(sidsOf(template)).toEqual([...STATEMENTS, 'Watch', 'Events']);
  });

  test('a waiting import has no monitor and no event bus, even if the stack has a detached import too', () => {
    const alone = newStack(flags);
    importInto(alone);
    const beside = newStack(flags);
    detached(beside, { source: FhirSource.storage('more/') }, 'Detached').executeAfter(importInto(beside));
    const [was, is] = [alone, beside].map((stack) => templateOf(stack).Resources);

    expect(JSON.stringify(Object.values(was).filter(({ Type }) => Type.startsWith('Custom::')))).not.toMatch(/Watch|EventBusArn/);
    expect(sidsOf({ Resources: was })).toEqual(STATEMENTS);
    for (const [id, resource] of Object.entries(was)) {
      expect([id, is[id]]).toEqual([id, resource]);
    }
  });

  test('two imports of a stack share one monitor', () => {
    const stack = newStack(flags);
    const first = detached(stack);
    detached(stack, { source: FhirSource.storage('more/') }, 'Second').executeAfter(first);
    const template = templateOf(stack);
    const machine = { Ref: onlyResource(template, STATE_MACHINE, /Watch/).logicalId };

    expect(jobsOf(template).map(({ Properties }) => Properties.Watch.StateMachineArn)).toEqual([machine, machine]);
    expect(countsByType(template)['AWS::CloudWatch::Alarm']).toBe(1);
  });

  test('two imports with different providers have different monitors', () => {
    const stack = newStack(flags);
    const first = detached(stack);
    detached(stack, { source: FhirSource.storage('more/'), provider: new FhirJobProvider(stack, 'Other') }, 'Second').executeAfter(first);
    const template = templateOf(stack);
    const machines = jobsOf(template).map(({ Properties }) => Properties.Watch.StateMachineArn.Ref);

    expect(new Set(machines).size).toBe(2);
  });

  test('the monitor is in the stack of the provider', () => {
    const imports = newStack(flags);
    const shared = new Stack(imports.node.root as Stack, 'Shared');
    detached(imports, { provider: new FhirJobProvider(shared, 'Provider') });

    expect(resourcesOfType(templateOf(imports), STATE_MACHINE)).toEqual([]);
    expect(onlyResource(templateOf(shared), STATE_MACHINE, /Watch/)).toBeDefined();
    expect(imports.dependencies).toEqual([shared]);
    expect(shared.dependencies).toEqual([]);
  });

  test('the operator role trusts the monitor role and depends on the monitor', () => {
    const stack = newStack(flags);
    detached(stack);
    const template = templateOf(stack);
    const role = onlyResource(template, 'AWS::IAM::Role', /OperatorRole/);

    expect(role.DependsOn).toContain(onlyResource(template, STATE_MACHINE, /Watch/).logicalId);
    expect(role.Properties.AssumeRolePolicyDocument.Statement.flatMap((statement: { Principal: { AWS: unknown } }) => statement.Principal.AWS))
      .toEqual([/HandlerRole/, /WatchRole/].map((pattern) => ({ 'Fn::GetAtt': [onlyResource(template, 'AWS::IAM::Role', pattern).logicalId, 'Arn'] })));
  });
});

describe('giveUpAfter', () => {
  test.each([[Duration.minutes(1), '60'], [Duration.hours(36), '129600'], [Duration.days(14), '1209600'], [Duration.millis(90_000), '90']])(
    'of %s is written in seconds', (giveUpAfter, seconds) => {
      const stack = newStack();
      detached(stack, { completion: Completion.detached({ giveUpAfter }) });

      expect(onlyResource(templateOf(stack), JOB).Properties.Watch.GiveUpAfterSeconds).toBe(seconds);
    });

  test.each([
    [Duration.seconds(0), 'giveUpAfter must be between 1 minute and 14 days, got'],
    [Duration.seconds(59), 'giveUpAfter must be between 1 minute and 14 days, got 59 seconds; give it a minute at least'],
    [Duration.seconds(1_209_601), 'giveUpAfter must be between 1 minute and 14 days, got 14 days 1 second; no job is known to take that long'],
    [Duration.millis(60_500), 'giveUpAfter must be in whole seconds, got 60500 milliseconds; round it up'],
  ])('throws for %s', (giveUpAfter, message) => {
    expect(() => Completion.detached({ giveUpAfter })).toThrow(new RegExp(`^${message}`));
  });

  test('can be a token', () => {
    const stack = newStack();
    detached(stack, { completion: Completion.detached({ giveUpAfter: Duration.seconds(numberParameter(stack)) }) });

    expect(onlyResource(templateOf(stack), JOB).Properties.Watch.GiveUpAfterSeconds).toEqual({ Ref: 'Number' });
  });

  test('changes only GiveUpAfterSeconds in the template', () => {
    const [week, two] = [7, 14].map((days) => {
      const stack = newStack();
      detached(stack, { completion: Completion.detached({ giveUpAfter: Duration.days(days) }) });
      return JSON.stringify(templateOf(stack));
    });

    expect(two.replace('"1209600"', '"604800"')).toBe(week);
  });
});

describe('the attributes of a detached import', () => {
  test('include the id of the job', () => {
    const stack = newStack();
    new CfnOutput(stack, 'Id', { value: detached(stack).jobId });
    const template = templateOf(stack) as TemplateJson & { Outputs: Record<string, { Value: unknown }> };

    expect(template.Outputs.Id.Value).toEqual({ 'Fn::GetAtt': [onlyResource(template, JOB).logicalId, 'JobId'] });
  });

  test.each([
    ['jobStatus', 'JobStatus'],
    ['outputLocation', 'OutputLocation'],
    ['reportLocation', 'ReportLocation'],
    ['resourcesScanned', 'ResourcesScanned'],
    ['resourcesImported', 'ResourcesImported'],
    ['resourcesFailed', 'ResourcesFailed'],
  ] as const)('include %s only as a token that throws during synthesis', (getter, name) => {
    const stack = newStack();
    const value = detached(stack)[getter]; // must not throw here, because a debugger may read the getter
    new CfnOutput(stack, 'Output', { value });

    expect(() => templateOf(stack)).toThrow(`the deployment does not wait for the detached import "Stack/Import" and has no ${name} of it; `
      + 'act on its event, see onSucceeded(), or use Completion.waitFor()');
  });
});

describe('ordered imports', () => {
  /** Returns the template of two imports in the order that executeBefore() gives. */
  function ordered(first: Completion, second: Completion): TemplateJson {
    const stack = newStack();
    const one = importInto(stack, { completion: first }, 'First');
    const two = importInto(stack, { completion: second, source: FhirSource.storage('more/') }, 'Second');
    one.executeBefore(two);
    return templateOf(stack);
  }

  const [waiting, apart] = [Completion.waitFor(), Completion.detached()];

  test.each([['waiting', waiting], ['detached', apart]])('a %s import depends on the job of the detached import before it', (__, second) => {
    const template = ordered(apart, second);
    const first = onlyResource(template, JOB, /^First/).logicalId;

    expect(onlyResource(template, JOB, /^Second/).DependsOn).toContain(first);
    expect(onlyResource(template, 'AWS::IAM::Role', /^SecondOperatorRole/).DependsOn).toContain(first);
  });

  test('a detached import depends on the outcome of the waiting import before it', () => {
    const template = ordered(waiting, apart);

    expect(onlyResource(template, JOB, /^Second/).DependsOn).toEqual(expect.arrayContaining(
      [onlyResource(template, JOB, /^First/).logicalId, onlyResource(template, 'Custom::FhirImportOutcome', /^First/).logicalId]));
  });
});

describe('the alarm of the monitor', () => {
  test('is the same object before and after the first detached import is created', () => {
    const stack = newStack();
    const provider = new FhirJobProvider(stack, 'Provider');
    const alarm = provider.monitorAlarm();
    detached(stack, { provider });

    expect(provider.monitorAlarm()).toBe(alarm);
    expect(onlyResource(templateOf(stack), 'AWS::CloudWatch::Alarm').logicalId).toBe(stack.resolve((alarm.node.defaultChild as CfnResource).logicalId));
  });

  test('counts the failed monitor executions, and has no actions without a notification topic', () => {
    const stack = newStack();
    detached(stack);

    const template = templateOf(stack);
    const { Properties } = onlyResource(template, 'AWS::CloudWatch::Alarm');

    expect(Properties).not.toHaveProperty('AlarmActions');
    expect(Properties).toMatchObject({
      Namespace: 'AWS/States',
      MetricName: 'ExecutionsFailed',
      Dimensions: [{ Name: 'StateMachineArn', Value: { Ref: onlyResource(template, STATE_MACHINE, /Watch/).logicalId } }],
      Statistic: 'Sum',
      Period: 300,
      Threshold: 1,
      ComparisonOperator: 'GreaterThanOrEqualToThreshold',
      TreatMissingData: 'notBreaching',
    });
  });
});

describe('the log of the monitor', () => {
  test('records every step without execution data, in a log group whose name starts with /aws/vendedlogs/', () => {
    const stack = newStack();
    detached(stack);
    const { template } = new Deployed(templateOf(stack));
    const group = onlyResource(template, 'AWS::Logs::LogGroup', /Watch/);
    const { LoggingConfiguration, TracingConfiguration } = onlyResource(template, STATE_MACHINE, /Watch/).Properties;

    expect(LoggingConfiguration).toMatchObject({ Level: 'ALL', IncludeExecutionData: false });
    expect(LoggingConfiguration.Destinations).toHaveLength(1);
    expect(TracingConfiguration).toEqual({ Enabled: true });
    expect(group.Properties).toEqual({ LogGroupName: expect.stringMatching(/^\/aws\/vendedlogs\/states\/fhir-import-\w{8}-5f0e7a60-/), RetentionInDays: 365 });
    expect(group.DeletionPolicy).toBe('Delete'); // a retained log group would block a later deployment, which creates a group with the same name
  });

  test('goes to the log group of the provider if the user supplies one', () => {
    const stack = newStack();
    const logGroup = new logs.LogGroup(stack, 'Logs');
    detached(stack, { provider: new FhirJobProvider(stack, 'Provider', { logGroup }) });
    const template = templateOf(stack);
    const own = onlyResource(template, 'AWS::Logs::LogGroup').logicalId;

    expect(onlyResource(template, STATE_MACHINE, /Watch/).Properties.LoggingConfiguration.Destinations).toEqual(
      [{ CloudWatchLogsLogGroup: { LogGroupArn: { 'Fn::GetAtt': [own, 'Arn'] } } }]);
  });
});
