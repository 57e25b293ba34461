import { Duration } from 'aws-cdk-lib';
import { ScheduleExpression } from 'aws-cdk-lib/aws-scheduler';
import { actionsOf, type Context, may, mayAssume, sessionOf } from '../support/access';
import { Deployed } from '../support/deployed';
import { ACCOUNT, DATASTORE_ID, exportFrom, FEATURE_FLAGS, newStack, REGION, templateOf } from '../support/synth';

const DATASTORE_ARN = `arn:aws:healthlake:${REGION}:${ACCOUNT}:datastore/fhir/${DATASTORE_ID}`;
const BUS = `arn:aws:events:${REGION}:${ACCOUNT}:event-bus/default`;
const GROUP = `arn:aws:scheduler:${REGION}:${ACCOUNT}:schedule-group/default`;
const ours = (detailType: string): Context => ({ 'events:source': 'cdk-healthlake-import', 'events:detail-type': detailType });

describe.each(FEATURE_FLAGS)('an app %s', (_, flags) => {
  const stack = newStack(flags);
  exportFrom(stack, { schedule: ScheduleExpression.rate(Duration.days(1)) });
  exportFrom(stack, {}, 'Once');
  const deployed = new Deployed(templateOf(stack));
  const [schedule, operator, onceOperator, monitor, handler] = [
    /^ExportScheduleRole/, /^ExportOperatorRole/, /^OnceOperatorRole/, /WatchExportsRole/, /HandlerRole/,
  ].map((id) => deployed.roleId(id));
  const [machine, waiter] = [/WatchExports/, /waiter/].map((id) => deployed.arnOf('AWS::StepFunctions::StateMachine', id));

  test('the role of the schedule may start executions of the monitor of exports and do nothing else', async () => {
    expect(actionsOf(deployed, schedule)).toEqual(['states:StartExecution']);
    expect(await may(deployed, schedule, 'states:StartExecution', machine)).toBe(true);
    expect(await may(deployed, schedule, 'states:StartExecution', waiter)).toBe(false);
  });

  test.each<[boolean, string, string, Context]>([
    [true, 'EventBridge Scheduler for the default schedule group of the account', 'scheduler.amazonaws.com', { 'aws:SourceArn': GROUP, 'aws:SourceAccount': ACCOUNT }],
    [false, 'EventBridge Scheduler for another account', 'scheduler.amazonaws.com', { 'aws:SourceArn': GROUP, 'aws:SourceAccount': '444455556666' }],
    [false, 'EventBridge Scheduler for another group', 'scheduler.amazonaws.com', { 'aws:SourceArn': `${GROUP}-2`, 'aws:SourceAccount': ACCOUNT }],
    [false, 'EventBridge Scheduler without a source', 'scheduler.amazonaws.com', {}],
    [false, 'Step Functions', 'states.amazonaws.com', { 'aws:SourceArn': GROUP, 'aws:SourceAccount': ACCOUNT }],
    [false, 'the handler', sessionOf(deployed, handler), {}],
  ])('it is %s that the role of the schedule can be assumed by %s', async (allowed, __, principal, context) => {
    expect(await mayAssume(deployed, schedule, principal, context)).toBe(allowed);
  });

  test.each<[boolean, string, string, string, Context?]>([
    [true, 'start exports', 'healthlake:StartFHIRExportJob', DATASTORE_ARN],
    [true, 'list exports', 'healthlake:ListFHIRExportJobs', DATASTORE_ARN],
    [true, 'start the monitor', 'states:StartExecution', machine],
    [true, 'put the event on a skipped run', 'events:PutEvents', BUS, ours('FHIR Export Skipped')],
    [true, 'put the event on a failed run', 'events:PutEvents', BUS, ours('FHIR Export Failed')],
    [false, 'put an event of imports', 'events:PutEvents', BUS, ours('FHIR Import Failed')],
    [false, 'start imports', 'healthlake:StartFHIRImportJob', DATASTORE_ARN],
    [false, 'start the waiter', 'states:StartExecution', waiter],
  ])('it is %s that the operator role of a scheduled export may %s', async (allowed, __, action, resource, context = {}) => {
    expect(await may(deployed, operator, action, resource, context)).toBe(allowed);
  });

  test('only the operator role of an export that a deployment starts may describe stacks', () => {
    expect([operator, onceOperator].map((role) => actionsOf(deployed, role).includes('cloudformation:DescribeStacks'))).toEqual([false, true]);
  });

  test.each([['the handler', handler], ['the monitor of exports', monitor]])('%s can assume the operator role of a scheduled export', async (__, role) => {
    expect(await mayAssume(deployed, operator, sessionOf(deployed, role))).toBe(true);
  });
});
