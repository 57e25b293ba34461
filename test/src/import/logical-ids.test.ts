import { Duration, type Stack } from 'aws-cdk-lib';
import { ScheduleExpression } from 'aws-cdk-lib/aws-scheduler';
import { Topic } from 'aws-cdk-lib/aws-sns';
import { Completion, type FhirImportProps, FhirJobProvider, FhirSource } from '../../../src';
import { exportFrom, FEATURE_FLAGS, importInto, newStack, type TemplateJson, templateOf, templateWith } from '../../support/synth';

/**
 * The logical ids of the resources that the imports and exports of a stack share. If such an id changed, CloudFormation would create a new bucket, role or log
 * group and leave the deployed one behind. A release may add ids here, but must not change existing ids.
 */
const FIXED = {
  FhirImportProviderFrameworkCompleteAndTimeoutRoleC2631E3C: 'AWS::IAM::Role',
  FhirImportProviderFrameworkOnEventRoleE5AFFF5D: 'AWS::IAM::Role',
  FhirImportProviderHandlerRoleCDDC5AC4: 'AWS::IAM::Role',
  FhirImportProviderIsComplete454C7025: 'AWS::Lambda::Function',
  FhirImportProviderLogGroup2A2436CF: 'AWS::Logs::LogGroup',
  FhirImportProviderOnEventA5B29C1C: 'AWS::Lambda::Function',
  FhirImportProviderframeworkisComplete54E95A5F: 'AWS::Lambda::Function',
  FhirImportProviderframeworkonEvent02F531CB: 'AWS::Lambda::Function',
  FhirImportProviderframeworkonTimeout5BEAA040: 'AWS::Lambda::Function',
  FhirImportProviderwaiterstatemachine4843FB54: 'AWS::StepFunctions::StateMachine',
  FhirImportProviderwaiterstatemachineRole74A3E0D8: 'AWS::IAM::Role',
  FhirImportProviderwaiterstatemachineRoleDefaultPolicy6E86014D: 'AWS::IAM::Policy',
  FhirStorageInputBucketF21D88EA: 'AWS::S3::Bucket',
  FhirStorageInputBucketPolicyA1053E66: 'AWS::S3::BucketPolicy',
  FhirStorageKeyF7CD3D18: 'AWS::KMS::Key',
  FhirStorageOutputBucket56A0F657: 'AWS::S3::Bucket',
  FhirStorageOutputBucketPolicyFF967B30: 'AWS::S3::BucketPolicy',
};

/** The resources that the provider adds for imports with a report. */
const REPORTING = {
  FhirImportProviderReport8FA1B56F: 'AWS::Lambda::Function',
  FhirImportProviderReportFunctionRole09D5575E: 'AWS::IAM::Role',
};

/** The resources that the provider adds for detached imports. */
const MONITORING = {
  FhirImportProviderWatchAlarmEA05F7CA: 'AWS::CloudWatch::Alarm',
  FhirImportProviderWatchLogGroupE9AF6CB3: 'AWS::Logs::LogGroup',
  FhirImportProviderWatchRole74447EAE: 'AWS::IAM::Role',
  FhirImportProviderWatchStateMachine007A8D13: 'AWS::StepFunctions::StateMachine',
};

const FIRST = {
  ImportDataAccessRole2AD90292: 'AWS::IAM::Role',
  ImportJob9BFCF64D: 'Custom::FhirImportJob',
  ImportOperatorRole2172F2C0: 'AWS::IAM::Role',
  ImportOutcome2D869AF9: 'Custom::FhirImportOutcome',
};

const FIRST_REPORT = { ImportReportRoleAE86876E: 'AWS::IAM::Role' };

const SECOND = {
  SecondDataAccessRole690CC908: 'AWS::IAM::Role',
  SecondJob9045B6D4: 'Custom::FhirImportJob',
  SecondOperatorRole54EFFCA2: 'AWS::IAM::Role',
  SecondOutcome58BD4D6A: 'Custom::FhirImportOutcome',
};

/** The resources that a notification topic and alarmOnFailure() add to the first import. */
const FIRST_NOTIFICATION = {
  ImportFailureAlarm61F31CB0: 'AWS::CloudWatch::Alarm',
  ImportNotification9A4579DC: 'AWS::Events::Rule',
};

/** The resources that the upload of files of the repository adds to the first import. */
const FIRST_UPLOAD = {
  CustomCDKBucketDeployment8693BB64968944B69AAFB0CC9EB8756C512MiB6723FB92: 'AWS::Lambda::Function',
  CustomCDKBucketDeployment8693BB64968944B69AAFB0CC9EB8756C512MiBServiceRoleBA21DBC1: 'AWS::IAM::Role',
  CustomCDKBucketDeployment8693BB64968944B69AAFB0CC9EB8756C512MiBServiceRoleDefaultPolicy96C3E726: 'AWS::IAM::Policy',
  ImportUploadAwsCliLayer032263A7: 'AWS::Lambda::LayerVersion',
  ImportUploadCustomResource512MiB1DCE848F: 'Custom::CDKBucketDeployment',
};

const SECOND_REPORT = { SecondReportRoleD398DBD8: 'AWS::IAM::Role' };

const EXPORT_ROLES = {
  ExportDataAccessRole4D757127: 'AWS::IAM::Role',
  ExportOperatorRoleA950BC83: 'AWS::IAM::Role',
  ExportReportRoleC94015A3: 'AWS::IAM::Role',
};

const EXPORT = { ...EXPORT_ROLES, ExportJobE8738C5D: 'Custom::FhirExportJob' };

const EXPORT_SCHEDULE = {
  ExportScheduleDFF9A072: 'AWS::Scheduler::Schedule',
  ExportScheduleRole0397F324: 'AWS::IAM::Role',
};

const EXPORT_OUTCOME = { ExportOutcomeF9F7A9C3: 'Custom::FhirExportOutcome' };

/** The resources that the provider adds for detached exports. */
const EXPORT_MONITORING = {
  FhirImportProviderWatchExportsAlarm7BD2981D: 'AWS::CloudWatch::Alarm',
  FhirImportProviderWatchExportsLogGroup12BF69C1: 'AWS::Logs::LogGroup',
  FhirImportProviderWatchExportsRole516CD1D4: 'AWS::IAM::Role',
  FhirImportProviderWatchExportsStateMachine493135E9: 'AWS::StepFunctions::StateMachine',
};

function idsOf(template: TemplateJson): Record<string, string> {
  return Object.fromEntries(Object.entries(template.Resources).map(([id, { Type }]) => [id, Type]));
}

const { ImportOutcome2D869AF9: _first, ...FIRST_DETACHED } = FIRST;
const { SecondOutcome58BD4D6A: _second, ...SECOND_DETACHED } = SECOND;
const detached = { completion: Completion.detached() };

/** Creates one import, and a second one that runs after it. */
function twoImports(stack: Stack, first: Partial<FhirImportProps>, second: Partial<FhirImportProps>): void {
  importInto(stack, { source: FhirSource.storage('more/'), ...second }, 'Second').executeAfter(importInto(stack, first));
}

describe.each(FEATURE_FLAGS)('an app %s', (_, flags) => {
  test.each<[string, (stack: Stack) => unknown, Record<string, string>]>([
    ['one import has the recorded logical ids', (stack) => importInto(stack), { ...REPORTING, ...FIRST, ...FIRST_REPORT }],
    ['one import without a report has no report resources', (stack) => importInto(stack, { failureReport: false }), FIRST],
    ['two imports has five resources for each import', (stack) => twoImports(stack, {}, { revision: '2' }),
      { ...REPORTING, ...FIRST, ...FIRST_REPORT, ...SECOND, ...SECOND_REPORT }],
    ['two imports has the report resources of the provider if only the second import has a report',
      (stack) => twoImports(stack, { failureReport: false }, {}), { ...REPORTING, ...FIRST, ...SECOND, ...SECOND_REPORT }],
    ['a detached import has the resources of the monitor and no outcome', (stack) => importInto(stack, detached),
      { ...REPORTING, ...MONITORING, ...FIRST_DETACHED, ...FIRST_REPORT }],
    ['a waiting and a detached import has the resources of the monitor and one outcome', (stack) => twoImports(stack, {}, detached),
      { ...REPORTING, ...MONITORING, ...FIRST, ...FIRST_REPORT, ...SECOND_DETACHED, ...SECOND_REPORT }],
    ['one import has a rule for its topic and an alarm of alarmOnFailure()', (stack) => importInto(stack,
      { notificationTopic: Topic.fromTopicArn(stack, 'Topic', 'arn:aws:sns:us-east-1:111122223333:ops') }).alarmOnFailure(),
    { ...REPORTING, ...FIRST, ...FIRST_REPORT, ...FIRST_NOTIFICATION }],
    ['one import of files of the repository has an upload', (stack) => importInto(stack, { source: FhirSource.directory('examples/data/synthea', { dataIsSynthetic: true }) }),
      { ...REPORTING, ...FIRST, ...FIRST_REPORT, ...FIRST_UPLOAD }],
    ['an export after an import has five resources for the export', (stack) => exportFrom(stack).executeAfter(importInto(stack)),
      { ...REPORTING, ...FIRST, ...FIRST_REPORT, ...EXPORT, ...EXPORT_OUTCOME }],
    ['a detached export after an import has the resources of the monitor of exports and no outcome',
      (stack) => exportFrom(stack, detached).executeAfter(importInto(stack)),
      { ...REPORTING, ...EXPORT_MONITORING, ...FIRST, ...FIRST_REPORT, ...EXPORT }],
    ['a scheduled export after an import has the resources of the monitor of exports, a schedule and no custom resources',
      (stack) => exportFrom(stack, { schedule: ScheduleExpression.rate(Duration.days(1)) }).executeAfter(importInto(stack)),
      { ...REPORTING, ...EXPORT_MONITORING, ...FIRST, ...FIRST_REPORT, ...EXPORT_ROLES, ...EXPORT_SCHEDULE }],
  ])('a stack with %s', (__, create, ids) => {
    const stack = newStack(flags);
    create(stack);

    expect(idsOf(templateOf(stack))).toEqual({ ...FIXED, ...ids });
  });

  test('25 imports in one stack add five resources each', () => {
    const stack = newStack(flags);
    const imports = Array.from({ length: 25 }, (__, index) => importInto(stack, { source: FhirSource.storage(`part-${index}/`) }, `Import${index}`));
    imports.slice(1).forEach((fhirImport, index) => fhirImport.executeAfter(imports[index]));
    const template = templateOf(stack);

    expect(Object.keys(template.Resources)).toHaveLength(Object.keys({ ...FIXED, ...REPORTING }).length + 25 * 5);
    expect(JSON.stringify(template).length).toBeLessThan(1_000_000); // CloudFormation accepts templates of up to 1 MB
  });
});

/** Returns the ids and types of the custom resources of an import with a time-out of this many hours. */
function customResources(hours: number, providerId?: string): Record<string, string> {
  const stack = newStack();
  const completion = Completion.waitFor({ timeout: Duration.hours(hours) });
  importInto(stack, { completion, provider: providerId === undefined ? undefined : new FhirJobProvider(stack, providerId) });
  return Object.fromEntries(Object.entries(idsOf(templateOf(stack))).filter(([, type]) => type.startsWith('Custom::')));
}

describe('a time-out of more than 50 minutes', () => {
  const JUDGED = { ImportJob9BFCF64D: 'Custom::FhirImportJob', ImportOutcome2D869AF9: 'Custom::FhirImportOutcome' };

  test('adds a wait resource for each further 50 minutes, and changes no existing logical id', () => {
    expect(customResources(2)).toEqual({
      ...JUDGED,
      ImportWait16C1F3964: 'Custom::FhirImportWait',
      ImportWait2B9666899: 'Custom::FhirImportWait',
    });
    expect(customResources(12)).toMatchObject(customResources(2));
    expect(Object.keys(customResources(12))).toHaveLength(16);
  });
});

describe('with a supplied provider', () => {
  test('the ids of custom resources contain a hash of the provider\'s path', () => {
    const { ImportJob43d0029aEB301E6F, ImportOutcome43d0029a8353D271, ...waits } = customResources(2, 'Shared');

    expect([ImportJob43d0029aEB301E6F, ImportOutcome43d0029a8353D271]).toEqual(['Custom::FhirImportJob', 'Custom::FhirImportOutcome']);
    expect(Object.keys(waits)).toEqual([expect.stringMatching(/^ImportWait143d0029a/), expect.stringMatching(/^ImportWait243d0029a/)]);
  });

  test('the custom resources of another provider have other ids, because CloudFormation rejects a changed service token', () => {
    const [one, another] = ['One', 'Another'].map((id) => Object.keys(customResources(0.5, id)));

    expect(one.filter((id) => another.includes(id))).toEqual([]);
  });

  test('the ids of roles do not depend on the provider', () => {
    expect(idsOf(templateWith((stack) => ({ provider: new FhirJobProvider(stack, 'Shared') })))).toMatchObject({
      ImportDataAccessRole2AD90292: 'AWS::IAM::Role', ImportOperatorRole2172F2C0: 'AWS::IAM::Role', ...FIRST_REPORT,
    });
  });
});
