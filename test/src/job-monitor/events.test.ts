import { Stack } from 'aws-cdk-lib';
import type * as events from 'aws-cdk-lib/aws-events';
import * as targets from 'aws-cdk-lib/aws-events-targets';
import * as sqs from 'aws-cdk-lib/aws-sqs';
import { type FhirJobMonitor, JobKind } from '../../../src';
import { datastores, monitorIn } from '../../support/jobs';
import { DATASTORE_ID, FEATURE_FLAGS, newStack, onlyResource, templateOf } from '../../support/synth';

const RULE = 'AWS::Events::Rule';

/** Returns the event pattern of the only rule. */
function patternWith(use: (monitor: FhirJobMonitor) => events.Rule, flags = {}): object {
  const stack = newStack(flags);
  use(monitorIn(stack));
  return onlyResource(templateOf(stack), RULE).Properties.EventPattern;
}

describe.each(FEATURE_FLAGS)('a rule in an app %s', (_, flags) => {
  test.each<[string, (monitor: FhirJobMonitor) => events.Rule, string[]]>([
    ['onJobCompleted()', (monitor) => monitor.onJobCompleted('Rule'), [
      'Import Job Completed', 'Import Job Completed With Errors', 'Export Job Completed', 'Export Job Completed With Errors',
    ]],
    ['onJobFailed()', (monitor) => monitor.onJobFailed('Rule'), ['Import Job Failed', 'Export Job Failed']],
    ['onJobFailed() of exports', (monitor) => monitor.onJobFailed('Rule', { jobKind: JobKind.EXPORT }), ['Export Job Failed']],
    ['onJobStatusChange() of imports', (monitor) => monitor.onJobStatusChange('Rule', { jobKind: JobKind.IMPORT }), [
      'Import Job Submitted', 'Import Job Queued', 'Import Job In Progress', 'Import Job Completed', 'Import Job Completed With Errors', 'Import Job Failed',
    ]],
  ])('of %s matches HealthLake\'s events', (__, use, detailTypes) => {
    expect(patternWith(use, flags)).toEqual({ 'source': ['aws.healthlake'], 'detail-type': detailTypes, 'detail': { datastoreId: [DATASTORE_ID] } });
  });

  test('matches the events of all data stores', () => {
    const stack = newStack(flags);
    monitorIn(stack, { datastores: datastores(stack, 3) }).onJobFailed('Rule');

    expect(onlyResource(templateOf(stack), RULE).Properties.EventPattern.detail.datastoreId).toEqual(['0', '1', '2'].map((digit) => digit.repeat(32)));
  });
});

test('a rule accepts rule options, a target and a further event pattern', () => {
  const stack = newStack();
  monitorIn(stack).onJobFailed('Rule', {
    jobKind: JobKind.EXPORT, ruleName: 'export-failed', target: new targets.SqsQueue(new sqs.Queue(stack, 'Queue')), eventPattern: { detail: { jobId: ['1'] } },
  });

  expect(onlyResource(templateOf(stack), RULE).Properties).toMatchObject({
    Name: 'export-failed',
    Targets: [{ Id: 'Target0' }],
    EventPattern: { detail: { datastoreId: [DATASTORE_ID], jobId: ['1'] } },
  });
});

test('creates a rule in the stack of its target if crossStackScope is given', () => {
  const stack = newStack();
  const other = new Stack(stack.node.root, 'Other');
  monitorIn(stack).onJobFailed('Rule', { crossStackScope: other });

  expect(onlyResource(templateOf(other), RULE).Properties.EventPattern.detail).toEqual({ datastoreId: [DATASTORE_ID] });
});

test.each<[string, events.EventPattern]>([
  ['source', { source: ['aws.s3'] }],
  ['detailType and datastoreId', { detailType: ['Import Job Queued'], detail: { datastoreId: ['1'] } }],
])('a rule throws for an event pattern with %s', (fields, eventPattern) => {
  expect(() => monitorIn(newStack()).onJobFailed('Rule', { eventPattern })).toThrow(
    `the eventPattern of the rule "Rule" must not have ${fields}, because the rule would also match other events; leave out these fields, which identify the data stores`);
});
