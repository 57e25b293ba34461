import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type App, Stack } from 'aws-cdk-lib';
import { SqsQueue } from 'aws-cdk-lib/aws-events-targets';
import { ArnPrincipal, CfnRole, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Queue } from 'aws-cdk-lib/aws-sqs';
import { Completion, FhirJobProvider, FhirStorage } from '../../../src';
import { policiesOf, type PolicyJson } from '../../support/access';
import { Deployed } from '../../support/deployed';
import { importInto, newApp, newStack, resourcesOfType, templateOf } from '../../support/synth';

interface ReportedRole {
  readonly roleConstructPath: string;
  readonly identityPolicyStatements: { readonly Action: string | string[] }[];
}

describe('Role.customizeRoles()', () => {
  /** Synthesizes an app with every role of the library. Returns the folder of the assembly. */
  function synthesize(prepare: (stack: Stack) => void = () => {}) {
    const app = newApp();
    const stack = new Stack(app, 'Stack');
    prepare(stack);
    const waiting = importInto(stack);
    importInto(stack, { completion: Completion.detached(), revision: '2' }, 'Detached').executeAfter(waiting);
    waiting.onFailed('Failed', { target: new SqsQueue(new Queue(stack, 'Queue')) });
    return { stack, app };
  }

  const sorted = (roles: [string, string[]][]) => roles.map(([path, actions]) => [path, [...actions].sort()]).sort();

  /** Returns the paths of the roles in the report, and the actions that each role needs. */
  function reportOf({ outdir }: App): [string, string[]][] {
    const { roles } = JSON.parse(readFileSync(join(outdir, 'iam-policy-report.json'), 'utf8')) as { roles: ReportedRole[] };
    return roles.map(({ roleConstructPath: path, identityPolicyStatements: statements }) => [path, statements.flatMap(({ Action }) => Action)]);
  }

  test('reports every permission that the roles would have', () => {
    const { stack } = synthesize();
    const deployed = new Deployed(templateOf(stack));
    const roles = stack.node.findAll().filter((construct) => construct instanceof CfnRole);
    const created = roles.map((role): [string, string[]] => [
      role.node.path.replace('/Resource', ''), policiesOf(deployed, stack.getLogicalId(role)).flatMap(({ Statement }) => Statement).flatMap(({ Action }) => Action),
    ]);
    const { app } = synthesize((scope) => Role.customizeRoles(scope));

    app.synth();

    expect(created).toHaveLength(12);
    expect(sorted(reportOf(app))).toEqual(sorted(created));
  });

  test('replaces all roles', () => {
    const { app } = synthesize((scope) => Role.customizeRoles(scope));
    app.synth();
    const paths = reportOf(app).map(([path]) => path);
    const { stack } = synthesize((scope) => Role.customizeRoles(scope, {
      usePrecreatedRoles: Object.fromEntries(paths.map((path, n) => [path, `precreated-${n}`])),
    }));

    expect(resourcesOfType(templateOf(stack), 'AWS::IAM::Role')).toEqual([]);
    expect(resourcesOfType(templateOf(stack), 'AWS::IAM::Policy')).toEqual([]);
  });
});

test('two providers can share their roles, whose policies then have no Sid twice', () => {
  const stack = newStack();
  const roles = Object.fromEntries(['handlerRole', 'frameworkOnEventRole', 'frameworkCompleteAndTimeoutRole', 'reportFunctionRole', 'monitorRole'].map((name) =>
    [name, new Role(stack, name, { assumedBy: new ServicePrincipal(name === 'monitorRole' ? 'states.amazonaws.com' : 'lambda.amazonaws.com') })]));
  ['First', 'Second'].forEach((id) =>
    importInto(stack, { provider: new FhirJobProvider(stack, `${id}Provider`, roles), completion: Completion.detached(), revision: id }, id));
  const sids = resourcesOfType(templateOf(stack), 'AWS::IAM::Policy').flatMap(({ Properties }) => (Properties.PolicyDocument as PolicyJson).Statement).map(({ Sid }) => Sid);

  expect(sids.filter((sid) => sid && sid !== 'Traces')).toEqual([]); // the waiter of each provider has a role of its own, which sends traces
});

describe('a supplied operator role and a supplied report role', () => {
  function supplied() {
    const first = newStack();
    const reportFunctionRole = new Role(first, 'ReportFunction', { assumedBy: new ServicePrincipal('lambda.amazonaws.com') });
    const provider = new FhirJobProvider(first, 'Provider', { reportFunctionRole });
    const [operatorRole, reportRole] = [provider.handlerRole, reportFunctionRole].map(({ roleArn }, n) =>
      new Role(first, ['Operator', 'Report'][n], { assumedBy: new ArnPrincipal(roleArn) }));
    const second = new Stack(first.node.root, 'Second');
    const dataAccessRole = new Role(first, 'DataAccess', { assumedBy: new ServicePrincipal('healthlake.amazonaws.com') });
    const props = { provider, operatorRole, reportRole, dataAccessRole, storage: new FhirStorage(first, 'Storage') };
    return { first, second, props };
  }

  /** Returns the statements of the policies whose logical ids match the pattern. */
  function statementsOf(stack: Stack, id: RegExp): PolicyJson['Statement'] {
    return Object.entries(templateOf(stack).Resources).filter(([name, { Type }]) => Type === 'AWS::IAM::Policy' && id.test(name))
      .flatMap(([, { Properties }]) => (Properties.PolicyDocument as PolicyJson).Statement);
  }

  test('can be in a stack that is deployed before the import, and get the permissions of the import', () => {
    const { first, second, props } = supplied();
    const fhirImport = importInto(second, props);
    fhirImport.onFailed('Failed');
    const actionsOf = (id: RegExp) => statementsOf(first, id).flatMap(({ Action }) => Action);

    expect(fhirImport.operatorRole).toBe(props.operatorRole);
    expect(fhirImport.reportRole).toBe(props.reportRole);
    expect(actionsOf(/^Operator/)).toEqual(expect.arrayContaining(['healthlake:StartFHIRImportJob', 'cloudformation:DescribeStacks', 'events:PutEvents']));
    expect(actionsOf(/^Report/)).toEqual(expect.arrayContaining(['s3:ListBucket', 's3:PutObject']));
    expect(resourcesOfType(templateOf(second), 'AWS::IAM::Role')).toEqual([]);
  });

  test('may describe the stack of the import', () => {
    const { first, second, props } = supplied();
    importInto(second, props);

    expect(JSON.stringify(templateOf(first))).toContain(':stack/Second/*');
    expect(JSON.stringify(templateOf(first))).not.toContain('AWS::StackId');
  });

  test('get statements without a Sid, so that several imports can share the roles', () => {
    const { first, second, props } = supplied();
    importInto(second, props);
    importInto(second, { ...props, revision: '2' }, 'Other').executeAfter(second.node.findChild('Import'));

    expect(statementsOf(first, /^(Operator|Report)/).filter(({ Sid }) => Sid)).toEqual([]);
  });
});
