import type { ImportJobProperties } from '../../../src/contract';
import { DATASTORE, JOB, JOB_ID, STACK } from '../harness';

/** The import whose names the filter may show in the texts below. */
export const IMPORT: ImportJobProperties & { readonly JobId: string } = {
  ...JOB,
  JobId: JOB_ID,
  EventBusArn: 'arn:aws:events:eu-west-1:123456789012:event-bus/default',
  Report: { FunctionArn: 'arn:aws:lambda:eu-west-1:123456789012:function:report', RoleArn: 'arn:aws:iam::123456789012:role/report' },
  Watch: { StateMachineArn: 'arn:aws:states:eu-west-1:123456789012:stateMachine:watch', GiveUpAfterSeconds: '3600' },
};

const OPERATOR = 'arn:aws:sts::123456789012:assumed-role/operator/fhir-import';
const REPORT = 'arn:aws:sts::123456789012:assumed-role/report/fhir-import';
const DATASTORE_ARN = `arn:aws:healthlake:eu-west-1:123456789012:datastore/fhir/${DATASTORE}`;
const KEY = JOB.OutputKmsKeyId;
const ROLE = JOB.DataAccessRoleArn;
const RESULTS = `${JOB.OutputS3Uri}${DATASTORE}-FHIR_IMPORT-${JOB_ID}/`;

const NAME_PATTERN = '^([\\p{L}\\p{Z}\\p{N}_.:/=+\\-%@]*)$';
const because = (action: string) => `because no identity-based policy allows the ${action} action`;
const unauthorized = (user: string, action: string, resource: string, why = because(action)) =>
  `User: ${user} is not authorized to perform: ${action} on resource: ${resource} ${why}`.trim();

/** Known texts of AWS services. Each has a word that no other text has. The filter must hide the parts between « and », and show everything else. */
const SERVICE_TEXTS: Readonly<Record<string, readonly string[]>> = {
  // https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot_access-denied.html
  'IAM: access denied': [
    unauthorized(OPERATOR, 'healthlake:StartFHIRImportJob', DATASTORE_ARN),
    unauthorized(OPERATOR, 'healthlake:DescribeFHIRImportJob', DATASTORE_ARN),
    unauthorized(OPERATOR, 'healthlake:ListFHIRImportJobs', DATASTORE_ARN),
    unauthorized(OPERATOR, 'healthlake:DescribeFHIRDatastore', DATASTORE_ARN),
    unauthorized(OPERATOR, 'cloudformation:DescribeStacks', STACK),
    unauthorized(OPERATOR, 'lambda:InvokeFunction', IMPORT.Report!.FunctionArn),
    unauthorized(OPERATOR, 'states:StartExecution', IMPORT.Watch!.StateMachineArn),
    unauthorized(OPERATOR, 'events:PutEvents', IMPORT.EventBusArn!),
    unauthorized(OPERATOR, 's3:GetBucketPublicAccessBlock', '"arn:aws:s3:::clinic-results"'),
    unauthorized(OPERATOR, 's3:GetEncryptionConfiguration', '"arn:aws:s3:::clinic-results"'),
    unauthorized(OPERATOR, 's3:GetBucketLocation', '"arn:aws:s3:::clinic-results"'),
    unauthorized(REPORT, 's3:PutObject', `"arn:aws:s3:::clinic-results/Import/«${DATASTORE}/report.json"»`),
    unauthorized(REPORT, 's3:GetObject', '"arn:aws:s3:::clinic-results/Import/«FAILURE/Ada.ndjson"»'),
    unauthorized(REPORT, 'kms:Decrypt', KEY, 'because no resource-based policy allows the kms:Decrypt action'),
    unauthorized('«arn:aws:sts::123456789012:assumed-role/handler/handler»', 'sts:AssumeRole', JOB.OperatorRoleArn, ''),
    unauthorized('«arn:aws:sts::123456789012:assumed-role/handler/handler»', 'sts:AssumeRole', JOB.OperatorRoleArn, because('sts:AssumeRole')),
    unauthorized(OPERATOR, 'iam:PassRole', '«arn:aws:iam::999999999999:role/other»'),
    unauthorized(OPERATOR, 'iam:PassRole', ROLE, 'with an explicit deny in a resource control policy'),
    unauthorized(OPERATOR, 's3:ListBucket', '"arn:aws:s3:::clinic-data"', 'because no VPC endpoint policy allows the s3:ListBucket action'),
    unauthorized(OPERATOR, 's3:ListBucket', '"arn:aws:s3:::clinic-data"', 'because no permissions boundary allows the s3:ListBucket action'),
    'You are not authorized to perform this operation. Encoded authorization failure message: «4GIOHlTkIaWHQD0Q0m6»',
    'You do not have sufficient access to perform this action.',
    'Cross-account pass role is not allowed.',
    'The security token included in the request is invalid.',
    'Signature expired: «20260115T120000Z» is now earlier than «20260115T120500Z»',
    'Missing Authentication Token',
  ],
  // Validation errors of HealthLake. The member names are from its API model, and the wording is usual for AWS.
  'HealthLake: StartFHIRImportJob': [
    `1 validation error detected: Value '«jane_doe»' at 'jobName' failed to satisfy constraint: Member must satisfy regular expression pattern: ${NAME_PATTERN}`,
    '1 validation error detected: Value at \'jobName\' failed to satisfy constraint: Member must have length less than or equal to 64',
    '2 validation errors detected: Value null at \'datastoreId\' failed to satisfy constraint: Member must not be null; Value null at \'inputDataConfig.s3Uri\' failed to satisfy constraint: Member must not be null',
    '1 validation error detected: Value \'«loose»\' at \'validationLevel\' failed to satisfy constraint: Member must satisfy enum value set: [strict, structure-only, minimal]',
    '1 validation error detected: Value at \'clientToken\' failed to satisfy constraint: Member must satisfy regular expression pattern: ^[a-zA-Z0-9-]+$',
    '1 validation error detected: Value at \'dataAccessRoleArn\' failed to satisfy constraint: Member must satisfy regular expression pattern: arn:aws(-[^:]+)?:iam::[0-9]{12}:role/.+',
    '1 validation error detected: Value at \'inputDataConfig.s3Uri\' failed to satisfy constraint: Member must satisfy regular expression pattern: s3://[a-z0-9][\\.\\-a-z0-9]{1,61}[a-z0-9](/.*)?',
    '1 validation error detected: Value at \'jobOutputDataConfig.s3Configuration.kmsKeyId\' failed to satisfy constraint: Member must satisfy regular expression pattern: (arn:aws((-us-gov)|(-iso)|(-iso-b)|(-cn))?:kms:)?([a-z]{2}-[a-z]+(-[a-z]+)?-\\d:)?(\\d{12}:)?(((key/)?[a-zA-Z0-9-_]+)|(alias/[a-zA-Z0-9:/_-]+))',
    '1 validation error detected: Value \'«501»\' at \'maxResults\' failed to satisfy constraint: Member must have value less than or equal to 500',
    'NUMBER_VALUE can not be converted to a string',
    `HealthLake could not list s3://clinic-results/Import/ with the data access role: User: arn:aws:sts::123456789012:assumed-role/data-access/«HealthLake» is not authorized to perform: s3:ListBucket on resource: "arn:aws:s3:::clinic-results" ${because('s3:ListBucket')}`,
    `HealthLake could not describe the KMS key ${KEY} with the data access role: ${KEY} is disabled.`,
    'HealthLake can\'t assume the role',
    'Check the trust policy of the role',
    'Block Public Access must be turned on for all options of the output bucket clinic-results',
    'The output bucket must be encrypted with a KMS key',
    'The bucket must be in the same AWS Region as the service',
    'KMSInvalidStateException: the key is pending deletion',
    `The data store ${DATASTORE} has 25 queued import jobs already`,
    'Too many jobs are queued',
    'Maximum number of queued jobs reached',
    `The requested job ${JOB_ID} was not found in data store ${DATASTORE}`,
    `The data store ${DATASTORE} is not ACTIVE: DELETING`,
    `The data store ${DATASTORE} is in a transition state: CREATING`,
    'The client token «0a1b2c3d» was already used with other request parameters',
    'Invalid NextToken: it does not belong to this query',
    'The operation «StartFHIRImportJobs» is not known',
    'A dependent service failed to fulfill the request',
    'An unknown internal error occurred in the service.',
    'Data store not found',
    'no such job',
  ],
  // HealthLake's job messages contain only letters, digits and the characters _.:/=+-%@.
  'HealthLake: the message of a job': [
    'No .ndjson files were found at s3://clinic-data/synthea/',
    'HealthLake could not read the input file s3://clinic-data/synthea/«Ada.ndjson:» Access Denied',
    'HealthLake could not write the output file s3://clinic-results/Import/«FAILURE/Ada.ndjson:» Access Denied',
    'The import or export job failed because of an internal error.',
    'The input data size is beyond the HealthLake quota of 5,000 GB for one job',
    'The number of input files is beyond the quota of 10,000 files for one job',
    'Number of input files exceeds the limit of 1,000,000 files',
    'File size exceeds the maximum of 50 GB for one file',
    'Input file s3://clinic-data/synthea/«Ada.ndjson» exceeds the maximum file size',
    'Unable to access the S3 bucket clinic-data. Verify that the data access role has the required permissions.',
    'Missing required id field in resource json',
    'Value at resourceId failed to satisfy constraint: Member must satisfy regular expression pattern: [A-Za-z0-9-.]{1,64}',
    'Value at resourceType failed to satisfy constraint: Member must satisfy regular expression pattern: [A-Za-z]{1,256}',
    'The resource type «Patiënt» is not supported',
    'Resource of type MedicationRequest exceeds the maximum resource size',
  ],
  // https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html
  'S3': [
    'Please reduce your request rate.',
    'We encountered an internal error. Please try again.',
    'The bucket you are attempting to access must be addressed using the specified endpoint. Please send all future requests to this endpoint.',
    'The authorization header is malformed; the region \'us-east-1\' is wrong; expecting \'eu-west-1\'',
    'The server side encryption configuration was not found',
    'The public access block configuration was not found',
    'Service is unable to handle request.',
    'The provided token has expired.',
    'The difference between the request time and the server\'s time is too large.',
    'At least one of the pre-conditions you specified did not hold',
    'The ciphertext refers to a customer master key that does not exist, does not exist in this region, or you are not allowed to access.',
    'Your socket connection to the server was not read from or written to within the timeout period.',
    'The operation is not valid for the object\'s storage class',
    'All access to this object has been disabled',
    'Access denied (Service: S3, Status Code: 403, Request ID: «79104EXAMPLEB723», Extended Request ID: «eftixk72aD6Ap51TnqcoF8eFidJG9Z»)',
    'Not Found (Service: Amazon S3; Status Code: 404; Error Code: NoSuchKey; Request ID: «79104EXAMPLEB723»; Proxy: null)',
  ],
  // https://docs.aws.amazon.com/kms/latest/APIReference/CommonErrors.html
  'KMS': [
    `«Key» '${KEY}' does not exist`,
    'Alias «arn:aws:kms:eu-west-1:123456789012:alias/x» is not found.',
    'Invalid keyId \'«x»\'',
  ],
  // https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRole.html#API_AssumeRole_Errors
  'STS': [
    'STS is not activated in this region for account: 123456789012. Your account administrator can activate STS in this region using the IAM Console.',
    'The requested DurationSeconds exceeds the MaxSessionDuration set for this role.',
    '1 validation error detected: Value at \'roleSessionName\' failed to satisfy constraint: Member must satisfy regular expression pattern: [\\w+=,.@-]*',
    '1 validation error detected: Value at \'durationSeconds\' failed to satisfy constraint: Member must have value between 900 and «43200»',
    'Roles may not be assumed by root accounts.',
    `AssumeRole of ${JOB.OperatorRoleArn} gave no credentials`,
  ],
  'CloudFormation': [
    'Stack with id Import does not exist',
    'the stack is UPDATE_COMPLETE',
    'the stack is UPDATE_ROLLBACK_COMPLETE_CLEANUP_IN_PROGRESS',
    'the stack is gone',
    'the stack has begun another deployment since',
  ],
  // https://docs.aws.amazon.com/lambda/latest/api/API_Invoke.html#API_Invoke_Errors
  'Lambda': [
    `Function not found: ${IMPORT.Report!.FunctionArn}`,
    'The operation cannot be performed at this time. The function is currently in the following state: Pending',
    'The operation cannot be performed at this time. An update is in progress for resource: arn:aws:lambda:eu-west-1:123456789012:function:report',
    'Lambda is initializing your function. It will be ready to invoke shortly.',
    'Lambda was unable to decrypt the environment variables because KMS access was denied. Please check the function\'s KMS key settings. KMS Exception: AccessDeniedException',
    'Rate Exceeded.',
    'RequestId: «7a1b» Error: Task timed out after 300.00 seconds',
    'RequestId: «7a1b» Error: Runtime exited with error: signal: killed',
    'Internal service error',
  ],
  'Step Functions, EventBridge': [
    `State Machine Does Not Exist: '${IMPORT.Watch!.StateMachineArn}'`,
    'Execution Already Exists: \'«arn:aws:states:eu-west-1:123456789012:execution:watch:x»\'',
    'Invalid State Machine Execution Input: \'«{;}x»\'',
    'Invalid Name: \'«x»\'',
    'The role defined for the state machine cannot be assumed',
    'Event bus «orders» does not exist.',
    'Not authorized for the source.',
    'Parameter Detail is not valid. Reason: Detail is a required argument.',
    'Total size of the entries in the request is over the limit.',
    'Rate exceeded',
    'the event was not taken',
  ],
  'Node.js and the SDK': [
    'read ECONNRESET',
    'write EPIPE',
    'getaddrinfo ENOTFOUND healthlake.eu-west-1.amazonaws.com',
    'getaddrinfo EAI_AGAIN sts.eu-west-1.amazonaws.com',
    'getaddrinfo ENOTFOUND clinic-data.s3.eu-west-1.amazonaws.com',
    'connect ECONNREFUSED «10.0.3.17:443»',
    'connect ETIMEDOUT «10.0.3.17:443»',
    'The operation was aborted due to timeout',
    'This operation was aborted',
    'Connection timed out after 3 seconds',
    'socket hang up, the connection was closed',
    'Client network socket disconnected before secure TLS connection was established',
    'unable to verify the first certificate',
    'self-signed certificate in certificate chain',
    'Could not load credentials from any providers',
    'Region is missing',
    'The SSO session associated with this profile has expired or is otherwise invalid.',
    'Unexpected token «\'J\',» "«Jane» «Doe",» is not valid JSON',
    'Unexpected end of JSON input',
    'Unterminated string in JSON at position 12 (line 1 column 13)',
    'Cannot read properties of undefined (reading \'«x»\')',
    'Cannot read properties of null (reading \'«x»\')',
    'Deserialization error: to see the raw response, inspect the hidden field {error}.$response on this object.',
    'Connection closed while reading the body',
    'DescribeFHIRImportJob gave no job',
    `see the results at ${RESULTS.replace('Import/', 'Import/«')}»`,
  ],
};

/** Returns all texts, each with the text that the filter must show. */
export function allServiceTexts(): { readonly source: string; readonly text: string; readonly shown: string }[] {
  return Object.entries(SERVICE_TEXTS).flatMap(([source, texts]) => texts.map((marked) => ({
    source, text: marked.replace(/[«»]/g, ''), shown: shownOf(marked),
  })));
}

/** Replaces each word that has a part between « and » by ***, but keeps a location that ends in `/` before «. */
function shownOf(marked: string): string {
  return marked.split(' ').map((chunk) => {
    const at = chunk.indexOf('«');
    return at < 0 ? chunk : `${chunk.slice(0, at).endsWith('/') ? chunk.slice(0, at) : ''}***`;
  }).join(' ').replace(/\*\*\*(?: \*\*\*)+/g, '***');
}
