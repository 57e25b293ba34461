import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { Annotations, Aspects, CfnOutput, type IAspect, NestedStack, RemovalPolicy, Stack, Stage } from 'aws-cdk-lib';
import { CfnFHIRDatastore } from 'aws-cdk-lib/aws-healthlake';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as sns from 'aws-cdk-lib/aws-sns';
import type { IConstruct } from 'constructs';
import { Completion, FhirDatastore, FhirJobProvider, FhirSource, FhirStorage } from '../../../src';
import { monitorIn } from '../../support/jobs';
import {
  ACCOUNT, countsByType, FEATURE_FLAGS, importInto, newApp, newStack, REGION, resourcesOfType, type TemplateJson, templateOf, templateWith,
} from '../../support/synth';

const GOV_CLOUD = 'us-gov-west-1';

/** Returns a stack that uses every construct of the library. */
function everything(flags: Record<string, unknown>, env?: { region: string; account: string }): Stack {
  const stack = newStack(flags, env);
  Annotations.of(stack).acknowledgeWarning('cdk-healthlake-import:region');
  const fhirImport = importInto(stack, {
    provider: new FhirJobProvider(stack, 'Provider'),
    storage: new FhirStorage(stack, 'Storage', { removalPolicy: RemovalPolicy.DESTROY, autoDeleteObjects: true }),
    datastoreEncryptionKey: new FhirStorage(stack, 'Other').outputKey,
  });
  const plain = importInto(stack, {}, 'Plain');
  plain.executeAfter(fhirImport);
  const detached = importInto(stack, {
    completion: Completion.detached(), source: FhirSource.storage('detached/'), notificationTopic: new sns.Topic(stack, 'Topic'),
  }, 'Detached');
  detached.executeAfter(plain);
  detached.onStatusChange('StatusChange');
  detached.alarmOnFailure();
  if (env?.region !== GOV_CLOUD) { // HealthLake is not there, and newer versions of aws-cdk-lib know that
    new FhirDatastore(stack, 'NewDatastore');
  }
  const jobs = monitorIn(stack);
  jobs.alarmOnFailedJobs();
  jobs.onJobStatusChange('JobStatusChange');
  jobs.addDashboard();
  const { dataAccessStatements } = fhirImport;
  const statements = [...dataAccessStatements, ...fhirImport.sourceBucketStatements, ...fhirImport.sourceKeyStatements];
  new CfnOutput(stack, 'Statements', { value: stack.toJsonString(new iam.PolicyDocument({ statements })) });
  return stack;
}

describe.each(FEATURE_FLAGS)('an app %s', (_, flags) => {
  let agnostic: TemplateJson;
  beforeAll(() => {
    agnostic = templateOf(everything(flags));
  });

  test('a template contains no literal partition except the partition of the stack\'s known Region', () => {
    const arns = (template: TemplateJson, partition: string) => JSON.stringify(template).match(new RegExp(`arn:${partition}:.{0,60}`, 'g'));

    expect(arns(agnostic, '[a-z-]+')).toBeNull();
    expect(arns(templateOf(everything(flags, { region: GOV_CLOUD, account: ACCOUNT })), 'aws')).toBeNull();
  });

  test('an env-agnostic stack contains no literal Region or account, and has the same resources as a stack with an env', () => {
    const concrete = templateOf(everything(flags, { region: REGION, account: ACCOUNT }));

    expect(JSON.stringify(agnostic)).not.toMatch(/us-east-1"|\d{12}"/);
    expect(countsByType(concrete)).toEqual(countsByType(agnostic));
  });

  test('every bundled function has its handler in its bundle', () => {
    const stack = everything({ ...flags, 'aws:cdk:enable-asset-metadata': true });
    const bundles = resourcesOfType(templateOf(stack), 'AWS::Lambda::Function')
      .map((fn) => String((fn as { Metadata?: Record<string, string> }).Metadata?.['aws:asset:path']))
      .filter((path) => path.includes('assets/lambda/'));

    expect(new Set(bundles).size).toBe(5);
    expect(bundles.filter((path) => !existsSync(join(path, 'index.js')))).toEqual([]);
  });

  test('only the role of the aws-cdk-lib object deleter has an AWS-managed policy', () => {
    const managed = Object.entries(agnostic.Resources).filter(([, { Properties }]) => Properties?.ManagedPolicyArns).map(([id]) => id);

    expect(managed).toEqual([expect.stringMatching(/^CustomS3AutoDeleteObjectsCustomResourceProviderRole/)]);
  });

  test('the data store, the storage and the provider can each be in a separate stack', () => {
    const imports = newStack(flags);
    const [data, buckets, shared] = ['Data', 'Buckets', 'Shared'].map((id) => new Stack(imports.node.root, id));
    const datastore = new CfnFHIRDatastore(data, 'Datastore', { datastoreTypeVersion: 'R4' });
    datastore.applyRemovalPolicy(RemovalPolicy.RETAIN);
    const storage = new FhirStorage(buckets, 'Storage');
    const provider = new FhirJobProvider(shared, 'Provider');
    importInto(imports, { datastore, storage, provider });
    const template = templateOf(imports); // throws if two stacks depend on each other

    expect(countsByType(template)).toEqual({ 'AWS::IAM::Role': 3, 'Custom::FhirImportJob': 1, 'Custom::FhirImportOutcome': 1 });
    expect(imports.dependencies.map(({ node }) => node.id).sort()).toEqual(['Buckets', 'Data', 'Shared']);
    expect([data, buckets, shared].flatMap(({ dependencies }) => dependencies)).toEqual([]);
  });

  test('the bucket of a source can be in another stack', () => {
    const stack = newStack(flags);
    const storage = new FhirStorage(new Stack(stack.node.root, 'Data'), 'Storage');
    importInto(stack, { source: FhirSource.bucket(storage.inputBucket, 'synthea/') });

    expect(() => templateOf(stack)).not.toThrow();
    expect(resourcesOfType(templateOf(stack), 'AWS::S3::Bucket')).toHaveLength(1);
  });

  test('a permissions boundary of the app applies to every role', () => {
    const stack = everything(flags);
    iam.PermissionsBoundary.of(stack.node.root).apply(iam.ManagedPolicy.fromManagedPolicyName(stack, 'Boundary', 'Boundary'));
    const roles = resourcesOfType(templateOf(stack), 'AWS::IAM::Role');
    const boundary = { 'Fn::Join': ['', ['arn:', { Ref: 'AWS::Partition' }, ':iam::', { Ref: 'AWS::AccountId' }, ':policy/Boundary']] };

    expect(roles.length).toBeGreaterThan(10);
    expect(roles.map(({ Properties }) => Properties.PermissionsBoundary)).toEqual(Array(roles.length).fill(boundary));
  });

  test('an Aspect that names every role changes nothing else in the template', () => {
    class RoleNames implements IAspect {
      public visit(node: IConstruct): void {
        if (node instanceof iam.CfnRole) {
          node.roleName = `team-${node.node.addr.slice(-8)}`;
        }
      }
    }
    const named = newStack(flags);
    importInto(named);
    Aspects.of(named.node.root).add(new RoleNames());
    const withoutNames = (template: TemplateJson) => JSON.stringify(template, (key, value) => key === 'RoleName' ? undefined : value);
    const roles = resourcesOfType(templateOf(named), 'AWS::IAM::Role');

    expect(roles.map(({ Properties }) => Properties.RoleName)).toEqual(Array(roles.length).fill(expect.stringMatching(/^team-[0-9a-f]{8}$/)));
    expect(withoutNames(templateOf(named))).toBe(withoutNames(templateWith({}, flags)));
  });
});

test('two stages of an app can have the same import', () => {
  const app = newApp();
  const stacks = ['Beta', 'Prod'].map((name) => {
    const stack = new Stack(new Stage(app, name), 'Stack');
    importInto(stack, { datastore: CfnFHIRDatastore.fromDatastoreId(stack, 'Datastore', Buffer.from(name.padEnd(16)).toString('hex')) });
    return stack;
  });

  expect(stacks.map((stack) => Object.keys(templateOf(stack).Resources).length)).toEqual([24, 24]);
});

test('an import in a nested stack has its own storage and provider', () => {
  const parent = newStack();
  const nested = new NestedStack(parent, 'Nested');
  importInto(nested as Stack);

  expect(Object.keys(templateOf(nested).Resources)).toHaveLength(24);
});

test('an import in a nested stack can use the storage and the provider of the parent stack', () => {
  const parent = newStack();
  const nested = new NestedStack(parent, 'Nested');
  importInto(nested as Stack, { storage: new FhirStorage(parent, 'Storage'), provider: new FhirJobProvider(parent, 'Provider') });

  expect(countsByType(templateOf(nested))).toEqual({ 'AWS::IAM::Role': 3, 'Custom::FhirImportJob': 1, 'Custom::FhirImportOutcome': 1 });
  expect(countsByType(templateOf(parent))).toMatchObject({ 'AWS::Lambda::Function': 6 });
});

describe('a template', () => {
  const root = resolve(__dirname, '../../..');
  const elsewhere = mkdtempSync(join(tmpdir(), 'fhir-import-'));
  afterAll(() => rmSync(elsewhere, { recursive: true }));

  /** Synthesizes a template in a new process with the given working directory and environment. */
  function synthesize(cwd: string, env: Record<string, string>): string {
    const tsx = require.resolve('tsx/cli');
    const script = join(root, 'test/support/print-template.ts');
    return execFileSync(process.execPath, [tsx, '--tsconfig', join(root, 'tsconfig.dev.json'), script], {
      cwd, encoding: 'utf8', env: { PATH: process.env.PATH, ...env },
    });
  }

  test('is the same on every machine, and contains no local path', () => {
    const [here, there] = [
      synthesize(root, { TZ: 'UTC', HOME: homedir() }),
      synthesize(elsewhere, { TZ: 'Pacific/Auckland', HOME: elsewhere, TMPDIR: elsewhere, LANG: 'tr_TR.UTF-8', AWS_REGION: 'eu-west-1' }),
    ];

    expect(JSON.parse(there)).toEqual(JSON.parse(here));
    expect(there).toBe(here);
    for (const path of [root, dirname(root), elsewhere, homedir(), tmpdir()].filter((p) => p !== '/')) {
      expect(here).not.toContain(path);
    }
  }, 120_000);
});
