import { Duration, Stack } from 'aws-cdk-lib';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import * as logs from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import { Completion, type FhirImportProps, FhirJobProvider, type FhirJobProviderProps } from '../../../src';
import { ANSWER_MARGIN_MINUTES, QUERY_INTERVAL_SECONDS } from '../../../src/contract';
import { policiesOf, type StatementJson } from '../../support/access';
import { Deployed } from '../../support/deployed';
import { FEATURE_FLAGS, importInto, newStack, onlyResource, resourcesOfType, type TemplateJson, templateOf, templateWith } from '../../support/synth';

const ROLE_PROPS = ['handlerRole', 'frameworkOnEventRole', 'frameworkCompleteAndTimeoutRole', 'reportFunctionRole'] as const;

/** Returns the template of a provider without an import. */
function providerTemplate(props: (stack: Stack) => FhirJobProviderProps, flags = {}): TemplateJson {
  const stack = newStack(flags);
  new FhirJobProvider(stack, 'Provider', props(stack));
  return templateOf(stack);
}

/** Returns the template of a provider and an import that uses it. */
function templateInUse(props: (stack: Stack) => FhirJobProviderProps, flags = {}, imported: Partial<FhirImportProps> = {}): TemplateJson {
  return templateWith((stack) => ({ provider: new FhirJobProvider(stack, 'Provider', props(stack)), ...imported }), flags);
}

function actionsOf(template: TemplateJson, roleId: string): string[] {
  return policiesOf(new Deployed(template), roleId).flatMap(({ Statement }) => Statement).flatMap(({ Action }) => Action).sort();
}

describe.each(FEATURE_FLAGS)('an app %s', (_, flags) => {
  const template = providerTemplate(() => ({}), flags);

  test('the waiter outlasts the longest time-out of a resource and the time for its answer', () => {
    const { Properties } = onlyResource(template, 'AWS::StepFunctions::StateMachine');
    const [, attempts] = /"MaxAttempts":(\d+)/.exec(new Deployed(template).resolve(Properties.DefinitionString) as string)!;
    const longest = Math.max(...Completion.waitFor({ timeout: Duration.hours(12) })._shares().map((share) => share.toSeconds()));

    expect(Number(attempts) * QUERY_INTERVAL_SECONDS).toBeGreaterThanOrEqual(longest + ANSWER_MARGIN_MINUTES * 60);
  });

  test('the report function has a time-out of three minutes, the memory size that gives one vCPU, and a separate bundle', () => {
    const inUse = templateInUse(() => ({}), flags);
    const [onEvent, report] = [/ProviderOnEvent/, /ProviderReport/].map((id) => onlyResource(inUse, 'AWS::Lambda::Function', id).Properties);

    expect(report).toMatchObject({
      Handler: 'index.handler',
      Timeout: 180,
      MemorySize: 1769,
      Description: 'Reports on the results of FHIR imports',
      LoggingConfig: onEvent.LoggingConfig,
      Role: { 'Fn::GetAtt': [onlyResource(inUse, 'AWS::IAM::Role', /ReportFunctionRole/).logicalId, 'Arn'] },
    });
    expect(report.Code).not.toEqual(onEvent.Code);
  });

  test('both handlers have a time-out of five minutes and 256 MiB of memory, and share one asset', () => {
    const functions = resourcesOfType(template, 'AWS::Lambda::Function').map(({ Properties }) => Properties)
      .filter(({ Handler }) => Handler.startsWith('index.'));

    expect(functions.map(({ Handler }) => Handler)).toEqual(['index.onEvent', 'index.isComplete']);
    expect(functions.map(({ Timeout, MemorySize }) => [Timeout, MemorySize])).toEqual([[300, 256], [300, 256]]);
    expect(new Set(functions.map(({ Code }) => JSON.stringify(Code))).size).toBe(1);
  });

  test('all functions log to one retained log group, which keeps events for a year', () => {
    const inUse = templateInUse(() => ({}), flags);
    const { logicalId, ...logGroup } = onlyResource(inUse, 'AWS::Logs::LogGroup');

    expect(logGroup).toMatchObject({ DeletionPolicy: 'Retain', UpdateReplacePolicy: 'Retain', Properties: { RetentionInDays: 365 } });
    expect(resourcesOfType(inUse, 'AWS::Lambda::Function').map(({ Properties }) => Properties.LoggingConfig.LogGroup))
      .toEqual(Array(6).fill({ Ref: logicalId }));
  });

  test('the waiter invokes isComplete every 25 seconds for 55 minutes, and logs no execution data', () => {
    const { Properties } = onlyResource(template, 'AWS::StepFunctions::StateMachine');
    const definition = JSON.parse(new Deployed(template).resolve(Properties.DefinitionString) as string);

    expect(definition.States['framework-isComplete-task'].Retry).toEqual([
      { ErrorEquals: ['States.ALL'], IntervalSeconds: 25, MaxAttempts: 132, BackoffRate: 1 },
    ]);
    expect(Properties).not.toHaveProperty('LoggingConfiguration');
    expect(resourcesOfType(template, 'AWS::Lambda::Function').map(({ Properties: { LoggingConfig } }) => LoggingConfig.ApplicationLogLevel).sort())
      .toEqual(['FATAL', 'FATAL', 'FATAL', undefined, undefined]);
  });

  test('the waiter sends traces', () => {
    expect(onlyResource(template, 'AWS::StepFunctions::StateMachine').Properties.TracingConfiguration).toEqual({ Enabled: true });
  });

  test('no role has an AWS-managed policy in a VPC', () => {
    const inVpc = templateInUse((stack) => ({ vpc: new ec2.Vpc(stack, 'Vpc', { restrictDefaultSecurityGroup: false }) }), flags);

    expect(resourcesOfType(inVpc, 'AWS::IAM::Role').filter(({ Properties }) => Properties.ManagedPolicyArns)).toEqual([]);
  });
});

describe('the VPC options', () => {
  const template = templateInUse((stack) => {
    const vpc = new ec2.Vpc(stack, 'Vpc', { subnetConfiguration: [{ name: 'Isolated', subnetType: ec2.SubnetType.PRIVATE_ISOLATED }] });
    return {
      vpc,
      vpcSubnets: { subnetType: ec2.SubnetType.PRIVATE_ISOLATED },
      securityGroups: [new ec2.SecurityGroup(stack, 'Endpoints', { vpc })],
    };
  });

  test('put all functions into the given subnets and security groups', () => {
    const { logicalId } = onlyResource(template, 'AWS::EC2::SecurityGroup');
    const functions = resourcesOfType(template, 'AWS::Lambda::Function');

    expect(functions).toHaveLength(6);
    for (const { Properties } of functions) {
      expect(Properties.VpcConfig).toEqual({
        SecurityGroupIds: [{ 'Fn::GetAtt': [logicalId, 'GroupId'] }],
        SubnetIds: [{ Ref: expect.stringContaining('Isolated') }, { Ref: expect.stringContaining('Isolated') }],
      });
    }
  });

  test.each(['HandlerRole', 'FrameworkOnEventRole', 'FrameworkCompleteAndTimeoutRole', 'ReportFunctionRole'])('let %s manage network interfaces', (role) => {
    const { logicalId } = onlyResource(template, 'AWS::IAM::Role', new RegExp(role));

    expect(actionsOf(template, logicalId)).toEqual(expect.arrayContaining([
      'ec2:AssignPrivateIpAddresses', 'ec2:CreateNetworkInterface', 'ec2:DeleteNetworkInterface', 'ec2:DescribeNetworkInterfaces',
      'ec2:DescribeSubnets', 'ec2:UnassignPrivateIpAddresses',
    ]));
  });

  test('let an import wait for the endpoints of the VPC, those that are added after the import included', () => {
    const stack = newStack();
    const vpc = new ec2.Vpc(stack, 'Vpc', { gatewayEndpoints: { S3: { service: ec2.GatewayVpcEndpointAwsService.S3 } } });
    importInto(stack, { provider: new FhirJobProvider(stack, 'Provider', { vpc }) });
    vpc.addInterfaceEndpoint('Sts', { service: ec2.InterfaceVpcEndpointAwsService.STS });

    expect(onlyResource(templateOf(stack), 'AWS::IAM::Role', /OperatorRole/).DependsOn)
      .toEqual(expect.arrayContaining([expect.stringMatching(/^VpcS3[0-9A-F]{8}$/), expect.stringMatching(/^VpcSts[0-9A-F]{8}$/)]));
  });

  test('give each function its own security group by default', () => {
    const own = templateInUse((stack) => ({ vpc: new ec2.Vpc(stack, 'Vpc') }));

    expect(resourcesOfType(own, 'AWS::EC2::SecurityGroup')).toHaveLength(6);
  });

  test.each([
    ['vpcSubnets', { vpcSubnets: { subnetType: ec2.SubnetType.PUBLIC } }],
    ['securityGroups', { securityGroups: [] }],
  ])('throw if %s is set without a VPC', (name, props) => {
    expect(() => providerTemplate(() => props)).toThrow(new RegExp(`^${name} has no meaning without a VPC; give vpc too, or leave ${name} out`));
  });
});

describe('a supplied log group', () => {
  test('receives all logs, and no other log group is created', () => {
    const template = templateInUse((stack) => ({ logGroup: logs.LogGroup.fromLogGroupName(stack, 'Logs', 'audit') }));

    expect(resourcesOfType(template, 'AWS::Logs::LogGroup')).toEqual([]);
    expect(resourcesOfType(template, 'AWS::Lambda::Function').map(({ Properties }) => Properties.LoggingConfig.LogGroup)).toEqual(Array(6).fill('audit'));
    expect(JSON.stringify(template)).toContain(':log-group:audit:*');
  });
});

describe('the logGroup attribute of a provider', () => {
  test.each<[string, (stack: Stack) => FhirJobProviderProps]>([
    ['created by the provider', () => ({})],
    ['a supplied LogGroup', (stack) => ({ logGroup: new logs.LogGroup(stack, 'Logs') })],
    ['a supplied CfnLogGroup', (stack) => ({ logGroup: new logs.CfnLogGroup(stack, 'Logs') })],
  ])('accepts a metric filter if the log group is %s', (_, props) => {
    const stack = newStack();
    const { logGroup } = new FhirJobProvider(stack, 'Provider', props(stack));
    logGroup.addMetricFilter('Filter', { filterPattern: logs.FilterPattern.anyTerm('failed'), metricNamespace: 'Imports', metricName: 'Failed' });
    const template = templateOf(stack);

    expect(onlyResource(template, 'AWS::Logs::MetricFilter').Properties.LogGroupName)
      .toEqual({ Ref: onlyResource(template, 'AWS::Logs::LogGroup').logicalId });
  });
});

describe('supplied roles', () => {
  function lambdaRole(stack: Construct, id: string): iam.Role {
    return new iam.Role(stack, id, { assumedBy: new iam.ServicePrincipal('lambda.amazonaws.com') });
  }

  test('are used by the functions, and get the necessary permissions if the app creates the roles', () => {
    const template = templateInUse((stack) => Object.fromEntries(ROLE_PROPS.map((name) => [name, lambdaRole(stack, name)])));
    const ids = ROLE_PROPS.map((name) => onlyResource(template, 'AWS::IAM::Role', new RegExp(`^${name}`)).logicalId);
    const roleOf = (handler: string) => resourcesOfType(template, 'AWS::Lambda::Function')
      .find(({ Properties }) => Properties.Handler === handler)?.Properties.Role['Fn::GetAtt'][0];
    const handlers = ['index.onEvent', 'index.isComplete', 'framework.onEvent', 'framework.isComplete', 'framework.onTimeout', 'index.handler'];

    expect(handlers.map(roleOf)).toEqual([ids[0], ids[0], ids[1], ids[2], ids[2], ids[3]]);
    expect(actionsOf(template, ids[0])).toEqual(['logs:CreateLogStream', 'logs:PutLogEvents']);
    expect(actionsOf(template, ids[1])).toEqual(expect.arrayContaining(['lambda:InvokeFunction', 'logs:PutLogEvents', 'states:StartExecution']));
    expect(actionsOf(template, ids[2])).toEqual(expect.arrayContaining(['lambda:InvokeFunction', 'logs:PutLogEvents']));
    expect(actionsOf(template, ids[3])).toEqual(['logs:CreateLogStream', 'logs:PutLogEvents']);
    expect(resourcesOfType(template, 'AWS::IAM::Role')).toHaveLength(4 + 1 + 3); // four supplied roles, the waiter role and three roles of the import
  });

  test('get their policies before CloudFormation creates the report function', () => {
    const template = templateInUse((stack) => ({ reportFunctionRole: lambdaRole(stack, 'Reporter') }));

    expect(onlyResource(template, 'AWS::Lambda::Function', /ProviderReport/).DependsOn)
      .toContain(onlyResource(template, 'AWS::IAM::Policy', /^Reporter/).logicalId);
  });

  test('get no permissions for the report function if no import makes a report', () => {
    const template = templateInUse((stack) => ({ reportFunctionRole: lambdaRole(stack, 'Reporter') }), {}, { failureReport: false });

    expect(actionsOf(template, onlyResource(template, 'AWS::IAM::Role', /^Reporter/).logicalId)).toEqual([]);
  });

  test('get policies in the stack if the roles are imported and mutable', () => {
    const template = templateInUse((stack) => Object.fromEntries(ROLE_PROPS.map(
      (name) => [name, iam.Role.fromRoleArn(stack, name, `arn:aws:iam::111122223333:role/${name}`)])));
    const roles = resourcesOfType(template, 'AWS::IAM::Policy').flatMap(({ Properties }) => Properties.Roles);

    expect(roles).toEqual(expect.arrayContaining([...ROLE_PROPS]));
  });

  test('get no policies if the roles are immutable', () => {
    const stack = newStack();
    const roles = Object.fromEntries(ROLE_PROPS.map(
      (name) => [name, iam.Role.fromRoleArn(stack, name, `arn:aws:iam::111122223333:role/${name}`, { mutable: false })]));
    const provider = new FhirJobProvider(stack, 'Provider', roles);
    importInto(stack, { provider });
    const template = templateOf(stack);

    expect(resourcesOfType(template, 'AWS::IAM::Policy').flatMap(({ Properties }) => Properties.Roles).map((role) => Object.keys(role)))
      .toEqual([['Ref']]); // only the waiter role has a policy
    const trusted = [/OperatorRole/, /ReportRole/].map((id) => onlyResource(template, 'AWS::IAM::Role', id).Properties.AssumeRolePolicyDocument)
      .map(({ Statement }) => Statement.map(({ Principal }: StatementJson) => Principal));
    expect(trusted).toEqual(['handlerRole', 'reportFunctionRole'].map((name) => [{ AWS: `arn:aws:iam::111122223333:role/${name}` }]));
    expect(onlyResource(template, 'AWS::Lambda::Function', /ProviderReport/).Properties.Role).toBe('arn:aws:iam::111122223333:role/reportFunctionRole');
  });

  test.each([
    ['frameworkOnEventRole', 'frameworkCompleteAndTimeoutRole'],
    ['handlerRole', 'frameworkOnEventRole'],
    ['handlerRole', 'frameworkCompleteAndTimeoutRole'],
  ])('throw if %s and %s are the same role', (one, other) => {
    expect(() => providerTemplate((stack) => {
      const role = lambdaRole(stack, 'Shared');
      return { [one]: role, [other]: role };
    })).toThrow(`${one} and ${other} are the same role "Stack/Shared", which makes a circular dependency; give each its own role`);
  });

  test.each(ROLE_PROPS.slice(0, -1))('throw if %s and reportFunctionRole are the same role', (name) => {
    expect(() => providerTemplate((stack) => {
      const role = lambdaRole(stack, 'Shared');
      return { [name]: role, reportFunctionRole: role };
    })).toThrow(`${name} and reportFunctionRole are the same role "Stack/Shared", which would let other functions read what failed; give each its own role`);
  });
});

describe('the provider of a stack', () => {
  test('is not shared with the imports of another stack', () => {
    const stack = newStack();
    const other = new Stack(stack.node.root, 'Other');
    importInto(stack, { revision: '1' }, 'First');
    importInto(stack, { revision: '2' }, 'Second');
    importInto(other);

    expect([stack, other].map((s) => resourcesOfType(templateOf(s), 'AWS::Lambda::Function').length)).toEqual([6, 6]);
  });

  test('has the report function in the stack of the provider, even for imports in other stacks', () => {
    const shared = newStack();
    const [one, other] = ['One', 'Other'].map((id) => new Stack(shared.node.root, id));
    const provider = new FhirJobProvider(shared, 'Provider');
    importInto(one, { provider });
    importInto(other, { provider, revision: '2' });

    expect([shared, one, other].map((stack) => resourcesOfType(templateOf(stack), 'AWS::Lambda::Function').length)).toEqual([6, 0, 0]);
    expect([shared, one, other].map(({ dependencies }) => dependencies)).toEqual([[], [shared], [shared]]);
  });

  test('throws if another construct already has the id FhirImportProvider', () => {
    const stack = newStack();
    new Construct(stack, 'FhirImportProvider');

    expect(() => importInto(stack)).toThrow(
      /^the stack "Stack" has another construct with the id "FhirImportProvider"; give "Stack\/Import" its own provider/);
  });
});

test('the functions use the latest Node.js runtime that aws-cdk-lib knows', () => {
  const stack = newStack();
  importInto(stack);
  const newest = stack.resolve(lambda.determineLatestNodeRuntime(stack).name);

  expect([/ProviderOnEvent/, /ProviderIsComplete/, /ProviderReport/]
    .map((id) => onlyResource(templateOf(stack), 'AWS::Lambda::Function', id).Properties.Runtime)).toEqual([newest, newest, newest]);
});
