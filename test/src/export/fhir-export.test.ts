import { Duration, Stack } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as kms from 'aws-cdk-lib/aws-kms';
import * as s3 from 'aws-cdk-lib/aws-s3';
import { Completion, FhirDatastore, type FhirExportProps, FhirJobProvider, FhirStorage } from '../../../src';
import type { ExportJobProperties, ExportOutcomeProperties } from '../../../src/contract';
import { policiesOf } from '../../support/access';
import { Deployed } from '../../support/deployed';
import {
  DATASTORE_ID, exportFrom, FEATURE_FLAGS, importInto, newApp, newStack, numberParameter, onlyResource, resourcesOfType, type TemplateJson,
  templateOf, textParameter,
} from '../../support/synth';

const [JOB, WAIT, OUTCOME] = ['Job', 'Wait', 'Outcome'].map((part) => `Custom::FhirExport${part}`);
const KEY_ARN = 'arn:aws:kms:us-east-1:111122223333:key/5f0e7a60-7c1d-11f0-8a3b-0a1b2c3d4e5f';

/** Returns the template of a new stack with one export. */
function templateWith(props: Partial<FhirExportProps> | ((stack: Stack) => Partial<FhirExportProps>) = {}, flags = {}): TemplateJson {
  const stack = newStack(flags);
  exportFrom(stack, typeof props === 'function' ? props(stack) : props);
  return templateOf(stack);
}

/** Returns the properties of the only resource of a type, without ServiceToken and ServiceTimeout. */
function sentTo(template: TemplateJson, type: string): Record<string, unknown> {
  const { ServiceToken, ServiceTimeout, ...sent } = onlyResource(template, type).Properties;
  return sent;
}

function arnOf(template: TemplateJson, type: string, pattern: RegExp): never {
  return { 'Fn::GetAtt': [onlyResource(template, type, pattern).logicalId, 'Arn'] } as never;
}

/** Returns an imported storage, so that the properties of the custom resources contain no tokens. */
function storageOf(stack: Stack): FhirStorage {
  const outputBucket = s3.Bucket.fromBucketAttributes(stack, 'Bucket', {
    bucketName: 'amzn-s3-demo-output', encryptionKey: kms.Key.fromKeyArn(stack, 'Key', KEY_ARN),
  });
  return new FhirStorage(stack, 'Storage', { inputBucket: outputBucket, outputBucket });
}

describe.each(FEATURE_FLAGS)('an app %s', (_, flags) => {
  test('an export without optional properties writes default values to the job and outcome resources', () => {
    const template = templateWith({}, flags);
    const common = {
      ContractVersion: '3',
      ConstructPath: 'Stack/Export',
      DatastoreId: DATASTORE_ID,
      OperatorRoleArn: arnOf(template, 'AWS::IAM::Role', /OperatorRole/),
      OutputS3Uri: { 'Fn::Join': ['', ['s3://', { Ref: onlyResource(template, 'AWS::S3::Bucket', /OutputBucket/).logicalId }, '/Export-a8a68f63/']] } as never,
      Report: {
        FunctionArn: arnOf(template, 'AWS::Lambda::Function', /ProviderReport/),
        RoleArn: arnOf(template, 'AWS::IAM::Role', /ExportReportRole/),
      },
    };
    const job: ExportJobProperties = {
      ...common,
      OutputKmsKeyId: arnOf(template, 'AWS::KMS::Key', /./),
      DataAccessRoleArn: arnOf(template, 'AWS::IAM::Role', /DataAccessRole/),
      JobNamePrefix: 'fhir-export',
    };
    const outcome: ExportOutcomeProperties = {
      ...common,
      JobId: { 'Fn::GetAtt': [onlyResource(template, JOB).logicalId, 'JobId'] } as never,
      TimeoutSeconds: '3000',
    };

    expect(sentTo(template, JOB)).toEqual(job);
    expect(sentTo(template, OUTCOME)).toEqual(outcome);
  });

  test('an export with all properties writes their values to the job and outcome resources', () => {
    const template = templateWith((stack) => ({
      storage: storageOf(stack),
      dataAccessRole: iam.Role.fromRoleArn(stack, 'Writer', 'arn:aws:iam::111122223333:role/FhirWriter'),
      outputPrefix: 'copies',
      jobNamePrefix: 'nightly copy',
      revision: '2026-11',
      allowEmpty: true,
      completion: Completion.waitFor({ timeout: Duration.minutes(20) }),
      datastoreEncryptionKey: kms.Key.fromKeyArn(stack, 'DatastoreKey', KEY_ARN),
    }), flags);
    const common = { OutputS3Uri: 's3://amzn-s3-demo-output/copies/', AllowEmpty: 'true', Revision: '2026-11' };

    expect(sentTo(template, JOB)).toMatchObject({
      ...common, OutputKmsKeyId: KEY_ARN, DataAccessRoleArn: 'arn:aws:iam::111122223333:role/FhirWriter', JobNamePrefix: 'nightly copy',
    });
    expect(sentTo(template, OUTCOME)).toMatchObject({ ...common, TimeoutSeconds: '1200' });
    expect(JSON.stringify(policiesOf(new Deployed(template), onlyResource(template, 'AWS::IAM::Role', /OperatorRole/).logicalId))).toContain(KEY_ARN);
  });

  test('a detached export has the monitor of exports and no outcome, and a detached import beside it has its own monitor', () => {
    const stack = newStack(flags);
    const fhirExport = exportFrom(stack, { completion: Completion.detached() });
    importInto(stack, { datastore: FhirDatastore.fromDatastoreId(stack, 'Other', 'f'.repeat(32)), completion: Completion.detached() });
    const template = templateOf(stack);
    const machine = onlyResource(template, 'AWS::StepFunctions::StateMachine', /WatchExports/);
    const definition = new Deployed(template).resolve(machine.Properties.DefinitionString) as string;

    expect(sentTo(template, JOB).Watch).toEqual({ StateMachineArn: { Ref: machine.logicalId }, GiveUpAfterSeconds: '604800' });
    expect(sentTo(template, JOB).EventBusArn).toBeDefined();
    expect(resourcesOfType(template, OUTCOME)).toEqual([]);
    expect(definition).toContain('describeFHIRExportJob');
    expect(definition).toContain('"Variable":"$.Look.ExportJobProperties.JobStatus"');
    expect(definition).toContain('"Payload":{"Export.$":"$.Export"');
    expect(stack.resolve(fhirExport.provider.exportMonitorAlarm().alarmArn)).toEqual(
      arnOf(template, 'AWS::CloudWatch::Alarm', /WatchExportsAlarm/));
    expect(stack.resolve(fhirExport.provider.monitorAlarm().alarmArn)).toEqual(arnOf(template, 'AWS::CloudWatch::Alarm', /WatchAlarm/));
  });
});

test('a time-out of two hours adds two resources that only wait', () => {
  const template = templateWith({ completion: Completion.waitFor({ timeout: Duration.hours(2) }) });

  expect(resourcesOfType(template, WAIT).map(({ Properties }) => Properties.TimeoutSeconds)).toEqual(['3000', '1200']);
  expect(sentTo(template, OUTCOME)).toMatchObject({ TimeoutSeconds: '3000', LegsBefore: '2' });
});

test('the resources of an export are retained, and the job depends on its roles', () => {
  const template = templateWith();
  const [job, outcome] = [JOB, OUTCOME].map((type) => onlyResource(template, type));

  expect([job, outcome].map(({ DeletionPolicy, UpdateReplacePolicy }) => [DeletionPolicy, UpdateReplacePolicy])).toEqual([['Retain', 'Retain'], ['Retain', 'Retain']]);
  expect(job.DependsOn).toEqual(expect.arrayContaining([/DataAccess/, /Operator/].map((id) => onlyResource(template, 'AWS::IAM::Role', id).logicalId)));
});

test('an export accepts tokens', () => {
  const template = templateWith((stack) => {
    const text = textParameter(stack);
    return {
      datastore: FhirDatastore.fromDatastoreId(stack, 'Unknown', text),
      outputPrefix: text,
      jobNamePrefix: text,
      revision: text,
      completion: Completion.waitFor({ timeout: Duration.seconds(numberParameter(stack)) }),
    };
  });

  expect(sentTo(template, JOB)).toMatchObject({ DatastoreId: { Ref: 'Text' }, JobNamePrefix: { Ref: 'Text' }, Revision: { Ref: 'Text' } });
});

test('an export shares the storage and the provider of its stack with imports, and alone it creates no input bucket', () => {
  const stack = newStack();
  const fhirExport = exportFrom(stack);
  const fhirImport = importInto(stack);

  expect(resourcesOfType(templateWith(), 'AWS::S3::Bucket')).toHaveLength(1);
  expect(fhirImport.storage).toBe(fhirExport.storage);
  expect(fhirImport.provider).toBe(fhirExport.provider);
});

test('the getters return the attributes of the outcome resource', () => {
  const stack = newStack();
  const { jobId, jobStatus, filesExported, bytesExported, resourcesExported, outputLocation, outputFolder, reportLocation } = exportFrom(stack);
  const resolved: { 'Fn::GetAtt': [string, string] }[] = stack.resolve(
    [jobId, jobStatus, filesExported, bytesExported, resourcesExported, outputLocation, outputFolder, reportLocation]);
  const { logicalId } = onlyResource(templateOf(stack), OUTCOME);

  expect(resolved.map((value) => value['Fn::GetAtt'])).toEqual([
    'JobId', 'JobStatus', 'FilesExported', 'BytesExported', 'ResourcesExported', 'OutputLocation', 'OutputFolder', 'ReportLocation',
  ].map((name) => [logicalId, name]));
});

test('the synthesis fails if a value of a detached export is used', () => {
  const stack = newStack();
  const fhirExport = exportFrom(stack, { completion: Completion.detached() });

  expect(() => stack.resolve(fhirExport.filesExported)).toThrow('the deployment does not wait for the detached export "Stack/Export" and has no FilesExported of it');
});

test('supplied roles are used, and dataAccessStatements complete a supplied data access role', () => {
  const stack = new Stack(newApp(), 'Stack');
  const provider = new FhirJobProvider(stack, 'Provider');
  const roleFor = (id: string, assumedBy: iam.IPrincipal) => new iam.Role(stack, id, { assumedBy });
  const { handlerRole } = provider;
  const dataAccessRole = roleFor('Writer', new iam.ServicePrincipal('healthlake.amazonaws.com'));
  const operatorRole = roleFor('Operator', new iam.ArnPrincipal(handlerRole.roleArn));
  const reportRole = iam.Role.fromRoleArn(stack, 'Reporter', 'arn:aws:iam::111122223333:role/Reporter');
  const fhirExport = exportFrom(stack, { provider, dataAccessRole, operatorRole, reportRole });
  fhirExport.dataAccessStatements.forEach((statement) => dataAccessRole.addToPolicy(statement));
  const created = templateWith();
  const statementsOf = (template: TemplateJson, pattern: RegExp) => policiesOf(new Deployed(template), onlyResource(template, 'AWS::IAM::Role', pattern).logicalId)
    .flatMap(({ Statement }) => Statement).flatMap(({ Action }) => Action);

  expect([fhirExport.dataAccessRole, fhirExport.operatorRole, fhirExport.reportRole].map((role) => role?.node.path))
    .toEqual(['Stack/Writer', 'Stack/Operator', 'Stack/Reporter']);
  expect(statementsOf(templateOf(stack), /^Writer/)).toEqual(statementsOf(created, /DataAccess/));
  expect(statementsOf(templateOf(stack), /^Operator/)).toEqual(statementsOf(created, /Operator/));
  expect(sentTo(templateOf(stack), JOB).Report).toMatchObject({ RoleArn: 'arn:aws:iam::111122223333:role/Reporter' });
});
