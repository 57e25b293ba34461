/** A finding of cdk-nag that stands, where, and why. */
export interface Finding {
  readonly rule: string;
  /** Construct paths inside the stack, without the `Resource` at the end. */
  readonly where: readonly string[];
  readonly reason: string;
  /** In which set-up it is found. */
  readonly setUps: readonly SetUp[];
}

export type SetUp = 'default' | 'hardened' | 'detached';

const ALL: SetUp[] = ['default', 'hardened', 'detached'];
/** As they are unless something is supplied. */
const PLAIN: SetUp[] = ['default', 'detached'];
const PROVIDER = 'FhirImportProvider';
const WAITER = `${PROVIDER}/Provider/waiter-state-machine`;
const FUNCTION_ROLES = ['HandlerRole', 'FrameworkOnEventRole', 'FrameworkCompleteAndTimeoutRole', 'ReportFunctionRole'].map((id) => `${PROVIDER}/${id}`);
const FUNCTIONS = ['OnEvent', 'IsComplete', 'Report', 'Provider/framework-onEvent', 'Provider/framework-isComplete', 'Provider/framework-onTimeout']
  .map((id) => `${PROVIDER}/${id}`);
const BUCKETS = ['FhirStorage/InputBucket', 'FhirStorage/OutputBucket'];

/** AwsSolutions. The list only gets shorter. */
export const AWS_SOLUTIONS: Finding[] = [
  {
    rule: 'AwsSolutions-IAM5[Resource::<FhirStorageInputBucketF21D88EA.Arn>/input/*]',
    where: ['Import/DataAccessRole'],
    reason: 'the names of the files are the user\'s; the prefix is the narrowest that can be named',
    setUps: ALL,
  },
  {
    rule: 'AwsSolutions-IAM5[Resource::<FhirStorageOutputBucket56A0F657.Arn>/Import-ae573c5f/*]',
    where: ['Import/DataAccessRole'],
    reason: 'the names of the results are HealthLake\'s; the prefix is the narrowest that can be named',
    setUps: ALL,
  },
  ...['FAILURE', 'SUCCESS_WITH_SEARCH_VALIDATION_FAILURES'].map((folder): Finding => ({
    rule: 'AwsSolutions-IAM5[Resource::<FhirStorageOutputBucket56A0F657.Arn>/Import-ae573c5f/0123456789abcdef0123456789abcdef-FHIR_IMPORT-'
      + `${'?'.repeat(32)}/${folder}/*]`,
    where: ['Import/ReportRole'],
    reason: 'the names of the results are HealthLake\'s; the folder is the narrowest that can be named',
    setUps: ALL,
  })),
  {
    rule: 'AwsSolutions-IAM5[Action::kms:GenerateDataKey*]',
    where: ['Import/DataAccessRole'],
    reason: 'the developer guide and both published working roles have it so; which variants HealthLake calls is not documented',
    setUps: ALL,
  },
  {
    rule: 'AwsSolutions-IAM5[Resource::arn:<AWS::Partition>:logs:<AWS::Region>:<AWS::AccountId>:log-group:<LogGroup>:*]',
    where: FUNCTION_ROLES,
    reason: 'Lambda names its log streams',
    setUps: ALL,
  },
  {
    rule: 'AwsSolutions-IAM5[Resource::*]',
    where: FUNCTION_ROLES,
    reason: 'Lambda checks the permissions for network interfaces without naming a resource',
    setUps: ['hardened'],
  },
  {
    rule: 'AwsSolutions-IAM5[Resource::*]',
    where: [`${PROVIDER}/Watch/Role`],
    reason: 'log deliveries and traces of a state machine are no resources that a policy could name',
    setUps: ['detached'],
  },
  ...['isComplete54E95A5F', 'onTimeout5BEAA040'].map((id): Finding => ({
    rule: `AwsSolutions-IAM5[Resource::<FhirImportProviderframework${id}.Arn>:*]`,
    where: [`${WAITER}/Role/DefaultPolicy`],
    reason: 'aws-cdk-lib writes it for its own waiter, which can\'t be given a role',
    setUps: ALL,
  })),
  {
    rule: 'AwsSolutions-L1',
    where: FUNCTIONS,
    reason: 'aws-cdk-lib picks the newest Node.js runtime that it knows in every Region; an update of aws-cdk-lib brings the next',
    setUps: ALL,
  },
  {
    rule: 'AwsSolutions-S1',
    where: BUCKETS,
    reason: 'where access logs go is the user\'s decision: serverAccessLogsBucket',
    setUps: PLAIN,
  },
  {
    rule: 'AwsSolutions-SF1',
    where: [WAITER],
    reason: 'the waiter\'s input holds CloudFormation\'s pre-signed response URL, which belongs in no log',
    setUps: ALL,
  },
  {
    rule: 'AwsSolutions-SF2',
    where: [WAITER],
    reason: 'the provider framework has no option for tracing',
    setUps: ALL,
  },
];

/** HIPAA.Security. The list only gets shorter. */
export const HIPAA_SECURITY: Finding[] = [
  {
    rule: 'HIPAA.Security-CloudWatchLogGroupEncrypted',
    where: [`${PROVIDER}/LogGroup`],
    reason: 'the logs hold no patient data, and the log service encrypts them; a log group with a key can be supplied',
    setUps: PLAIN,
  },
  {
    rule: 'HIPAA.Security-CloudWatchLogGroupEncrypted',
    where: [`${PROVIDER}/Watch/LogGroup`],
    reason: 'it has the steps of executions without their data; the log group that can be supplied is for these too',
    setUps: ['detached'],
  },
  {
    rule: 'HIPAA.Security-IAMNoInlinePolicy',
    where: [...FUNCTION_ROLES, 'Import/DataAccessRole', 'Import/OperatorRole', 'Import/ReportRole', `${WAITER}/Role/DefaultPolicy`],
    reason: 'an inline policy lives and dies with its role and can\'t be attached to another one',
    setUps: ALL,
  },
  {
    rule: 'HIPAA.Security-IAMNoInlinePolicy',
    where: [`${PROVIDER}/Watch/Role`],
    reason: 'as with the other roles',
    setUps: ['detached'],
  },
  {
    rule: 'HIPAA.Security-LambdaConcurrency',
    where: FUNCTIONS,
    reason: 'CloudFormation and the state machine of detached imports have them called, few at a time; a reservation would take concurrency away from the account',
    setUps: ALL,
  },
  {
    rule: 'HIPAA.Security-LambdaDLQ',
    where: FUNCTIONS,
    reason: 'ours are invoked synchronously, where a dead-letter queue has no effect; the framework\'s have no option for one',
    setUps: ALL,
  },
  {
    rule: 'HIPAA.Security-LambdaInsideVPC',
    where: FUNCTIONS,
    reason: 'which VPC is the user\'s decision: vpc',
    setUps: PLAIN,
  },
  {
    rule: 'HIPAA.Security-S3BucketLoggingEnabled',
    where: BUCKETS,
    reason: 'where access logs go is the user\'s decision: serverAccessLogsBucket',
    setUps: PLAIN,
  },
  {
    rule: 'HIPAA.Security-S3BucketReplicationEnabled',
    where: BUCKETS,
    reason: 'input and results are copies: the sources and the data store are what has to be kept; a replicated bucket can be supplied',
    setUps: ALL,
  },
];
