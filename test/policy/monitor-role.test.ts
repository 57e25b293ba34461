import type { Stack } from 'aws-cdk-lib';
import { EventBus } from 'aws-cdk-lib/aws-events';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as logs from 'aws-cdk-lib/aws-logs';
import { Completion, FhirJobProvider, FhirSource } from '../../src';
import { actionsOf, type Case, type Context, may, mayAssume, policiesOf, sessionOf } from '../support/access';
import { Deployed } from '../support/deployed';
import { ACCOUNT, DATASTORE_ID, FEATURE_FLAGS, importInto, newStack, REGION, templateOf } from '../support/synth';

const OTHER_ACCOUNT = '444455556666';
const DATASTORE_ARN = `arn:aws:healthlake:${REGION}:${ACCOUNT}:datastore/fhir/${DATASTORE_ID}`;
const DEFAULT_BUS = `arn:aws:events:${REGION}:${ACCOUNT}:event-bus/default`;
const ours = (detailType: string): Context => ({ 'events:source': 'cdk-healthlake-import', 'events:detail-type': detailType });
const SUCCEEDED = ours('FHIR Import Succeeded');

/** Returns the template of a stack with one waiting import and two detached imports, the second of which has its own event bus. */
function threeImports(flags: Record<string, unknown>): Deployed {
  const stack = newStack(flags);
  const completion = Completion.detached();
  const waiting = importInto(stack, {}, 'Waiting');
  const detached = importInto(stack, { completion, source: FhirSource.storage('second/') }, 'Detached');
  detached.executeAfter(waiting);
  importInto(stack, { completion, source: FhirSource.storage('third/'), eventBus: new EventBus(stack, 'Bus') }, 'OwnBus').executeAfter(detached);
  return new Deployed(templateOf(stack));
}

describe.each(FEATURE_FLAGS)('an app %s', (_, flags) => {
  const deployed = threeImports(flags);
  const [monitor, handler, waitingOperator, operator, ownBusOperator] = [
    /WatchRole/, /HandlerRole/, /^WaitingOperator/, /^DetachedOperator/, /^OwnBusOperator/,
  ].map((pattern) => deployed.roleId(pattern));
  const [monitorMachine, waiter] = [/Watch/, /waiter/].map((pattern) => deployed.arnOf('AWS::StepFunctions::StateMachine', pattern));
  const isComplete = deployed.arnOf('AWS::Lambda::Function', /ProviderIsComplete/);
  const ownBus = deployed.arnOf('AWS::Events::EventBus', /Bus/);
  const [input, output] = [/InputBucket/, /OutputBucket/].map((pattern) => deployed.arnOf('AWS::S3::Bucket', pattern));

  describe('the monitor role', () => {
    test.each<Case>([
      ['poll a job', 'lambda:InvokeFunction', isComplete],
      ['create a log delivery', 'logs:CreateLogDelivery', '*'],
      ['get its log delivery', 'logs:GetLogDelivery', '*'],
      ['let the log service deliver logs', 'logs:PutResourcePolicy', '*'],
      ['send traces', 'xray:PutTraceSegments', '*'],
    ])('may %s', async (__, action, resource, context = {}) => {
      expect(await may(deployed, monitor, action, resource, context)).toBe(true);
    });

    test.each<Case>([
      ['read input', 's3:GetObject', `${input}/input/Patient.ndjson`],
      ['read results', 's3:GetObject', `${output}/Detached-12345678/Manifest.json`],
      ['decrypt', 'kms:Decrypt', deployed.arnOf('AWS::KMS::Key', /./)],
    ])('may not %s', async (__, action, resource, context = {}) => {
      expect(await may(deployed, monitor, action, resource, context)).toBe(false);
    });

    test('has three policy statements, which allow only the listed actions', () => {
      const statements = policiesOf(deployed, monitor).flatMap(({ Statement }) => Statement);

      expect(statements.map(({ Sid, Effect, Resource }) => [Sid, Effect, Resource])).toEqual(
        [['Judge', 'Allow', isComplete], ['Logs', 'Allow', '*'], ['Traces', 'Allow', '*']]); // log and trace actions do not accept a resource ARN
      expect(actionsOf(deployed, monitor)).toEqual([
        'lambda:InvokeFunction', 'logs:CreateLogDelivery', 'logs:DeleteLogDelivery', 'logs:DescribeLogGroups', 'logs:DescribeResourcePolicies',
        'logs:GetLogDelivery', 'logs:ListLogDeliveries', 'logs:PutResourcePolicy', 'logs:UpdateLogDelivery', 'xray:GetSamplingRules',
        'xray:GetSamplingTargets', 'xray:PutTelemetryRecords', 'xray:PutTraceSegments',
      ]);
    });

    const source = { 'aws:SourceAccount': ACCOUNT };
    test.each<[boolean, string, string, Context]>([
      [true, 'Step Functions for this account', 'states.amazonaws.com', source],
      [false, 'Step Functions for another account', 'states.amazonaws.com', { 'aws:SourceAccount': OTHER_ACCOUNT }],
      [false, 'Step Functions without a source', 'states.amazonaws.com', {}],
      [false, 'Lambda', 'lambda.amazonaws.com', source],
      [false, 'HealthLake', 'healthlake.amazonaws.com', source],
      [false, 'the handler', sessionOf(deployed, handler), source],
      [false, 'the operator role of a detached import', sessionOf(deployed, operator), source],
      [false, 'a user of the account', `arn:aws:iam::${ACCOUNT}:user/admin`, source],
    ])('it is %s that the role can be assumed by %s', async (allowed, __, principal, context) => {
      expect(await mayAssume(deployed, monitor, principal, context)).toBe(allowed);
    });
  });

  test.each<[boolean, string, string, string, string]>([
    [false, 'of a detached import', 'a monitor in another account', operator, sessionOf(deployed, monitor).replace(ACCOUNT, OTHER_ACCOUNT)],
    [true, 'of a detached import', 'the handler', operator, sessionOf(deployed, handler)],
    [false, 'of a detached import', 'the waiter', operator, sessionOf(deployed, deployed.roleId(/waiterstatemachineRole/))],
    [false, 'of a detached import', 'Step Functions', operator, 'states.amazonaws.com'],
    [false, 'of a detached import', 'another operator', operator, sessionOf(deployed, ownBusOperator)],
  ])('it is %s that the operator role %s can be assumed by %s', async (allowed, __, ___, role, principal) => {
    expect(await mayAssume(deployed, role, principal)).toBe(allowed);
  });

  test('the monitor role may assume only the operator roles of detached imports', async () => {
    const roles = Object.entries(deployed.template.Resources).filter(([, { Type }]) => Type === 'AWS::IAM::Role').map(([id]) => id);
    const open = await Promise.all(roles.map(async (role) => [role, await mayAssume(deployed, role, sessionOf(deployed, monitor))] as const));

    expect(open.filter(([, allowed]) => allowed).map(([role]) => role).sort()).toEqual([operator, ownBusOperator].sort());
  });

  describe('the operator role of a detached import', () => {
    test('may start executions of the monitor and of no other state machine', async () => {
      expect(await may(deployed, operator, 'states:StartExecution', monitorMachine)).toBe(true);
      expect(await may(deployed, operator, 'states:StartExecution', `${monitorMachine}-other`)).toBe(false);
      expect(await may(deployed, operator, 'states:StartExecution', waiter)).toBe(false);
    });

    test.each<[string, string]>([
      ['states:StopExecution', 'execution'],
      ['states:DescribeExecution', 'execution'],
      ['states:ListExecutions', 'stateMachine'],
      ['states:UpdateStateMachine', 'stateMachine'],
      ['states:DeleteStateMachine', 'stateMachine'],
    ])('may not %s', async (action, kind) => {
      const resource = kind === 'execution' ? `${monitorMachine.replace(':stateMachine:', ':execution:')}:job` : monitorMachine;
      expect(await may(deployed, operator, action, resource)).toBe(false);
    });

    test.each<[boolean, string, string, Context]>([
      [true, 'a success event', DEFAULT_BUS, SUCCEEDED],
      [true, 'a failure event', DEFAULT_BUS, ours('FHIR Import Failed')],
      [false, 'an unknown detail type', DEFAULT_BUS, ours('FHIR Import Started')],
      [false, 'another source', DEFAULT_BUS, { ...SUCCEEDED, 'events:source': 'aws.healthlake' }],
      [false, 'no source', DEFAULT_BUS, { 'events:detail-type': 'FHIR Import Failed' }],
      [false, 'no detail type', DEFAULT_BUS, { 'events:source': 'cdk-healthlake-import' }],
      [false, 'the bus of another import', ownBus, SUCCEEDED],
      [false, 'a bus in another account', DEFAULT_BUS.replace(ACCOUNT, OTHER_ACCOUNT), SUCCEEDED],
      [false, 'a bus in another Region', DEFAULT_BUS.replace(REGION, 'eu-west-1'), SUCCEEDED],
    ])('it is %s that the role may call events:PutEvents with %s', async (allowed, __, bus, context) => {
      expect(await may(deployed, operator, 'events:PutEvents', bus, context)).toBe(allowed);
    });

    test('may put events on a supplied event bus instead of the default bus', async () => {
      expect(await may(deployed, ownBusOperator, 'events:PutEvents', ownBus, SUCCEEDED)).toBe(true);
      expect(await may(deployed, ownBusOperator, 'events:PutEvents', DEFAULT_BUS, SUCCEEDED)).toBe(false);
    });

    test('may not change buses or rules', async () => {
      const rule = ownBus.replace(':event-bus/', ':rule/');
      for (const [action, resource] of [['events:PutRule', rule], ['events:PutTargets', rule], ['events:DeleteEventBus', ownBus]]) {
        expect([action, await may(deployed, ownBusOperator, action, resource)]).toEqual([action, false]);
      }
    });
  });

  test.each<Case>([
    ['start executions', 'states:StartExecution', monitorMachine],
    ['put events', 'events:PutEvents', DEFAULT_BUS, SUCCEEDED],
  ])('the operator role of an import that is not detached may not %s', async (__, action, resource, context = {}) => {
    expect(await may(deployed, waitingOperator, action, resource, context)).toBe(false);
  });
});

describe('a supplied monitor role', () => {
  function deployWith(role: (stack: Stack) => iam.IRole): Deployed {
    const stack = newStack();
    const provider = new FhirJobProvider(stack, 'Provider', { monitorRole: role(stack), logGroup: new logs.LogGroup(stack, 'Logs') });
    importInto(stack, { completion: Completion.detached(), provider });
    return new Deployed(templateOf(stack));
  }

  test('gets only the permissions that the monitor needs', async () => {
    const deployed = deployWith((stack) => new iam.Role(stack, 'Supplied', { assumedBy: new iam.ServicePrincipal('states.amazonaws.com') }));
    const role = deployed.roleId(/Supplied/);

    expect(await may(deployed, role, 'lambda:InvokeFunction', deployed.arnOf('AWS::Lambda::Function', /ProviderIsComplete/))).toBe(true);
    expect(await may(deployed, role, 'lambda:InvokeFunction', deployed.arnOf('AWS::Lambda::Function', /ProviderOnEvent/))).toBe(false);
    expect(await may(deployed, role, 'logs:CreateLogDelivery', '*')).toBe(true);
    expect(await may(deployed, role, 'xray:PutTraceSegments', '*')).toBe(true);
    expect(await may(deployed, role, 'healthlake:DescribeFHIRImportJob', DATASTORE_ARN)).toBe(false);
    expect(await mayAssume(deployed, deployed.roleId(/OperatorRole/), sessionOf(deployed, role))).toBe(true);
  });

  test('gets no policy if it is immutable, but the operator role trusts it', async () => {
    const arn = `arn:aws:iam::${ACCOUNT}:role/team/Supplied`;
    const deployed = deployWith((stack) => iam.Role.fromRoleArn(stack, 'Supplied', arn, { mutable: false }));
    const operator = deployed.roleId(/OperatorRole/);

    expect(Object.values(deployed.template.Resources).filter(({ Type, Properties }) => Type === 'AWS::IAM::Policy' && JSON.stringify(Properties).includes('Supplied')))
      .toEqual([]);
    expect(await mayAssume(deployed, operator, `arn:aws:sts::${ACCOUNT}:assumed-role/Supplied/session`)).toBe(true);
  });

  test('is rejected if it is the same role as handlerRole', () => {
    const stack = newStack();
    const role = new iam.Role(stack, 'One', { assumedBy: new iam.ServicePrincipal('lambda.amazonaws.com') });

    expect(() => new FhirJobProvider(stack, 'Provider', { handlerRole: role, monitorRole: role })).toThrow(
      'handlerRole and monitorRole are the same role "Stack/One", which would let the state machine do what these functions may; give each its own role');
  });
});
