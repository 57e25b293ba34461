import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as kms from 'aws-cdk-lib/aws-kms';
import { FhirImportProvider } from '../../src';
import { may, mayAssume, policiesOf, sessionOf, type StatementJson } from '../support/access';
import { Deployed, STACK_ID } from '../support/deployed';
import { ACCOUNT, DATASTORE_ID, FEATURE_FLAGS, importInto, newStack, onlyResource, REGION, templateOf } from '../support/synth';

const DATASTORE_ARN = `arn:aws:healthlake:${REGION}:${ACCOUNT}:datastore/fhir/${DATASTORE_ID}`;
const STREAM = ':log-stream:2025/11/21/[$LATEST]5f0e7a607c1d';

function deploy(flags: Record<string, unknown>, inVpc = false): Deployed {
  const stack = newStack(flags);
  importInto(stack, { provider: inVpc ? new FhirImportProvider(stack, 'Own', { vpc: new ec2.Vpc(stack, 'Vpc') }) : undefined });
  return new Deployed(templateOf(stack));
}

describe.each(FEATURE_FLAGS)('%s', (_, flags) => {
  const deployed = deploy(flags);
  const idOf = (type: string, pattern: RegExp) => onlyResource(deployed.template, type, pattern).logicalId;
  const [handler, onEventRole, completeRole, waiterRole, reportFunctionRole] = [
    /HandlerRole/, /FrameworkOnEventRole/, /FrameworkCompleteAndTimeoutRole/, /waiterstatemachineRole/, /ReportFunctionRole/,
  ].map((pattern) => idOf('AWS::IAM::Role', pattern));
  const [onEvent, isComplete, report, frameworkOnEvent, frameworkIsComplete, frameworkOnTimeout] = [
    /ProviderOnEvent/, /ProviderIsComplete/, /ProviderReport/, /frameworkonEvent/, /frameworkisComplete/, /frameworkonTimeout/,
  ].map((pattern) => deployed.arn(idOf('AWS::Lambda::Function', pattern)));
  const waiter = deployed.arn(idOf('AWS::StepFunctions::StateMachine', /./));
  const logGroup = deployed.arn(idOf('AWS::Logs::LogGroup', /./));
  const [input, output] = [/InputBucket/, /OutputBucket/].map((pattern) => deployed.arn(idOf('AWS::S3::Bucket', pattern)));

  describe.each([
    ['handler', handler], ['framework\'s onEvent', onEventRole], ['framework\'s other', completeRole], ['report function\'s', reportFunctionRole],
  ])('the %s role', (__, role) => {
    test.each(['logs:CreateLogStream', 'logs:PutLogEvents'])('may %s in the log group, and in no other', async (action) => {
      expect(await may(deployed, role, action, `${logGroup}${STREAM}`)).toBe(true);
      expect(await may(deployed, role, action, `${logGroup}-other${STREAM}`)).toBe(false);
    });

    test.each([
      ['make log groups', 'logs:CreateLogGroup', logGroup],
      ['delete logs', 'logs:DeleteLogStream', `${logGroup}${STREAM}`],
      ['start imports', 'healthlake:StartFHIRImportJob', DATASTORE_ARN],
      ['describe imports', 'healthlake:DescribeFHIRImportJob', DATASTORE_ARN],
      ['list imports', 'healthlake:ListFHIRImportJobs', DATASTORE_ARN],
      ['describe the data store', 'healthlake:DescribeFHIRDatastore', DATASTORE_ARN],
      ['pass the data access role', 'iam:PassRole', deployed.arn(idOf('AWS::IAM::Role', /DataAccessRole/))],
      ['describe the stack', 'cloudformation:DescribeStacks', STACK_ID],
      ['read input', 's3:GetObject', `${input}/input/Patient.ndjson`],
      ['read results', 's3:GetObject', `${output}/Import-ae573c5f/${DATASTORE_ID}-FHIR_IMPORT-c0fddbf76f238297632d4aebdbfc9ddf/Manifest.json`],
      ['list results', 's3:ListBucket', output],
      ['decrypt', 'kms:Decrypt', deployed.arn(idOf('AWS::KMS::Key', /./))],
      ['manage network interfaces', 'ec2:CreateNetworkInterface', `arn:aws:ec2:${REGION}:${ACCOUNT}:network-interface/eni-0f0e7a607c1d11f08`],
    ])('may not %s', async (___, action, resource) => {
      expect(await may(deployed, role, action, resource)).toBe(false);
    });

    test.each<[boolean, string]>([
      [true, 'lambda.amazonaws.com'],
      [false, 'healthlake.amazonaws.com'],
      [false, `arn:aws:iam::${ACCOUNT}:user/admin`],
      [false, sessionOf(deployed, handler)],
    ])('can be assumed (%s) by %s', async (allowed, principal) => {
      expect(await mayAssume(deployed, role, principal)).toBe(allowed);
    });
  });

  test.each([['handler', handler], ['report function\'s', reportFunctionRole]])('the %s role has one statement, about its logs', (__, role) => {
    expect(policiesOf(deployed, role).flatMap(({ Statement }) => Statement)).toEqual([
      { Effect: 'Allow', Action: ['logs:CreateLogStream', 'logs:PutLogEvents'], Resource: `${logGroup}:*` },
    ]);
  });

  test('the handler role can assume operator roles without a statement of its own: they name it', async () => {
    const operator = idOf('AWS::IAM::Role', /OperatorRole/);

    expect(await may(deployed, handler, 'sts:AssumeRole', deployed.arn(operator))).toBe(false); // by its own policies alone
    expect(await mayAssume(deployed, operator, sessionOf(deployed, handler))).toBe(true);
  });

  test.each<[string, string, Record<string, boolean>]>([
    ['handler', handler, { [onEvent]: false, [isComplete]: false, [frameworkIsComplete]: false, [frameworkOnTimeout]: false, [report]: false }],
    ['framework\'s onEvent', onEventRole,
      { [onEvent]: true, [isComplete]: true, [frameworkIsComplete]: false, [frameworkOnTimeout]: false, [report]: false }],
    ['framework\'s other', completeRole,
      { [onEvent]: true, [isComplete]: true, [frameworkIsComplete]: false, [frameworkOnEvent]: false, [report]: false }],
    ['waiter\'s', waiterRole, { [onEvent]: false, [isComplete]: false, [frameworkIsComplete]: true, [frameworkOnTimeout]: true, [report]: false }],
    ['report function\'s', reportFunctionRole, { [onEvent]: false, [isComplete]: false, [frameworkIsComplete]: false, [frameworkOnTimeout]: false, [report]: false }],
  ])('the %s role may invoke just the functions that it has to', async (__, role, functions) => {
    const strangers = { [`arn:aws:lambda:${REGION}:${ACCOUNT}:function:other`]: false };
    for (const [arn, allowed] of Object.entries({ ...functions, ...strangers })) {
      expect([arn, await may(deployed, role, 'lambda:InvokeFunction', arn)]).toEqual([arn, allowed]);
    }
  });

  test.each<[string, string, boolean]>([
    ['handler', handler, false], ['framework\'s onEvent', onEventRole, true], ['framework\'s other', completeRole, false], ['waiter\'s', waiterRole, false],
    ['report function\'s', reportFunctionRole, false],
  ])('the %s role may start the waiter: %s %s', async (__, role, allowed) => {
    expect(await may(deployed, role, 'states:StartExecution', waiter)).toBe(allowed);
    expect(await may(deployed, role, 'states:StartExecution', `${waiter}-other`)).toBe(false);
  });

  test('the waiter\'s role can be assumed by Step Functions alone', async () => {
    expect(await mayAssume(deployed, waiterRole, 'states.amazonaws.com')).toBe(true);
    expect(await mayAssume(deployed, waiterRole, 'lambda.amazonaws.com')).toBe(false);
  });

  const folder = `${output}/Import-ae573c5f/${DATASTORE_ID}-FHIR_IMPORT-${'?'.repeat(32)}`;

  /** Where a `*` or `?` is in a statement that is not a principal's, and why it has to be there. */
  const WILDCARDS: [where: string, value: string, reason: string][] = [
    ['FhirImportProviderFrameworkCompleteAndTimeoutRole', `${logGroup}:*`, 'Lambda names its log streams'],
    ['FhirImportProviderFrameworkOnEventRole', `${logGroup}:*`, 'Lambda names its log streams'],
    ['FhirImportProviderHandlerRole', `${logGroup}:*`, 'Lambda names its log streams'],
    ['FhirImportProviderReportFunctionRole', `${logGroup}:*`, 'Lambda names its log streams'],
    ['FhirImportProviderwaiterstatemachineRoleDefaultPolicy', `${frameworkIsComplete}:*`, 'written by aws-cdk-lib: versions of its own function'],
    ['FhirImportProviderwaiterstatemachineRoleDefaultPolicy', `${frameworkOnTimeout}:*`, 'written by aws-cdk-lib: versions of its own function'],
    ['FhirStorageInputBucketPolicy', 's3:*', 'a denial: nothing goes without TLS'],
    ['FhirStorageInputBucketPolicy', `${input}/*`, 'a denial: nothing goes without TLS'],
    ['FhirStorageKey', 'kms:*', 'key policy of the account: without it identity policies count for nothing'],
    ['FhirStorageKey', '*', 'in a key policy, the key itself'],
    ['FhirStorageOutputBucketPolicy', 's3:*', 'a denial: nothing goes without TLS'],
    ['FhirStorageOutputBucketPolicy', `${output}/*`, 'a denial: nothing goes without TLS'],
    ['ImportDataAccessRole', `${input}/input/*`, 'the names of the files are the user\'s'],
    ['ImportDataAccessRole', `${output}/Import-ae573c5f/*`, 'the names of the results are HealthLake\'s'],
    ['ImportDataAccessRole', 'kms:GenerateDataKey*', 'which of the variants HealthLake calls is not documented'],
    ['ImportReportRole', `${folder}/FAILURE/*`, 'the names of the results are HealthLake\'s'],
    ['ImportReportRole', `${folder}/SUCCESS_WITH_SEARCH_VALIDATION_FAILURES/*`, 'the names of the results are HealthLake\'s'],
    ['ImportReportRole', `${folder}/?anifest.json`, 'HealthLake writes Manifest.json, its guide has manifest.json'],
    ['ImportReportRole', `${folder}/report.json`, 'which job it will be isn\'t known before it is started'],
  ];

  test('every statement names actions and resources, and every wildcard has its reason', () => {
    const found = statementsOf(deployed).flatMap(([id, statement]) => {
      expect(Object.keys(statement)).toEqual(expect.arrayContaining(['Action', 'Resource']));
      expect(Object.keys(statement)).not.toEqual(expect.arrayContaining([expect.stringMatching(/^Not/)]));
      return [statement.Action, statement.Resource ?? []].flat().filter((value) => /[*?]/.test(value)).map((value) => [id.slice(0, -8), value]);
    });

    expect(found.sort(byText)).toEqual(WILDCARDS.map(([where, value]) => [where, value]).sort(byText));
  });

  test('in a VPC the network interfaces come with one more, for each function role', () => {
    const inVpc = deploy(flags, true);
    const open = statementsOf(inVpc).filter(([, { Effect, Resource }]) => Effect === 'Allow' && [Resource].flat().includes('*'))
      .filter(([id]) => inVpc.resource(id).Type === 'AWS::IAM::Role');

    expect(open.map(([id]) => id.slice(0, -8)).sort()).toEqual(
      ['OwnFrameworkCompleteAndTimeoutRole', 'OwnFrameworkOnEventRole', 'OwnHandlerRole', 'OwnReportFunctionRole']);
    expect(open.map(([, { Action }]) => [Action].flat().every((action) => /^ec2:\w+$/.test(action)))).toEqual([true, true, true, true]);
  });

  test('the Sids of a role are of letters and digits, and none is there twice', () => {
    const stack = newStack(flags);
    importInto(stack, { datastoreEncryptionKey: new kms.Key(stack, 'DatastoreKey') });
    const named = statementsOf(new Deployed(templateOf(stack))).flatMap(([id, { Sid }]) => Sid === undefined ? [] : [[id.slice(0, -8), Sid]]);

    // Those of the data access role have none, because they may be pasted into one policy with others.
    expect(new Set(named.map(([id]) => id))).toEqual(new Set(['ImportOperatorRole', 'ImportReportRole']));
    expect(new Set(named.map((pair) => pair.join(' '))).size).toBe(named.length);
    expect(named.filter(([, sid]) => !/^[A-Za-z0-9]+$/.test(sid))).toEqual([]);
  });
});

/** Every statement that allows or denies something, with the logical id of the resource that it is in. Trust policies name no resource. */
function statementsOf(deployed: Deployed): [id: string, statement: StatementJson][] {
  return Object.entries(deployed.template.Resources).flatMap(([id, { Type, Properties }]) => {
    const documents = Type === 'AWS::IAM::Role'
      ? (Properties.Policies ?? []).map((policy: { PolicyDocument: unknown }) => policy.PolicyDocument)
      : [Properties.PolicyDocument, Properties.KeyPolicy].filter(Boolean);
    return documents.flatMap(({ Statement }: { Statement: StatementJson[] }) => Statement.map((statement) => [id, statement]));
  });
}

function byText(a: string[], b: string[]): number {
  return a.join(' ') < b.join(' ') ? -1 : 1;
}
