import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as kms from 'aws-cdk-lib/aws-kms';
import { FhirJobProvider } from '../../src';
import { actionsOf, may, mayAssume, policiesOf, sessionOf, type StatementJson } from '../support/access';
import { Deployed } from '../support/deployed';
import { ACCOUNT, DATASTORE_ID, FEATURE_FLAGS, importInto, newStack, REGION, templateOf } from '../support/synth';

const STREAM = ':log-stream:2025/11/21/[$LATEST]5f0e7a607c1d';

function deploy(flags: Record<string, unknown>, inVpc = false): Deployed {
  const stack = newStack(flags);
  importInto(stack, { provider: inVpc ? new FhirJobProvider(stack, 'Own', { vpc: new ec2.Vpc(stack, 'Vpc') }) : undefined });
  return new Deployed(templateOf(stack));
}

describe.each(FEATURE_FLAGS)('an app %s', (_, flags) => {
  const deployed = deploy(flags);
  const [handler, onEventRole, completeRole, waiterRole, reportFunctionRole] = [
    /HandlerRole/, /FrameworkOnEventRole/, /FrameworkCompleteAndTimeoutRole/, /waiterstatemachineRole/, /ReportFunctionRole/,
  ].map((pattern) => deployed.roleId(pattern));
  const [onEvent, isComplete, report, frameworkOnEvent, frameworkIsComplete, frameworkOnTimeout] = [
    /ProviderOnEvent/, /ProviderIsComplete/, /ProviderReport/, /frameworkonEvent/, /frameworkisComplete/, /frameworkonTimeout/,
  ].map((pattern) => deployed.arnOf('AWS::Lambda::Function', pattern));
  const waiter = deployed.arnOf('AWS::StepFunctions::StateMachine');
  const logGroup = deployed.arnOf('AWS::Logs::LogGroup');
  const [input, output] = [/InputBucket/, /OutputBucket/].map((pattern) => deployed.arnOf('AWS::S3::Bucket', pattern));

  describe.each<[string, string, string[]]>([
    ['handler', handler, []], ['report function', reportFunctionRole, []], ['framework isComplete', completeRole, ['lambda:GetFunction', 'lambda:InvokeFunction']],
    ['framework onEvent', onEventRole, ['lambda:GetFunction', 'lambda:InvokeFunction', 'states:StartExecution']],
  ])('the %s role', (__, role, otherActions) => {
    test('may perform only the actions for logs and the listed actions', () => {
      expect(actionsOf(deployed, role)).toEqual([...otherActions, 'logs:CreateLogStream', 'logs:PutLogEvents'].sort());
    });

    test.each(['logs:CreateLogStream', 'logs:PutLogEvents'])('has the permission %s only for the log group of the provider', async (action) => {
      expect(await may(deployed, role, action, `${logGroup}${STREAM}`)).toBe(true);
      expect(await may(deployed, role, action, `${logGroup}-other${STREAM}`)).toBe(false);
    });

    test.each([
      ['read input', 's3:GetObject', `${input}/input/Patient.ndjson`],
      ['read results', 's3:GetObject', `${output}/Import-ae573c5f/${DATASTORE_ID}-FHIR_IMPORT-c0fddbf76f238297632d4aebdbfc9ddf/Manifest.json`],
      ['decrypt', 'kms:Decrypt', deployed.arnOf('AWS::KMS::Key')],
    ])('may not %s', async (___, action, resource) => {
      expect(await may(deployed, role, action, resource)).toBe(false);
    });

    test.each<[boolean, string]>([
      [true, 'lambda.amazonaws.com'],
      [false, 'healthlake.amazonaws.com'],
      [false, `arn:aws:iam::${ACCOUNT}:user/admin`],
      [false, sessionOf(deployed, handler)],
    ])('it is %s that the role can be assumed by %s', async (allowed, principal) => {
      expect(await mayAssume(deployed, role, principal)).toBe(allowed);
    });
  });

  test.each([['handler', handler], ['report function', reportFunctionRole]])('the %s role has one statement, which allows it to write logs', (__, role) => {
    expect(policiesOf(deployed, role).flatMap(({ Statement }) => Statement)).toEqual([
      { Effect: 'Allow', Action: ['logs:CreateLogStream', 'logs:PutLogEvents'], Resource: `${logGroup}:*` },
    ]);
  });

  test.each<[string, string, Record<string, boolean>]>([
    ['handler', handler, { [onEvent]: false, [isComplete]: false, [frameworkIsComplete]: false, [frameworkOnTimeout]: false, [report]: false }],
    ['framework onEvent', onEventRole,
      { [onEvent]: true, [isComplete]: true, [frameworkIsComplete]: false, [frameworkOnTimeout]: false, [report]: false }],
    ['framework isComplete', completeRole,
      { [onEvent]: true, [isComplete]: true, [frameworkIsComplete]: false, [frameworkOnEvent]: false, [report]: false }],
    ['waiter', waiterRole, { [onEvent]: false, [isComplete]: false, [frameworkIsComplete]: true, [frameworkOnTimeout]: true, [report]: false }],
    ['report function', reportFunctionRole, { [onEvent]: false, [isComplete]: false, [frameworkIsComplete]: false, [frameworkOnTimeout]: false, [report]: false }],
  ])('the %s role may invoke only the functions that it needs', async (__, role, functions) => {
    const others = { [`arn:aws:lambda:${REGION}:${ACCOUNT}:function:other`]: false };
    for (const [arn, allowed] of Object.entries({ ...functions, ...others })) {
      expect([arn, await may(deployed, role, 'lambda:InvokeFunction', arn)]).toEqual([arn, allowed]);
    }
  });

  test.each<[boolean, string, string]>([
    [false, 'handler', handler], [true, 'framework onEvent', onEventRole], [false, 'framework isComplete', completeRole], [false, 'waiter', waiterRole],
    [false, 'report function', reportFunctionRole],
  ])('it is %s that the %s role may start the waiter state machine', async (allowed, __, role) => {
    expect(await may(deployed, role, 'states:StartExecution', waiter)).toBe(allowed);
    expect(await may(deployed, role, 'states:StartExecution', `${waiter}-other`)).toBe(false);
  });

  test('the waiter role can be assumed by Step Functions only', async () => {
    expect(await mayAssume(deployed, waiterRole, 'states.amazonaws.com')).toBe(true);
    expect(await mayAssume(deployed, waiterRole, 'lambda.amazonaws.com')).toBe(false);
  });

  test.each<[boolean, string, string]>([[true, 'waiter', waiterRole], [false, 'handler', handler]])('it is %s that the %s role may send traces', async (allowed, __, role) => {
    expect(await may(deployed, role, 'xray:PutTraceSegments', '*')).toBe(allowed);
  });

  const folder = `${output}/Import-ae573c5f/${DATASTORE_ID}-FHIR_IMPORT-${'?'.repeat(32)}`;

  /** All wildcards in the actions and resources of policies, each with the reason why it is necessary. */
  const WILDCARDS: [where: string, value: string, reason: string][] = [
    ['FhirImportProviderFrameworkCompleteAndTimeoutRole', `${logGroup}:*`, 'Lambda names its log streams'],
    ['FhirImportProviderFrameworkOnEventRole', `${logGroup}:*`, 'Lambda names its log streams'],
    ['FhirImportProviderHandlerRole', `${logGroup}:*`, 'Lambda names its log streams'],
    ['FhirImportProviderReportFunctionRole', `${logGroup}:*`, 'Lambda names its log streams'],
    ['FhirImportProviderwaiterstatemachineRoleDefaultPolicy', `${frameworkIsComplete}:*`, 'written by aws-cdk-lib: versions of its own function'],
    ['FhirImportProviderwaiterstatemachineRoleDefaultPolicy', `${frameworkOnTimeout}:*`, 'written by aws-cdk-lib: versions of its own function'],
    ['FhirImportProviderwaiterstatemachineRoleDefaultPolicy', '*', 'traces name no resource'],
    ['FhirStorageInputBucketPolicy', 's3:*', 'denies requests without TLS'],
    ['FhirStorageInputBucketPolicy', `${input}/*`, 'denies requests without TLS'],
    ['FhirStorageKey', 'kms:*', 'the key policy for the account: without it, identity policies have no effect'],
    ['FhirStorageKey', '*', 'in a key policy, the key itself'],
    ['FhirStorageOutputBucketPolicy', 's3:*', 'denies requests without TLS'],
    ['FhirStorageOutputBucketPolicy', `${output}/*`, 'denies requests without TLS'],
    ['ImportDataAccessRole', `${input}/input/*`, 'the names of the files are the user\'s'],
    ['ImportDataAccessRole', `${output}/Import-ae573c5f/*`, 'the names of the results are HealthLake\'s'],
    ['ImportDataAccessRole', 'kms:GenerateDataKey*', 'it is not documented which variants HealthLake calls'],
    ['ImportReportRole', `${folder}/FAILURE/*`, 'the names of the results are HealthLake\'s'],
    ['ImportReportRole', `${folder}/SUCCESS_WITH_SEARCH_VALIDATION_FAILURES/*`, 'the names of the results are HealthLake\'s'],
    ['ImportReportRole', `${folder}/?anifest.json`, 'HealthLake writes Manifest.json, and its guide has manifest.json'],
    ['ImportReportRole', `${folder}/report.json`, 'the id of the job is not known before it starts'],
  ];

  test('every statement has Action and Resource, and the constant WILDCARDS lists every wildcard', () => {
    const found = statementsOf(deployed).flatMap(([id, statement]) => {
      expect(Object.keys(statement)).toEqual(expect.arrayContaining(['Action', 'Resource']));
      expect(Object.keys(statement)).not.toEqual(expect.arrayContaining([expect.stringMatching(/^Not/)]));
      return [statement.Action, statement.Resource ?? []].flat().filter((value) => /[*?]/.test(value)).map((value) => [id.slice(0, -8), value]);
    });

    expect(found.sort(byText)).toEqual(WILDCARDS.map(([where, value]) => [where, value]).sort(byText));
  });

  test('a VPC adds one statement for network interfaces to each function role', () => {
    const inVpc = deploy(flags, true);
    const open = statementsOf(inVpc).filter(([, { Effect, Resource }]) => Effect === 'Allow' && [Resource].flat().includes('*'))
      .filter(([id]) => inVpc.resource(id).Type === 'AWS::IAM::Role');

    expect(open.map(([id]) => id.slice(0, -8)).sort()).toEqual(
      ['OwnFrameworkCompleteAndTimeoutRole', 'OwnFrameworkOnEventRole', 'OwnHandlerRole', 'OwnReportFunctionRole']);
    expect(open.map(([, { Action }]) => [Action].flat().every((action) => /^ec2:\w+$/.test(action)))).toEqual([true, true, true, true]);
  });

  test('Sids have only letters and digits, and are unique within a role', () => {
    const stack = newStack(flags);
    importInto(stack, { datastoreEncryptionKey: new kms.Key(stack, 'DatastoreKey') });
    const named = statementsOf(new Deployed(templateOf(stack))).flatMap(([id, { Sid }]) => Sid === undefined ? [] : [[id.slice(0, -8), Sid]]);

    // Statements of the data access role have no Sid, so that users can copy them into any policy.
    expect(new Set(named.map(([id]) => id))).toEqual(new Set(
      ['FhirImportProviderwaiterstatemachineRoleDefaultPolicy', 'ImportOperatorRole', 'ImportReportRole']));
    expect(new Set(named.map((pair) => pair.join(' '))).size).toBe(named.length);
    expect(named.filter(([, sid]) => !/^[A-Za-z0-9]+$/.test(sid))).toEqual([]);
  });
});

/** Returns every policy statement with the logical id of the template resource that has the policy. Leaves out trust policies, which have no `Resource`. */
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
