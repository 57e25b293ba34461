import type { Stack } from 'aws-cdk-lib';
import * as events from 'aws-cdk-lib/aws-events';
import * as targets from 'aws-cdk-lib/aws-events-targets';
import * as kinesis from 'aws-cdk-lib/aws-kinesis';
import * as sns from 'aws-cdk-lib/aws-sns';
import * as sqs from 'aws-cdk-lib/aws-sqs';
import { Completion, type FhirImport, type FhirImportProps, FhirSource } from '../../../src';
import { Deployed } from '../../support/deployed';
import {
  ACCOUNT, DATASTORE_ID, FEATURE_FLAGS, importInto, newStack, onlyResource, REGION, resourcesOfType, type TemplateJson, templateOf, textParameter,
} from '../../support/synth';

const RULE = 'AWS::Events::Rule';
const JOB = 'Custom::FhirImportJob';
const OUTCOME = 'Custom::FhirImportOutcome';
const DEFAULT_BUS = `arn:aws:events:${REGION}:${ACCOUNT}:event-bus/default`;

const COMPLETIONS: [string, Completion][] = [['waiting', Completion.waitFor()], ['detached', Completion.detached()]];

/** Returns the statements of an operator role that allow it to put events. */
function eventStatements(template: TemplateJson, operator = /OperatorRole/): { Resource: unknown }[] {
  const [{ PolicyDocument }] = onlyResource(template, 'AWS::IAM::Role', operator).Properties.Policies;
  return PolicyDocument.Statement.filter(({ Sid }: { Sid: string }) => Sid === 'Events');
}

/** Returns the event bus ARN in the job resource of a detached import, or in the outcome resource of a waiting import. */
function busOf(template: TemplateJson, isDetached: boolean): unknown {
  return new Deployed(template).resolve(onlyResource(template, isDetached ? JOB : OUTCOME).Properties.EventBusArn ?? 'none');
}

function deployedWith(use: (fhirImport: FhirImport, stack: Stack) => void, props: (stack: Stack) => Partial<FhirImportProps> = () => ({})): Deployed {
  const stack = newStack();
  use(importInto(stack, props(stack)), stack);
  return new Deployed(templateOf(stack));
}

describe.each(FEATURE_FLAGS)('an app %s', (_, flags) => {
  test.each(COMPLETIONS)('the rules of a %s import match only events of that import, and the job depends on the rules', (__, completion) => {
    const stack = newStack(flags);
    const fhirImport = importInto(stack, { completion });
    fhirImport.onSucceeded('Done');
    fhirImport.onFailed('Undone');
    fhirImport.onStatusChange('Change');
    const template = templateOf(stack);
    const { template: deployed } = new Deployed(template);
    const patternOf = (id: RegExp) => onlyResource(deployed, RULE, id).Properties.EventPattern;
    const detail = { constructPath: ['Stack/Import'], datastoreId: [DATASTORE_ID] };
    const input = onlyResource(template, 'AWS::S3::Bucket', /InputBucket/).logicalId.toLowerCase();

    expect(patternOf(/Done/)).toEqual({ 'source': ['cdk-healthlake-import'], 'detail-type': ['FHIR Import Succeeded'], detail });
    expect(patternOf(/Undone/)).toEqual({ 'source': ['cdk-healthlake-import'], 'detail-type': ['FHIR Import Failed'], detail });
    expect(patternOf(/Change/)).toEqual({
      'source': ['aws.healthlake'],
      'detail-type': [
        'Import Job Submitted', 'Import Job Queued', 'Import Job In Progress', 'Import Job Completed', 'Import Job Completed With Errors', 'Import Job Failed',
      ],
      'detail': { datastoreId: [DATASTORE_ID], inputDataConfig: { s3Uri: [`s3://${input}/input/`] } },
    });
    expect(onlyResource(template, JOB).DependsOn).toEqual(expect.arrayContaining(
      [/Done/, /Undone/, /Change/].map((id) => onlyResource(template, RULE, id).logicalId)));
  });

  test('the job depends on the policies that let EventBridge use a target, whenever the target is added', () => {
    const stack = newStack(flags);
    const rule = importInto(stack).onFailed('Undone', { target: new targets.SqsQueue(new sqs.Queue(stack, 'Queue')) });
    rule.addTarget(new targets.SnsTopic(new sns.Topic(stack, 'Topic')));
    rule.addTarget(new targets.KinesisStream(new kinesis.Stream(stack, 'Stream')));
    const template = templateOf(stack);
    const policies = Object.entries(template.Resources).filter(([id, { Type }]) => /Policy$/.test(Type) && /^(Queue|Topic|Stream)/.test(id));

    expect(policies).toHaveLength(3);
    expect(onlyResource(template, JOB).DependsOn).toEqual(expect.arrayContaining(policies.map(([id]) => id)));
  });

  test.each(COMPLETIONS)('a %s import sends its events to the supplied bus, and its rule for HealthLake events uses the default bus', (name, completion) => {
    const stack = newStack(flags);
    const fhirImport = importInto(stack, { completion, eventBus: new events.EventBus(stack, 'Bus') });
    fhirImport.onSucceeded('Done');
    fhirImport.onStatusChange('Change');
    const template = templateOf(stack);
    const bus = onlyResource(template, 'AWS::Events::EventBus').logicalId;

    expect(busOf(template, name === 'detached')).toBe(`arn:aws:events:${REGION}:${ACCOUNT}:event-bus/${bus.toLowerCase()}`);
    expect(eventStatements(template).map(({ Resource }) => Resource)).toEqual([{ 'Fn::GetAtt': [bus, 'Arn'] }]);
    expect(onlyResource(template, RULE, /Done/).Properties.EventBusName).toEqual({ Ref: bus });
    expect(onlyResource(template, RULE, /Change/).Properties).not.toHaveProperty('EventBusName');
  });
});

describe('events of an import', () => {
  test.each<[string, boolean, Completion, (fhirImport: FhirImport) => unknown]>([
    ['a waiting import without rules', false, Completion.waitFor(), () => undefined],
    ['a waiting import with a rule for HealthLake events', false, Completion.waitFor(), (fhirImport) => fhirImport.onStatusChange('Change')],
    ['a waiting import with an alarm', false, Completion.waitFor(), (fhirImport) => fhirImport.alarmOnFailure()],
    ['a waiting import with a rule on success', true, Completion.waitFor(), (fhirImport) => fhirImport.onSucceeded('Done')],
    ['a waiting import with a rule on failure', true, Completion.waitFor(), (fhirImport) => fhirImport.onFailed('Undone')],
    ['a detached import without rules', true, Completion.detached(), () => undefined],
    ['a detached import with a rule', true, Completion.detached(), (fhirImport) => fhirImport.onFailed('Undone')],
  ])('the statement "%s emits events" is %s', (__, isPut, completion, use) => {
    const { template } = deployedWith(use, () => ({ completion }));

    expect(busOf(template, completion.isDetached)).toBe(isPut ? DEFAULT_BUS : 'none');
    expect(eventStatements(template).map(({ Resource }) => Resource)).toEqual(isPut ? [DEFAULT_BUS] : []);
  });

  test('an import with a supplied bus emits events even if the stack has no rule', () => {
    const { template } = deployedWith(() => undefined, (stack) => ({ eventBus: events.EventBus.fromEventBusName(stack, 'Bus', 'clinic') }));

    expect(busOf(template, false)).toBe(`arn:aws:events:${REGION}:${ACCOUNT}:event-bus/clinic`);
    expect(eventStatements(template)).toHaveLength(1);
  });

  test('several rules add only one statement to the operator role', () => {
    const { template } = deployedWith((fhirImport) => {
      ['A', 'B'].forEach((id) => fhirImport.onSucceeded(id));
      ['C', 'D'].forEach((id) => fhirImport.onFailed(id));
    });

    expect(eventStatements(template)).toHaveLength(1);
    expect(resourcesOfType(template, RULE)).toHaveLength(4);
  });

  test('an import emits no events if only another import of the stack has a rule', () => {
    const stack = newStack();
    const first = importInto(stack, {}, 'First');
    const second = importInto(stack, { source: FhirSource.storage('more/') }, 'Second');
    second.executeAfter(first);
    second.onFailed('Undone');
    const template = templateOf(stack);

    expect([/^First/, /^Second/].map((id) => 'EventBusArn' in onlyResource(template, OUTCOME, id).Properties)).toEqual([false, true]);
    expect([/^FirstOperator/, /^SecondOperator/].map((id) => eventStatements(template, id).length)).toEqual([0, 1]);
  });

  test('a rule changes only the operator role, the outcome and the dependencies of the job', () => {
    const [without, withRule] = [() => undefined, (fhirImport: FhirImport) => fhirImport.onFailed('Undone')].map((use) => deployedWith(use).template.Resources);
    const changed = Object.keys(withRule).filter((id) => JSON.stringify(withRule[id]) !== JSON.stringify(without[id]));

    expect(changed.map((id) => id.slice(0, -8)).sort()).toEqual(['ImportJob', 'ImportOperatorRole', 'ImportOutcome', 'ImportUndone']);
    expect(Object.entries(withRule).find(([id]) => id.startsWith('ImportJob'))![1].Properties)
      .toEqual(Object.entries(without).find(([id]) => id.startsWith('ImportJob'))![1].Properties);
  });
});

describe('a rule', () => {
  test('accepts rule options and a target, and another target after its creation', () => {
    const { template } = deployedWith((fhirImport, stack) => {
      fhirImport.onFailed('Undone', { ruleName: 'import-failed', description: 'tell them', target: new targets.SqsQueue(new sqs.Queue(stack, 'Queue')) })
        .addTarget(new targets.SqsQueue(new sqs.Queue(stack, 'Later')));
    });
    const { Properties } = onlyResource(template, RULE);

    expect(Properties).toMatchObject({ Name: 'import-failed', Description: 'tell them', State: 'ENABLED' });
    expect(Properties.Targets).toEqual([/:queue/, /:later/].map((name, n) => ({ Arn: expect.stringMatching(name), Id: `Target${n}` })));
  });

  test('merges a supplied event pattern into its own pattern', () => {
    const { template } = deployedWith((fhirImport) => fhirImport.onFailed('Undone', { eventPattern: { detail: { jobStatus: ['CANCEL_COMPLETED'] } } }));

    expect(onlyResource(template, RULE).Properties.EventPattern).toEqual({
      'source': ['cdk-healthlake-import'],
      'detail-type': ['FHIR Import Failed'],
      'detail': { constructPath: ['Stack/Import'], datastoreId: [DATASTORE_ID], jobStatus: ['CANCEL_COMPLETED'] },
    });
  });

  test('matches HealthLake events if the source prefix is a template parameter', () => {
    const stack = newStack();
    importInto(stack, { source: FhirSource.storage(textParameter(stack)) }).onStatusChange('Change');
    const template = templateOf(stack);
    const input = onlyResource(template, 'AWS::S3::Bucket', /InputBucket/).logicalId;

    expect(onlyResource(template, RULE).Properties.EventPattern.detail.inputDataConfig.s3Uri).toEqual(
      [{ 'Fn::Join': ['', ['s3://', { Ref: input }, '/', { Ref: 'Text' }]] }]);
  });

  test('matches the construct path of the outcome, in which special characters are replaced', () => {
    const stack = newStack();
    importInto(stack, {}, 'Import für Ärzte').onFailed('Undone');
    const template = templateOf(stack);

    expect(onlyResource(template, RULE).Properties.EventPattern.detail.constructPath).toEqual(['Stack/Import f?r ?rzte']);
    expect(onlyResource(template, OUTCOME).Properties.ConstructPath).toBe('Stack/Import f?r ?rzte');
  });
});
