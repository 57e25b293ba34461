import type { Stack } from 'aws-cdk-lib';
import { EventBus } from 'aws-cdk-lib/aws-events';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as logs from 'aws-cdk-lib/aws-logs';
import { Completion, FhirImportProvider, FhirSource } from '../../src';
import { type Context, may, mayAssume, policiesOf, sessionOf } from '../support/access';
import { Deployed, STACK_ID } from '../support/deployed';
import { ACCOUNT, DATASTORE_ID, FEATURE_FLAGS, importInto, newStack, onlyResource, REGION, templateOf } from '../support/synth';

const OTHER_ACCOUNT = '444455556666';
const DATASTORE_ARN = `arn:aws:healthlake:${REGION}:${ACCOUNT}:datastore/fhir/${DATASTORE_ID}`;
const DEFAULT_BUS = `arn:aws:events:${REGION}:${ACCOUNT}:event-bus/default`;
const ours = (detailType: string): Context => ({ 'events:source': 'cdk-healthlake-import', 'events:detail-type': detailType });
const SUCCEEDED = ours('FHIR Import Succeeded');

type Case = [what: string, action: string, resource: string, context?: Context];

/** One that waits, two that are detached: the last of these tells a bus of its own. */
function threeImports(flags: Record<string, unknown>): Deployed {
  const stack = newStack(flags);
  const completion = Completion.detached();
  const waiting = importInto(stack, {}, 'Waiting');
  const detached = importInto(stack, { completion, source: FhirSource.storage('second/') }, 'Detached');
  detached.executeAfter(waiting);
  importInto(stack, { completion, source: FhirSource.storage('third/'), eventBus: new EventBus(stack, 'Bus') }, 'Telling').executeAfter(detached);
  return new Deployed(templateOf(stack));
}

describe.each(FEATURE_FLAGS)('%s', (_, flags) => {
  const deployed = threeImports(flags);
  const idOf = (type: string, pattern: RegExp) => onlyResource(deployed.template, type, pattern).logicalId;
  const roleId = (pattern: RegExp) => idOf('AWS::IAM::Role', pattern);
  const arnOf = (type: string, pattern: RegExp) => deployed.arn(idOf(type, pattern));
  const [watch, handler, waitingOperator, operator, tellingOperator] = [
    /WatchRole/, /HandlerRole/, /^WaitingOperator/, /^DetachedOperator/, /^TellingOperator/,
  ].map(roleId);
  const [watchMachine, waiter] = [/Watch/, /waiter/].map((pattern) => arnOf('AWS::StepFunctions::StateMachine', pattern));
  const [onEvent, isComplete, report, frameworkIsComplete] = [/ProviderOnEvent/, /ProviderIsComplete/, /ProviderReport/, /frameworkisComplete/]
    .map((pattern) => arnOf('AWS::Lambda::Function', pattern));
  const ownBus = arnOf('AWS::Events::EventBus', /Bus/);
  const [input, output] = [/InputBucket/, /OutputBucket/].map((pattern) => arnOf('AWS::S3::Bucket', pattern));

  describe('the watch role', () => {
    test.each<Case>([
      ['have a job judged', 'lambda:InvokeFunction', isComplete],
      ['have its steps logged', 'logs:CreateLogDelivery', '*'],
      ['see how its steps are logged', 'logs:GetLogDelivery', '*'],
      ['have the log service let deliveries in', 'logs:PutResourcePolicy', '*'],
      ['trace', 'xray:PutTraceSegments', '*'],
    ])('may %s', async (__, action, resource, context = {}) => {
      expect(await may(deployed, watch, action, resource, context)).toBe(true);
    });

    test.each<Case>([
      ['invoke the function that starts jobs', 'lambda:InvokeFunction', onEvent],
      ['invoke the function that makes reports', 'lambda:InvokeFunction', report],
      ['invoke the framework', 'lambda:InvokeFunction', frameworkIsComplete],
      ['change the function', 'lambda:UpdateFunctionCode', isComplete],
      ['describe jobs itself', 'healthlake:DescribeFHIRImportJob', DATASTORE_ARN],
      ['start imports', 'healthlake:StartFHIRImportJob', DATASTORE_ARN],
      ['read the data store', 'healthlake:ReadResource', DATASTORE_ARN],
      ['read input', 's3:GetObject', `${input}/input/Patient.ndjson`],
      ['read results', 's3:GetObject', `${output}/Detached-12345678/Manifest.json`],
      ['decrypt', 'kms:Decrypt', arnOf('AWS::KMS::Key', /./)],
      ['put events', 'events:PutEvents', DEFAULT_BUS, SUCCEEDED],
      ['start itself', 'states:StartExecution', watchMachine],
      ['start the waiter', 'states:StartExecution', waiter],
      ['write logs', 'logs:PutLogEvents', `${arnOf('AWS::Logs::LogGroup', /Watch/)}:log-stream:a`],
      ['read logs', 'logs:GetLogEvents', `${arnOf('AWS::Logs::LogGroup', /Watch/)}:log-stream:a`],
      ['delete log groups', 'logs:DeleteLogGroup', arnOf('AWS::Logs::LogGroup', /Watch/)],
      ['pass the data access role', 'iam:PassRole', arnOf('AWS::IAM::Role', /^DetachedDataAccess/)],
      ['describe the stack', 'cloudformation:DescribeStacks', STACK_ID],
      ['assume any role by its own policies', 'sts:AssumeRole', `arn:aws:iam::${ACCOUNT}:role/other`],
    ])('may not %s', async (__, action, resource, context = {}) => {
      expect(await may(deployed, watch, action, resource, context)).toBe(false);
    });

    test('has three statements, each with its reason', () => {
      const statements = policiesOf(deployed, watch).flatMap(({ Statement }) => Statement);

      expect(statements.map(({ Sid, Effect, Resource }) => [Sid, Effect, Resource])).toEqual(
        [['Judge', 'Allow', isComplete], ['Logs', 'Allow', '*'], ['Traces', 'Allow', '*']]); // neither knows resources
      expect(statements.flatMap(({ Action }) => Action).filter((action) => action.includes('*'))).toEqual([]);
    });

    const source = { 'aws:SourceAccount': ACCOUNT };
    test.each<[boolean, string, string, Context]>([
      [true, 'Step Functions for this account', 'states.amazonaws.com', source],
      [false, 'Step Functions for another account', 'states.amazonaws.com', { 'aws:SourceAccount': OTHER_ACCOUNT }],
      [false, 'Step Functions for who knows whom', 'states.amazonaws.com', {}],
      [false, 'Lambda', 'lambda.amazonaws.com', source],
      [false, 'HealthLake', 'healthlake.amazonaws.com', source],
      [false, 'the handler', sessionOf(deployed, handler), source],
      [false, 'the operator role of a detached import', sessionOf(deployed, operator), source],
      [false, 'a user of the account', `arn:aws:iam::${ACCOUNT}:user/admin`, source],
    ])('can be assumed (%s) by %s', async (allowed, __, principal, context) => {
      expect(await mayAssume(deployed, watch, principal, context)).toBe(allowed);
    });
  });

  test.each<[boolean, string, string, string]>([
    [true, 'of a detached import', operator, sessionOf(deployed, watch)],
    [true, 'of another detached import', tellingOperator, sessionOf(deployed, watch)],
    [false, 'of an import that is waited for', waitingOperator, sessionOf(deployed, watch)],
    [false, 'of a detached import, from another account', operator, sessionOf(deployed, watch).replace(ACCOUNT, OTHER_ACCOUNT)],
    [true, 'of a detached import, which the handler has to', operator, sessionOf(deployed, handler)],
    [false, 'of a detached import, which the waiter must not', operator, sessionOf(deployed, roleId(/waiterstatemachineRole/))],
    [false, 'of a detached import, which the service must not', operator, 'states.amazonaws.com'],
    [false, 'of a detached import, which another one must not', operator, sessionOf(deployed, tellingOperator)],
  ])('the watch can assume (%s) the operator role %s', async (allowed, __, role, principal) => {
    expect(await mayAssume(deployed, role, principal)).toBe(allowed);
  });

  test('no other role than the operator\'s lets the watch in', async () => {
    const roles = Object.entries(deployed.template.Resources).filter(([, { Type }]) => Type === 'AWS::IAM::Role').map(([id]) => id);
    const open = await Promise.all(roles.map(async (role) => [role, await mayAssume(deployed, role, sessionOf(deployed, watch))] as const));

    expect(open.filter(([, allowed]) => allowed).map(([role]) => role).sort()).toEqual([operator, tellingOperator].sort());
  });

  describe('the operator role of a detached import', () => {
    test('may start executions of that state machine alone', async () => {
      expect(await may(deployed, operator, 'states:StartExecution', watchMachine)).toBe(true);
      expect(await may(deployed, operator, 'states:StartExecution', `${watchMachine}-other`)).toBe(false);
      expect(await may(deployed, operator, 'states:StartExecution', waiter)).toBe(false);
    });

    test.each<[string, string]>([
      ['states:StopExecution', 'execution'],
      ['states:DescribeExecution', 'execution'],
      ['states:ListExecutions', 'stateMachine'],
      ['states:UpdateStateMachine', 'stateMachine'],
      ['states:DeleteStateMachine', 'stateMachine'],
    ])('may not %s', async (action, kind) => {
      const resource = kind === 'execution' ? `${watchMachine.replace(':stateMachine:', ':execution:')}:job` : watchMachine;
      expect(await may(deployed, operator, action, resource)).toBe(false);
    });

    test.each<[boolean, string, string, Context]>([
      [true, 'that it succeeded', DEFAULT_BUS, SUCCEEDED],
      [true, 'that it failed', DEFAULT_BUS, ours('FHIR Import Failed')],
      [false, 'anything else', DEFAULT_BUS, ours('FHIR Import Started')],
      [false, 'what another source says', DEFAULT_BUS, { ...SUCCEEDED, 'events:source': 'aws.healthlake' }],
      [false, 'what has no source', DEFAULT_BUS, { 'events:detail-type': 'FHIR Import Failed' }],
      [false, 'what has no type', DEFAULT_BUS, { 'events:source': 'cdk-healthlake-import' }],
      [false, 'the bus of another import', ownBus, SUCCEEDED],
      [false, 'the bus of another account', DEFAULT_BUS.replace(ACCOUNT, OTHER_ACCOUNT), SUCCEEDED],
      [false, 'the bus of another Region', DEFAULT_BUS.replace(REGION, 'eu-west-1'), SUCCEEDED],
    ])('may tell (%s) a bus: %s', async (allowed, __, bus, context) => {
      expect(await may(deployed, operator, 'events:PutEvents', bus, context)).toBe(allowed);
    });

    test('with a bus of its own may tell that one alone', async () => {
      expect(await may(deployed, tellingOperator, 'events:PutEvents', ownBus, SUCCEEDED)).toBe(true);
      expect(await may(deployed, tellingOperator, 'events:PutEvents', DEFAULT_BUS, SUCCEEDED)).toBe(false);
    });

    test('may not change buses or rules', async () => {
      const rule = ownBus.replace(':event-bus/', ':rule/');
      for (const [action, resource] of [['events:PutRule', rule], ['events:PutTargets', rule], ['events:DeleteEventBus', ownBus]]) {
        expect([action, await may(deployed, tellingOperator, action, resource)]).toEqual([action, false]);
      }
    });
  });

  test.each<Case>([
    ['start executions', 'states:StartExecution', watchMachine],
    ['put events', 'events:PutEvents', DEFAULT_BUS, SUCCEEDED],
  ])('the operator role of an import that is waited for may not %s', async (__, action, resource, context = {}) => {
    expect(await may(deployed, waitingOperator, action, resource, context)).toBe(false);
  });
});

describe('a supplied watch role', () => {
  function deployWith(watchRole: (stack: Stack) => iam.IRole): Deployed {
    const stack = newStack();
    const provider = new FhirImportProvider(stack, 'Provider', { watchRole: watchRole(stack), logGroup: new logs.LogGroup(stack, 'Logs') });
    importInto(stack, { completion: Completion.detached(), provider });
    return new Deployed(templateOf(stack));
  }

  test('is given what the watch needs, and nothing else', async () => {
    const deployed = deployWith((stack) => new iam.Role(stack, 'Watcher', { assumedBy: new iam.ServicePrincipal('states.amazonaws.com') }));
    const idOf = (type: string, pattern: RegExp) => onlyResource(deployed.template, type, pattern).logicalId;
    const role = idOf('AWS::IAM::Role', /Watcher/);

    expect(await may(deployed, role, 'lambda:InvokeFunction', deployed.arn(idOf('AWS::Lambda::Function', /ProviderIsComplete/)))).toBe(true);
    expect(await may(deployed, role, 'lambda:InvokeFunction', deployed.arn(idOf('AWS::Lambda::Function', /ProviderOnEvent/)))).toBe(false);
    expect(await may(deployed, role, 'logs:CreateLogDelivery', '*')).toBe(true);
    expect(await may(deployed, role, 'xray:PutTraceSegments', '*')).toBe(true);
    expect(await may(deployed, role, 'healthlake:DescribeFHIRImportJob', DATASTORE_ARN)).toBe(false);
    expect(await mayAssume(deployed, idOf('AWS::IAM::Role', /OperatorRole/), sessionOf(deployed, role))).toBe(true);
  });

  test('that is immutable is left as it is, and trusted', async () => {
    const arn = `arn:aws:iam::${ACCOUNT}:role/team/Watcher`;
    const deployed = deployWith((stack) => iam.Role.fromRoleArn(stack, 'Watcher', arn, { mutable: false }));
    const operator = onlyResource(deployed.template, 'AWS::IAM::Role', /OperatorRole/).logicalId;

    expect(Object.values(deployed.template.Resources).filter(({ Type, Properties }) => Type === 'AWS::IAM::Policy' && JSON.stringify(Properties).includes('Watcher')))
      .toEqual([]);
    expect(await mayAssume(deployed, operator, `arn:aws:sts::${ACCOUNT}:assumed-role/Watcher/session`)).toBe(true);
  });

  test('can\'t be the role of the functions', () => {
    const stack = newStack();
    const role = new iam.Role(stack, 'One', { assumedBy: new iam.ServicePrincipal('lambda.amazonaws.com') });

    expect(() => new FhirImportProvider(stack, 'Provider', { handlerRole: role, watchRole: role })).toThrow(
      'handlerRole and watchRole are the same role "Stack/One", which would let the state machine do what these functions may; give each its own role');
  });
});
