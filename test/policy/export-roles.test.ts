import * as kms from 'aws-cdk-lib/aws-kms';
import { Completion } from '../../src';
import { actionsOf, type Case, type Context, may, mayAssume, sessionOf } from '../support/access';
import { Deployed, STACK_ID } from '../support/deployed';
import { ACCOUNT, DATASTORE_ID, exportFrom, FEATURE_FLAGS, importInto, newStack, REGION, templateOf } from '../support/synth';

const DATASTORE_ARN = `arn:aws:healthlake:${REGION}:${ACCOUNT}:datastore/fhir/${DATASTORE_ID}`;
const OTHER_DATASTORE_ARN = DATASTORE_ARN.replace(DATASTORE_ID, 'f'.repeat(32));
const DEFAULT_BUS = `arn:aws:events:${REGION}:${ACCOUNT}:event-bus/default`;
const ours = (detailType: string): Context => ({ 'events:source': 'cdk-healthlake-import', 'events:detail-type': detailType });

/** Returns the template of a stack with an import, an export, and a detached export. */
function exportsBesideImport(flags: Record<string, unknown>): Deployed {
  const stack = newStack(flags);
  const fhirImport = importInto(stack, { outputPrefix: 'results/' });
  const first = exportFrom(stack, { outputPrefix: 'first/', datastoreEncryptionKey: new kms.Key(stack, 'DatastoreKey') }, 'First');
  first.executeAfter(fhirImport);
  exportFrom(stack, { outputPrefix: 'second/', revision: '2', completion: Completion.detached() }, 'Second').executeAfter(first);
  return new Deployed(templateOf(stack));
}

describe.each(FEATURE_FLAGS)('an app %s', (_, flags) => {
  const deployed = exportsBesideImport(flags);
  const [input, output] = [/InputBucket/, /OutputBucket/].map((pattern) => deployed.arnOf('AWS::S3::Bucket', pattern));
  const [storageKey, datastoreKey] = [/Storage/, /Datastore/].map((pattern) => deployed.arnOf('AWS::KMS::Key', pattern));
  const [dataAccess, operator, detachedOperator, reporter, handler, reportFunction, monitor] = [
    /^FirstDataAccess/, /^FirstOperator/, /^SecondOperator/, /^FirstReport/, /HandlerRole/, /ReportFunctionRole/, /WatchExportsRole/,
  ].map((pattern) => deployed.roleId(pattern));

  describe('the data access role of an export', () => {
    const file = `${output}/first/${DATASTORE_ID}-FHIR_EXPORT-1/Patient/Patient-1-3-0.ndjson`;

    test.each<Case>([
      ['write a file', 's3:PutObject', file],
      ['list the output', 's3:ListBucket', output, { 's3:prefix': 'first/' }],
      ['get the public access block of the output bucket', 's3:GetBucketPublicAccessBlock', output],
      ['get the encryption of the output bucket', 's3:GetEncryptionConfiguration', output],
      ['generate data keys', 'kms:GenerateDataKey', storageKey],
      ['describe the key', 'kms:DescribeKey', storageKey],
    ])('may %s', async (__, action, resource, context = {}) => {
      expect(await may(deployed, dataAccess, action, resource, context)).toBe(true);
    });

    test.each<Case>([
      ['read a file', 's3:GetObject', file],
      ['delete a file', 's3:DeleteObject', file],
      ['write into the output of another export', 's3:PutObject', `${output}/second/Patient.ndjson`],
      ['write without TLS', 's3:PutObject', file, { 'aws:SecureTransport': 'false' }],
      ['list the whole output bucket', 's3:ListBucket', output],
      ['list the output of another export', 's3:ListBucket', output, { 's3:prefix': 'second/' }],
      ['read input', 's3:GetObject', `${input}/input/Patient.ndjson`],
      ['write input', 's3:PutObject', `${input}/input/Patient.ndjson`],
      ['decrypt', 'kms:Decrypt', storageKey],
      ['generate data keys with the data store\'s key', 'kms:GenerateDataKey', datastoreKey],
    ])('may not %s', async (__, action, resource, context = {}) => {
      expect(await may(deployed, dataAccess, action, resource, context)).toBe(false);
    });

    test('may perform only the listed actions', () => {
      expect(actionsOf(deployed, dataAccess)).toEqual([
        'kms:DescribeKey', 'kms:GenerateDataKey*', 's3:GetBucketPublicAccessBlock', 's3:GetEncryptionConfiguration', 's3:ListBucket', 's3:PutObject',
      ]);
    });

    const source = { 'aws:SourceArn': DATASTORE_ARN, 'aws:SourceAccount': ACCOUNT };
    test.each<[boolean, string, string, Context]>([
      [true, 'HealthLake for this data store', 'healthlake.amazonaws.com', source],
      [false, 'HealthLake for another data store', 'healthlake.amazonaws.com', { ...source, 'aws:SourceArn': OTHER_DATASTORE_ARN }],
      [false, 'HealthLake for another account', 'healthlake.amazonaws.com', { ...source, 'aws:SourceAccount': '444455556666' }],
      [false, 'HealthLake without a source', 'healthlake.amazonaws.com', {}],
      [false, 'the handler role', sessionOf(deployed, handler), source],
      [false, 'the operator role', sessionOf(deployed, operator), source],
    ])('it is %s that the role can be assumed by %s', async (allowed, __, principal, context) => {
      expect(await mayAssume(deployed, dataAccess, principal, context)).toBe(allowed);
    });
  });

  describe('the operator role of an export', () => {
    const passed = { 'iam:PassedToService': 'healthlake.amazonaws.com' };
    const viaHealthLake = { 'kms:ViaService': `healthlake.${REGION}.amazonaws.com`, 'kms:CallerAccount': ACCOUNT };

    test.each<Case>([
      ['start an export', 'healthlake:StartFHIRExportJob', DATASTORE_ARN],
      ['describe an export', 'healthlake:DescribeFHIRExportJob', DATASTORE_ARN],
      ['list the exports', 'healthlake:ListFHIRExportJobs', DATASTORE_ARN],
      ['describe the data store', 'healthlake:DescribeFHIRDatastore', DATASTORE_ARN],
      ['pass the data access role to HealthLake', 'iam:PassRole', deployed.arn(dataAccess), passed],
      ['describe its own stack', 'cloudformation:DescribeStacks', STACK_ID],
      ['get the location of the output bucket', 's3:GetBucketLocation', output],
      ['get the public access block of the output bucket', 's3:GetBucketPublicAccessBlock', output],
      ['get the encryption of the output bucket', 's3:GetEncryptionConfiguration', output],
      ['invoke the report function', 'lambda:InvokeFunction', deployed.arnOf('AWS::Lambda::Function', /ProviderReport/)],
      ['use the data store\'s key through HealthLake', 'kms:Decrypt', datastoreKey, viaHealthLake],
    ])('may %s', async (__, action, resource, context = {}) => {
      expect(await may(deployed, operator, action, resource, context)).toBe(true);
    });

    test.each<Case>([
      ['start an import', 'healthlake:StartFHIRImportJob', DATASTORE_ARN],
      ['list the imports', 'healthlake:ListFHIRImportJobs', DATASTORE_ARN],
      ['start an export through the FHIR API', 'healthlake:StartFHIRExportJobWithPost', DATASTORE_ARN],
      ['cancel an export', 'healthlake:CancelFHIRExportJobWithDelete', DATASTORE_ARN],
      ['start an export of another data store', 'healthlake:StartFHIRExportJob', OTHER_DATASTORE_ARN],
      ['pass the role to another service', 'iam:PassRole', deployed.arn(dataAccess), { 'iam:PassedToService': 'lambda.amazonaws.com' }],
      ['pass the role of another export', 'iam:PassRole', deployed.arn(deployed.roleId(/^SecondDataAccess/)), passed],
      ['describe another stack', 'cloudformation:DescribeStacks', STACK_ID.replace('/Stack/', '/Other/')],
      ['list the output', 's3:ListBucket', output, { 's3:prefix': 'first/' }],
      ['read a file', 's3:GetObject', `${output}/first/Patient.ndjson`],
      ['get the location of the input bucket', 's3:GetBucketLocation', input],
      ['decrypt with the key of the buckets', 'kms:Decrypt', storageKey, viaHealthLake],
      ['put events', 'events:PutEvents', DEFAULT_BUS, ours('FHIR Export Succeeded')],
      ['start executions', 'states:StartExecution', deployed.arnOf('AWS::StepFunctions::StateMachine', /WatchExports/)],
    ])('may not %s', async (__, action, resource, context = {}) => {
      expect(await may(deployed, operator, action, resource, context)).toBe(false);
    });

    test.each<[boolean, string, string, string]>([
      [true, 'of a detached export', 'the monitor of exports', detachedOperator],
      [false, 'of an export that the deployment waits for', 'the monitor of exports', operator],
    ])('it is %s that the operator role %s can be assumed by %s', async (allowed, __, ___, role) => {
      expect(await mayAssume(deployed, role, sessionOf(deployed, monitor))).toBe(allowed);
      expect(await mayAssume(deployed, role, sessionOf(deployed, handler))).toBe(true);
    });

    test.each<[boolean, string, Context]>([
      [true, 'a success event', ours('FHIR Export Succeeded')],
      [true, 'a failure event', ours('FHIR Export Failed')],
      [false, 'an event of an import', ours('FHIR Import Succeeded')],
    ])('it is %s that the operator role of a detached export may put %s', async (allowed, __, context) => {
      expect(await may(deployed, detachedOperator, 'events:PutEvents', DEFAULT_BUS, context)).toBe(allowed);
    });

    test('may start executions of the monitor of exports if the export is detached', async () => {
      expect(await may(deployed, detachedOperator, 'states:StartExecution', deployed.arnOf('AWS::StepFunctions::StateMachine', /WatchExports/))).toBe(true);
    });
  });

  test('the report role of an export can be assumed by the report function only', async () => {
    const principals = [reportFunction, handler, monitor, operator];
    const answers = await Promise.all(principals.map((role) => mayAssume(deployed, reporter, sessionOf(deployed, role))));

    expect(answers).toEqual([true, false, false, false]);
  });

  test('the report role of an export may report on this export, and on no other job', async () => {
    const folder = `${DATASTORE_ID}-FHIR_EXPORT-${'c'.repeat(32)}/export.json`;
    const prefixes = [`first/${folder}`, `second/${folder}`, `first/${folder.replace('EXPORT', 'IMPORT')}`];

    expect(await Promise.all(prefixes.map((key) => may(deployed, reporter, 's3:PutObject', `${output}/${key}`)))).toEqual([true, false, false]);
  });
});
