import { Duration } from 'aws-cdk-lib';
import { Topic } from 'aws-cdk-lib/aws-sns';
import { Completion, FhirImportProvider, FhirSource } from '../../../src';
import { FEATURE_FLAGS, importInto, newStack, templateOf, type TemplateJson } from '../../support/synth';

/**
 * CloudFormation identifies resources by these ids. With another id, it would leave a deployed bucket, role or log group behind and create a new one.
 * A release may add lines here, and must not change one.
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

/** The resources of a provider with an import that has a report. */
const REPORTING = {
  FhirImportProviderReport8FA1B56F: 'AWS::Lambda::Function',
  FhirImportProviderReportFunctionRole09D5575E: 'AWS::IAM::Role',
};

/** The resources of a provider with a detached import. */
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

const FIRST_REPORT = {
  ImportReportRoleAE86876E: 'AWS::IAM::Role',
};

const SECOND = {
  SecondDataAccessRole690CC908: 'AWS::IAM::Role',
  SecondJob9045B6D4: 'Custom::FhirImportJob',
  SecondOperatorRole54EFFCA2: 'AWS::IAM::Role',
  SecondOutcome58BD4D6A: 'Custom::FhirImportOutcome',
};

/** The resources of a notification topic and of alarmOnFailure(). */
const FIRST_NOTIFICATION = {
  ImportFailureAlarm61F31CB0: 'AWS::CloudWatch::Alarm',
  ImportNotification9A4579DC: 'AWS::Events::Rule',
};

const SECOND_REPORT = {
  SecondReportRoleD398DBD8: 'AWS::IAM::Role',
};

function idsOf(template: TemplateJson): Record<string, string> {
  return Object.fromEntries(Object.entries(template.Resources).map(([id, { Type }]) => [id, Type]));
}

describe.each(FEATURE_FLAGS)('%s', (_, flags) => {
  test('one import has these ids', () => {
    const stack = newStack(flags);
    importInto(stack);

    expect(idsOf(templateOf(stack))).toEqual({ ...FIXED, ...REPORTING, ...FIRST, ...FIRST_REPORT });
  });

  test('one import without a report has none of its resources', () => {
    const stack = newStack(flags);
    importInto(stack, { failureReport: false });

    expect(idsOf(templateOf(stack))).toEqual({ ...FIXED, ...FIRST });
  });

  test('a second import in the stack adds five resources', () => {
    const stack = newStack(flags);
    const first = importInto(stack);
    importInto(stack, { source: FhirSource.storage('more/'), revision: '2' }, 'Second').executeAfter(first);

    expect(idsOf(templateOf(stack))).toEqual({ ...FIXED, ...REPORTING, ...FIRST, ...FIRST_REPORT, ...SECOND, ...SECOND_REPORT });
  });

  test('a second import that alone has a report adds the resources of reports', () => {
    const stack = newStack(flags);
    const first = importInto(stack, { failureReport: false });
    importInto(stack, { source: FhirSource.storage('more/'), revision: '2' }, 'Second').executeAfter(first);

    expect(idsOf(templateOf(stack))).toEqual({ ...FIXED, ...REPORTING, ...FIRST, ...SECOND, ...SECOND_REPORT });
  });

  test('a detached import has no outcome, and adds the monitor', () => {
    const stack = newStack(flags);
    importInto(stack, { completion: Completion.detached() });
    const { ImportOutcome2D869AF9: _outcome, ...first } = FIRST;

    expect(idsOf(templateOf(stack))).toEqual({ ...FIXED, ...REPORTING, ...MONITORING, ...first, ...FIRST_REPORT });
  });

  test('a second import that is detached adds four resources and the monitor', () => {
    const stack = newStack(flags);
    const first = importInto(stack);
    importInto(stack, { source: FhirSource.storage('more/'), completion: Completion.detached() }, 'Second').executeAfter(first);
    const { SecondOutcome58BD4D6A: _outcome, ...second } = SECOND;

    expect(idsOf(templateOf(stack))).toEqual({ ...FIXED, ...REPORTING, ...MONITORING, ...FIRST, ...FIRST_REPORT, ...second, ...SECOND_REPORT });
  });

  test('a topic adds a rule, and alarmOnFailure() an alarm', () => {
    const stack = newStack(flags);
    importInto(stack, { notificationTopic: Topic.fromTopicArn(stack, 'Topic', 'arn:aws:sns:us-east-1:111122223333:ops') }).alarmOnFailure();

    expect(idsOf(templateOf(stack))).toEqual({ ...FIXED, ...REPORTING, ...FIRST, ...FIRST_REPORT, ...FIRST_NOTIFICATION });
  });

  test('25 imports in one stack add five resources each', () => {
    const stack = newStack(flags);
    const imports = Array.from({ length: 25 }, (__, index) => importInto(stack, { source: FhirSource.storage(`part-${index}/`) }, `Import${index}`));
    imports.slice(1).forEach((fhirImport, index) => fhirImport.executeAfter(imports[index]));
    const template = templateOf(stack);

    expect(Object.keys(template.Resources)).toHaveLength(Object.keys({ ...FIXED, ...REPORTING }).length + 25 * 5);
    expect(JSON.stringify(template).length).toBeLessThan(1_000_000); // the limit of CloudFormation is 1 MB
  });
});

/** Returns the template of an import with a time-out of this many hours. */
function customResources(hours: number, providerId?: string): Record<string, string> {
  const stack = newStack();
  const completion = Completion.waitFor({ timeout: Duration.hours(hours) });
  importInto(stack, { completion, provider: providerId === undefined ? undefined : new FhirImportProvider(stack, providerId) });
  return Object.fromEntries(Object.entries(idsOf(templateOf(stack))).filter(([, type]) => type.startsWith('Custom::')));
}

describe('a divided wait', () => {
  const JUDGED = { ImportJob9BFCF64D: 'Custom::FhirImportJob', ImportOutcome2D869AF9: 'Custom::FhirImportOutcome' };

  test('adds a resource for every 50 minutes, and changes no other id', () => {
    expect(customResources(2)).toEqual({
      ...JUDGED,
      ImportWait16C1F3964: 'Custom::FhirImportWait',
      ImportWait2B9666899: 'Custom::FhirImportWait',
    });
    expect(customResources(12)).toMatchObject(customResources(2));
    expect(Object.keys(customResources(12))).toHaveLength(16);
  });

  test('with a supplied provider has its hash in every id', () => {
    expect(Object.keys(customResources(2, 'Shared')).map((id) => id.replace(/.{8}$/, '')).sort())
      .toEqual(['ImportJob43d0029a', 'ImportOutcome43d0029a', 'ImportWait143d0029a', 'ImportWait243d0029a']);
  });
});

describe('with a supplied provider', () => {
  test('the custom resources carry a hash of the provider\'s path', () => {
    expect(customResources(0.5, 'Shared')).toEqual({
      ImportJob43d0029aEB301E6F: 'Custom::FhirImportJob',
      ImportOutcome43d0029a8353D271: 'Custom::FhirImportOutcome',
    });
  });

  test('another provider gives other ids, because CloudFormation refuses a changed service token', () => {
    const [one, another] = ['One', 'Another'].map((id) => Object.keys(customResources(0.5, id)));

    expect(one.filter((id) => another.includes(id))).toEqual([]);
  });

  test('the roles keep their ids', () => {
    const stack = newStack();
    importInto(stack, { provider: new FhirImportProvider(stack, 'Shared') });

    expect(idsOf(templateOf(stack))).toMatchObject({
      ImportDataAccessRole2AD90292: 'AWS::IAM::Role', ImportOperatorRole2172F2C0: 'AWS::IAM::Role', ...FIRST_REPORT,
    });
  });
});
