/** A cdk-nag finding that this library accepts. */
export interface Finding {
  readonly rule: string;
  /** The paths of the constructs that have this finding, relative to the stack and without the final `Resource`. */
  readonly where: readonly string[];
  readonly reason: string;
  /** The set-ups in which cdk-nag reports this finding. */
  readonly setUps: readonly SetUp[];
}

export type SetUp = 'default' | 'hardened' | 'detached' | 'exports' | 'datastores' | 'jobs' | 'repository';

/** The set-ups with an import. */
export const ALL: SetUp[] = ['default', 'hardened', 'detached', 'exports', 'repository'];
/** The set-ups in which the user supplies no VPC, log group or access log bucket. */
const PLAIN: SetUp[] = ['default', 'detached', 'exports', 'repository'];
const PROVIDER = 'FhirImportProvider';
const WAITER = `${PROVIDER}/Provider/waiter-state-machine`;
const FUNCTION_ROLES = ['HandlerRole', 'FrameworkOnEventRole', 'FrameworkCompleteAndTimeoutRole', 'ReportFunctionRole'].map((id) => `${PROVIDER}/${id}`);
const FUNCTIONS = ['OnEvent', 'IsComplete', 'Report', 'Provider/framework-onEvent', 'Provider/framework-isComplete', 'Provider/framework-onTimeout']
  .map((id) => `${PROVIDER}/${id}`);
const GUARD = 'Datastore/ReplacementGuard';
const JOB_ROLES = ['Jobs/Role', 'Jobs/DashboardRole'];
const JOB_FUNCTIONS = ['Jobs/Function', 'Jobs/DashboardFunction'];
const UPLOAD = 'Custom::CDKBucketDeployment8693BB64968944B69AAFB0CC9EB8756C512MiB';
const BUCKETS = ['FhirStorage/InputBucket', 'FhirStorage/OutputBucket'];

/** The accepted findings of the rule pack AwsSolutions. A change may remove findings, but must not add any. */
export const AWS_SOLUTIONS: Finding[] = [
  {
    rule: 'AwsSolutions-IAM5[Resource::<FhirStorageInputBucketF21D88EA.Arn>/input/*]',
    where: ['Import/DataAccessRole'],
    reason: 'the user names the files; the prefix is the narrowest resource that a policy can name',
    setUps: ['default', 'hardened', 'detached', 'exports'],
  },
  {
    rule: 'AwsSolutions-IAM5[Resource::<FhirStorageInputBucketF21D88EA.Arn>/fhir/c731bb1ee74bd94ccd3e/*]',
    where: ['Import/DataAccessRole'],
    reason: 'the user names the files; the prefix is the narrowest resource that a policy can name',
    setUps: ['repository'],
  },
  {
    rule: 'AwsSolutions-IAM5[Resource::<FhirStorageOutputBucket56A0F657.Arn>/Import-ae573c5f/*]',
    where: ['Import/DataAccessRole'],
    reason: 'HealthLake names the results; the prefix is the narrowest resource that a policy can name',
    setUps: ALL,
  },
  ...['FAILURE', 'SUCCESS_WITH_SEARCH_VALIDATION_FAILURES'].map((folder): Finding => ({
    rule: 'AwsSolutions-IAM5[Resource::<FhirStorageOutputBucket56A0F657.Arn>/Import-ae573c5f/0123456789abcdef0123456789abcdef-FHIR_IMPORT-'
      + `${'?'.repeat(32)}/${folder}/*]`,
    where: ['Import/ReportRole'],
    reason: 'HealthLake names the results; the folder is the narrowest resource that a policy can name',
    setUps: ALL,
  })),
  {
    rule: 'AwsSolutions-IAM5[Action::kms:GenerateDataKey*]',
    where: ['Import/DataAccessRole'],
    reason: 'the developer guide and both published working roles have it; it is not documented which variants HealthLake calls',
    setUps: ALL,
  },
  {
    rule: 'AwsSolutions-IAM5[Resource::<FhirStorageOutputBucket56A0F657.Arn>/Export-a8a68f63/*]',
    where: ['Export/DataAccessRole'],
    reason: 'HealthLake names the files; the prefix is the narrowest resource that a policy can name',
    setUps: ['exports'],
  },
  {
    rule: 'AwsSolutions-IAM5[Resource::<FhirStorageOutputBucket56A0F657.Arn>/Export-a8a68f63/0123456789abcdef0123456789abcdef-FHIR_EXPORT-'
      + `${'?'.repeat(32)}/*/*.ndjson]`,
    where: ['Export/ReportRole'],
    reason: 'HealthLake names the files; the pattern is the narrowest resource that a policy can name',
    setUps: ['exports'],
  },
  {
    rule: 'AwsSolutions-IAM5[Action::kms:GenerateDataKey*]',
    where: ['Export/DataAccessRole'],
    reason: 'the published working role has it; it is not documented which variants HealthLake calls',
    setUps: ['exports'],
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
    reason: 'log deliveries and traces of a state machine have no resources that a policy can name',
    setUps: ['detached'],
  },
  {
    rule: 'AwsSolutions-IAM5[Resource::*]',
    where: [`${PROVIDER}/WatchExports/Role`],
    reason: 'log deliveries and traces of a state machine have no resources that a policy can name',
    setUps: ['exports'],
  },
  ...['isComplete54E95A5F', 'onTimeout5BEAA040'].map((id): Finding => ({
    rule: `AwsSolutions-IAM5[Resource::<FhirImportProviderframework${id}.Arn>:*]`,
    where: [`${WAITER}/Role/DefaultPolicy`],
    reason: 'aws-cdk-lib writes it for its own waiter, which takes no role',
    setUps: ALL,
  })),
  {
    rule: 'AwsSolutions-IAM5[Resource::*]',
    where: [`${WAITER}/Role/DefaultPolicy`],
    reason: 'traces of a state machine have no resource that a policy can name',
    setUps: ALL,
  },
  {
    rule: 'AwsSolutions-L1',
    where: FUNCTIONS,
    reason: 'aws-cdk-lib uses the newest Node.js runtime that every Region has; an update of aws-cdk-lib brings the next one',
    setUps: ALL,
  },
  {
    rule: 'AwsSolutions-S1',
    where: BUCKETS,
    reason: 'the user chooses the bucket for access logs: serverAccessLogsBucket',
    setUps: PLAIN,
  },
  {
    rule: 'AwsSolutions-SF1',
    where: [WAITER],
    reason: 'the waiter\'s input contains CloudFormation\'s pre-signed response URL, which must not be logged',
    setUps: ALL,
  },
  {
    rule: 'AwsSolutions-IAM5[Resource::arn:<AWS::Partition>:logs:<AWS::Region>:<AWS::AccountId>:log-group:<LogGroup>:*]',
    where: [`${GUARD}/Role`],
    reason: 'Lambda names its log streams',
    setUps: ['datastores'],
  },
  {
    rule: 'AwsSolutions-IAM5[Resource::arn:<AWS::Partition>:healthlake:<AWS::Region>:<AWS::AccountId>:datastore/fhir/*]',
    where: [`${GUARD}/Role`],
    reason: 'the guard exists before its data store, so its role cannot name the id',
    setUps: ['datastores'],
  },
  {
    rule: 'AwsSolutions-L1',
    where: [`${GUARD}/Function`],
    reason: 'aws-cdk-lib uses the newest Node.js runtime that every Region has; an update of aws-cdk-lib brings the next one',
    setUps: ['datastores'],
  },
  {
    rule: 'AwsSolutions-IAM5[Resource::arn:<AWS::Partition>:logs:<AWS::Region>:<AWS::AccountId>:log-group:<LogGroup>:*]',
    where: JOB_ROLES,
    reason: 'Lambda names its log streams',
    setUps: ['jobs'],
  },
  {
    rule: 'AwsSolutions-L1',
    where: JOB_FUNCTIONS,
    reason: 'aws-cdk-lib uses the newest Node.js runtime that every Region has; an update of aws-cdk-lib brings the next one',
    setUps: ['jobs'],
  },
  {
    rule: 'AwsSolutions-IAM4[Policy::arn:<AWS::Partition>:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole]',
    where: [`${UPLOAD}/ServiceRole`],
    reason: 'aws-cdk-lib writes it for its BucketDeployment, which uploads the files',
    setUps: ['repository'],
  },
  {
    rule: 'AwsSolutions-IAM5[Action::kms:GenerateDataKey*]',
    where: [`${UPLOAD}/ServiceRole/DefaultPolicy`],
    reason: 'aws-cdk-lib writes it for its BucketDeployment, which uploads the files',
    setUps: ['repository'],
  },
  {
    rule: 'AwsSolutions-IAM5[Action::kms:ReEncrypt*]',
    where: [`${UPLOAD}/ServiceRole/DefaultPolicy`],
    reason: 'aws-cdk-lib writes it for its BucketDeployment, which uploads the files',
    setUps: ['repository'],
  },
  {
    rule: 'AwsSolutions-IAM5[Action::s3:Abort*]',
    where: [`${UPLOAD}/ServiceRole/DefaultPolicy`],
    reason: 'aws-cdk-lib writes it for its BucketDeployment, which uploads the files',
    setUps: ['repository'],
  },
  {
    rule: 'AwsSolutions-IAM5[Action::s3:DeleteObject*]',
    where: [`${UPLOAD}/ServiceRole/DefaultPolicy`],
    reason: 'aws-cdk-lib writes it for its BucketDeployment, which uploads the files',
    setUps: ['repository'],
  },
  {
    rule: 'AwsSolutions-IAM5[Action::s3:GetBucket*]',
    where: [`${UPLOAD}/ServiceRole/DefaultPolicy`],
    reason: 'aws-cdk-lib writes it for its BucketDeployment, which uploads the files',
    setUps: ['repository'],
  },
  {
    rule: 'AwsSolutions-IAM5[Action::s3:GetObject*]',
    where: [`${UPLOAD}/ServiceRole/DefaultPolicy`],
    reason: 'aws-cdk-lib writes it for its BucketDeployment, which uploads the files',
    setUps: ['repository'],
  },
  {
    rule: 'AwsSolutions-IAM5[Action::s3:List*]',
    where: [`${UPLOAD}/ServiceRole/DefaultPolicy`],
    reason: 'aws-cdk-lib writes it for its BucketDeployment, which uploads the files',
    setUps: ['repository'],
  },
  {
    rule: 'AwsSolutions-IAM5[Resource::<FhirStorageInputBucketF21D88EA.Arn>/*]',
    where: [`${UPLOAD}/ServiceRole/DefaultPolicy`],
    reason: 'aws-cdk-lib writes it for its BucketDeployment, which uploads the files',
    setUps: ['repository'],
  },
  {
    rule: 'AwsSolutions-IAM5[Resource::arn:<AWS::Partition>:s3:::cdk-hnb659fds-assets-<AWS::AccountId>-<AWS::Region>/*]',
    where: [`${UPLOAD}/ServiceRole/DefaultPolicy`],
    reason: 'aws-cdk-lib writes it for its BucketDeployment, which uploads the files',
    setUps: ['repository'],
  },
  {
    rule: 'AwsSolutions-L1',
    where: [UPLOAD],
    reason: 'aws-cdk-lib chooses the runtime of its own function; an update of aws-cdk-lib brings the next one',
    setUps: ['repository'],
  },
];

/** The accepted findings of the rule pack HIPAA.Security. A change may remove findings, but must not add any. */
export const HIPAA_SECURITY: Finding[] = [
  {
    rule: 'HIPAA.Security-CloudWatchLogGroupEncrypted',
    where: [`${PROVIDER}/LogGroup`],
    reason: 'the logs have no patient data, and CloudWatch Logs encrypts them; a log group with a key can be supplied',
    setUps: PLAIN,
  },
  {
    rule: 'HIPAA.Security-CloudWatchLogGroupEncrypted',
    where: [`${PROVIDER}/Watch/LogGroup`],
    reason: 'it has the steps of executions without their data; a supplied log group is used for these too',
    setUps: ['detached'],
  },
  {
    rule: 'HIPAA.Security-CloudWatchLogGroupEncrypted',
    where: [`${PROVIDER}/WatchExports/LogGroup`],
    reason: 'it has the steps of executions without their data; a supplied log group is used for these too',
    setUps: ['exports'],
  },
  {
    rule: 'HIPAA.Security-IAMNoInlinePolicy',
    where: [...FUNCTION_ROLES, 'Import/DataAccessRole', 'Import/OperatorRole', 'Import/ReportRole', `${WAITER}/Role/DefaultPolicy`],
    reason: 'an inline policy is deleted with its role and cannot be attached to another role',
    setUps: ALL,
  },
  {
    rule: 'HIPAA.Security-IAMNoInlinePolicy',
    where: [`${PROVIDER}/Watch/Role`],
    reason: 'an inline policy is deleted with its role and cannot be attached to another role',
    setUps: ['detached'],
  },
  {
    rule: 'HIPAA.Security-IAMNoInlinePolicy',
    where: [`${PROVIDER}/WatchExports/Role`, 'Export/DataAccessRole', 'Export/OperatorRole', 'Export/ReportRole', 'Export/ScheduleRole'],
    reason: 'an inline policy is deleted with its role and cannot be attached to another role',
    setUps: ['exports'],
  },
  {
    rule: 'HIPAA.Security-LambdaConcurrency',
    where: FUNCTIONS,
    reason: 'few run at a time, for CloudFormation and for the monitor; a reservation would take concurrency away from the account',
    setUps: ALL,
  },
  {
    rule: 'HIPAA.Security-LambdaDLQ',
    where: FUNCTIONS,
    reason: 'the functions of this library are invoked synchronously, where a dead-letter queue has no effect; the framework\'s functions have no option for one',
    setUps: ALL,
  },
  {
    rule: 'HIPAA.Security-LambdaInsideVPC',
    where: FUNCTIONS,
    reason: 'the user chooses the VPC: vpc',
    setUps: PLAIN,
  },
  {
    rule: 'HIPAA.Security-S3BucketLoggingEnabled',
    where: BUCKETS,
    reason: 'the user chooses the bucket for access logs: serverAccessLogsBucket',
    setUps: PLAIN,
  },
  {
    rule: 'HIPAA.Security-S3BucketReplicationEnabled',
    where: BUCKETS,
    reason: 'input and results are copies of the sources and the data store; a replicated bucket can be supplied',
    setUps: ALL,
  },
  {
    rule: 'HIPAA.Security-CloudWatchLogGroupEncrypted',
    where: [`${GUARD}/LogGroup`],
    reason: 'the logs have no patient data, and CloudWatch Logs encrypts them',
    setUps: ['datastores'],
  },
  {
    rule: 'HIPAA.Security-IAMNoInlinePolicy',
    where: [`${GUARD}/Role`],
    reason: 'an inline policy is deleted with its role and cannot be attached to another role',
    setUps: ['datastores'],
  },
  {
    rule: 'HIPAA.Security-LambdaConcurrency',
    where: [`${GUARD}/Function`],
    reason: 'CloudFormation invokes one at a time; a reservation would take concurrency away from the account',
    setUps: ['datastores'],
  },
  {
    rule: 'HIPAA.Security-LambdaDLQ',
    where: [`${GUARD}/Function`],
    reason: 'CloudFormation reports a missing response; a dead-letter queue would get CloudFormation\'s pre-signed response URL',
    setUps: ['datastores'],
  },
  {
    rule: 'HIPAA.Security-LambdaInsideVPC',
    where: [`${GUARD}/Function`],
    reason: 'it calls only CloudFormation and HealthLake, and receives no patient data',
    setUps: ['datastores'],
  },
  {
    rule: 'HIPAA.Security-CloudWatchLogGroupEncrypted',
    where: ['Jobs/LogGroup'],
    reason: 'the logs have no patient data, and CloudWatch Logs encrypts them; a log group with a key can be supplied',
    setUps: ['jobs'],
  },
  {
    rule: 'HIPAA.Security-IAMNoInlinePolicy',
    where: [...JOB_ROLES, 'Jobs/ScheduleRole'],
    reason: 'an inline policy is deleted with its role and cannot be attached to another role',
    setUps: ['jobs'],
  },
  {
    rule: 'HIPAA.Security-LambdaConcurrency',
    where: JOB_FUNCTIONS,
    reason: 'few run at a time; a reservation would take concurrency away from the account',
    setUps: ['jobs'],
  },
  {
    rule: 'HIPAA.Security-LambdaDLQ',
    where: JOB_FUNCTIONS,
    reason: 'the next run counts what a lost run would have counted, and alarmOnMissingJobs() tells if runs are lost; dashboards call synchronously',
    setUps: ['jobs'],
  },
  {
    rule: 'HIPAA.Security-LambdaInsideVPC',
    where: JOB_FUNCTIONS,
    reason: 'they call only HealthLake, for lists and descriptions of jobs, and receive no patient data',
    setUps: ['jobs'],
  },
  {
    rule: 'HIPAA.Security-IAMNoInlinePolicy',
    where: [`${UPLOAD}/ServiceRole/DefaultPolicy`],
    reason: 'aws-cdk-lib writes it for its BucketDeployment, which uploads the files',
    setUps: ['repository'],
  },
  {
    rule: 'HIPAA.Security-LambdaConcurrency',
    where: [UPLOAD],
    reason: 'CloudFormation invokes it once for each upload; a reservation would take concurrency away from the account',
    setUps: ['repository'],
  },
  {
    rule: 'HIPAA.Security-LambdaDLQ',
    where: [UPLOAD],
    reason: 'CloudFormation reports a missing response; a dead-letter queue would get CloudFormation\'s pre-signed response URL',
    setUps: ['repository'],
  },
  {
    rule: 'HIPAA.Security-LambdaInsideVPC',
    where: [UPLOAD],
    reason: 'the user chooses the VPC: vpc of FhirSource.directory() and FhirSource.bundles()',
    setUps: ['repository'],
  },
];
