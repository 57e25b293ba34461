/**
 * The words that may be shown from messages of AWS services. Each word was reviewed. If a word is missing here, a reader of messages doesn't see it. If a wrong
 * word is listed here, a message can disclose the name of a patient.
 *
 * - Add only words of AWS, Node.js or FHIR, in the exact form that they use.
 * - Do not add a capitalized word that is among the 1,000 most frequent first or family names, such as Grant, Key, Mark, Page or Rose. Names in texts are
 *   usually capitalized.
 * - Add the lower-case form of such a name only if AWS messages need it, such as `key`, `may` and `will`.
 * - Do not add numbers, ids, dates or names of places.
 */

/** Words that occur within a sentence. */
export const LOWER_CASE = words(`
  a abort aborted about above absent accepted access accessed accessible account accounts acl action actions activate activated active add
  added additional address addressed administrator after again against algorithm alias aliases all allocated allowed allows alphanumeric
  already alternative always an and and/or another any api applicable application applied applies apply are aren't argument arn arns array
  arrays as assign assigned associate associated assume assumed at attached attempt attempting attempts attribute attributes audience
  authenticate authenticated authentication authorization authorized available base64 be because been before begun belong below between
  beyond blank block blocked body both boundaries boundary bucket buckets bundle bundles bus busy by bytes cache call caller callers calls
  can can't cancel cancelled cannot capacity cause caused certificate certificates chain change changed changes character characters check
  checked checks checksum cidr ciphertext class client client-side closed code codes collection column common complete completed concurrency
  concurrent condition conditions configuration configure configured conflict conflicting conflicts connect connecting connection
  connections constraint contact contain contained containing contains content contents context continue control converted copied copy
  correct correctly could couldn't count counts create created creates creating creation credential credentials cross-account cross-region
  currently customer customer-managed cycle data datastore datastores date dates decimal declined decoded decoding decrypt default defined
  delete deleted deleting deletion deliver delivered delivery denied deny dependencies dependency dependent deploy deployed deployment
  deployments describe described describes destination details detected determine did didn't difference different digits directory disable
  disabled disallowed disconnected disk distinct dns do document documents does doesn't don't down download due duplicate duplicated during
  each earlier either element elements else empty enable enables encode encoded encoding encountered encrypt encrypted encryption end ended
  ending endpoint endpoints ends engine enough ensure entities entity entries entry enum environment equal equals error errors established
  even event events every exact exactly example exceed exceeded exceeding exceeds except exception exceptions execute executed executing
  executions exist existing exists exit exited expected expecting expired expires expiry explicit export expression extension external extra
  fail failed failing fails failure failures fetch fhir field file files find finish finished first fixed folder folders following for
  forbidden form format formats formatted found from fulfill full function function's functions future gave general generate get getaddrinfo
  given gives global gone granted greater group groups had handle handled handler hang has hasn't have haven't header headers healthlake
  hidden higher hold host hostname hosts hours however http https id identical identified identifier identifiers identities identity
  identity-based if ignored immediately implemented import imported importing imports improper improperly in inactive inbound include
  included includes including incompatible incomplete incorrect incorrectly index indicates information initializing inline input inputs
  insert inspect instance instances instead insufficient integer intended interface internal interrupted interval into invalid invocation
  invocations invoke invoked invoking is isn't issue issued issues it item items its itself job jobs json kept key keys killed kind kinds
  known label large larger last later latest leading least left length lengths less level levels lifecycle limit limited limits line linked
  list listed listing lists load loaded loading local location locations lock locked log logs longer lower lowercase machine made main makes
  making malformed managed manifest many master match matched matches matching maximum may means member members memory message met metadata
  method methods milliseconds minimal minutes mismatch missing mode modification modified modify module more most multipart multiple must
  name named names namespace ndjson necessary need needed needs neither network never new next no none nor not nothing now null number
  numeric object object's obtain occur occurred occurs of offset old omitted on once one only open opened operate operating operation
  operations option options or order organization organizations original other others otherwise our out outbound outdated output outside
  over overlap overlapping own owned owner owners ownership owns parameters parse parsed parser parsing part partial parts pass passed
  passing path paths pattern patterns payload peer pending per percent perform performed performing period permission permissions permit
  permits permitted phase place policies policy pool port position possible post pre-conditions precondition preconditions prefix prefixes
  present prevent prevents previous previously primary principal principals prior private proceed process processed processing produced
  profile progress prohibited prohibits properly properties property protocol provide provided providers provides provisioned proxy public
  publish published put queries query queued queueing queues quota quotas range rate rates raw re-encrypt reach reachable reached read
  read-only reading ready real reason reasons receive received recent recently record records recreated redirect reduce reduced refer
  reference referenced references refers refuse refused region regional regions register registered regular reject rejected rejects related
  relationship release released remaining remote remove removed repeat repeated repeats replace replaced replication reported reports
  representation request requested requests required reset resolve resolved resolver resource resource-based resources respond responded
  responding response responses restore restored restrict restricted restrictions restricts result results retried retries retry retrying
  return returned returns reused revoked role roles root rule rules run running runs same satisfy scan scanned scanning schedule schema
  scope search second seconds section secure security see select selected self-signed send sent separate sequence server server's
  server-side service service-linked session set sets settings several shared shortly should shown side signal signatures signed signing
  similar simultaneous since single size sizes skipped slow socket sockets some something source sources space special specifically
  specification specified specifies specify specifying split stack stacks stale standard start started starting starts state statement
  statements states statistics stopped stops storage store stored stores stream strict string strings structure-only submit submitted subnet
  subscribe succeed succeeded success successful successfully such sufficient summary supplied supply support supported supports symmetric
  synchronous syntax system systems table tag tagging tags taken takes target task tasks template temporarily temporary terminate terminated
  terminating than that the their them then there therefore these they thing third this those though threshold throttle throttled throttling
  through thus time timed timedout timeout timeouts times timestamp to token tokens too top topic total totals traffic trailing transaction
  transient transition transport truncated trust trusted trusting trusts try turned twice two type types unable unauthenticated unauthorized
  unavailable unchanged undefined under unexpected unexpectedly unhandled unhealthy unique unit units unknown unless unlock unmarshal
  unnecessary unprocessable unreachable unreadable unrecognized unresolved unsuccessful unsupported untag until up update updated updates
  updating upload uploaded uploading upper uppercase uri uris url urls usage used useful user users uses using utf-8 valid validate
  validated validating validation value valued values variables verification verified verify version versioning versions via view violated
  violates violation visible wait waited waiting warning warnings was wasn't well were weren't what whatever when whenever where whether
  which while whitespace whole whose will with within without won't work worked working works would writable write writes writing written
  wrong xml yes yet you your zero
`);

/** Words that begin a sentence or an AWS name, and abbreviations. */
export const CAPITALIZED = words(`
  A Access Action Actions ACTIVE After Alias All Already Amazon An API ARN ARNs At Authentication AWS Bad Before Block Body Both Bucket
  Buckets Cannot Cause Check Client CloudFormation CloudTrail CloudWatch Code Configuration Conflict Connection Console Content Contents
  Copy Could Create CREATING Creating Cross-account Data Datastore Delete DELETING Deleting Denied Deny Describe Description Deserialization
  Detail Details DNS Does Duplicate Each ECONNREFUSED ECONNRESET Either Encoded Encryption Endpoint ENOTFOUND EPIPE Error ETIMEDOUT Event
  EventBridge Every Exceeded Exception Execution Exist Exists Expected Expired Extended Failed Failure FHIR File Files For Forbidden Found
  From Function Gateway GB Get HealthLake Host HTTP HTTPS IAM ID IDs If Import In Incorrect Input Insufficient Internal Invalid Is It Item
  Job Jobs JSON KB KMS Lambda Length Limit List Location Logs Machine Make Management Maximum MB Member Message Metadata Method Missing More
  Must Name NDJSON Network No Node None Not NULL Number Object Objects Of On One Only Operation Or Organizations Output Parameter Parameters
  Path Pending Permission Permissions Please Policies Policy Prefix Principal Property Provided Provider Proxy Public Put Query Queue Quota
  Quotas Rate Reason Received Refer Reference References Region Regions Request Requested Requests Required Resource Resources Response
  Result Results Retry Roles Runtime SCP SDK See Server Service Session Set Signature Simple Size SNS Some Source Specified SQS SSE-KMS
  SSE-S3 SSL SSO Stack Start State Status Step Stream String STS Successfully Table Tag Target Task TB Template The This Time Timeout TLS To
  Token Too Topic Total Transfer Trust Try Type Unable Unauthorized Unexpected Unknown Unrecognized Unsupported Unterminated Update Upload
  URI URL Use User Users Using UTF-8 Validation Value Values Verify Version VPC Waiting Was We When With Write XML You Your Zone
`);

/** Values of AWS enumerations. */
export const STATUSES = words(`
  ACTIVE AES256 aws:kms aws:kms:dsse AWS_AUTH CANCEL_COMPLETED CANCEL_FAILED CANCEL_IN_PROGRESS CANCEL_SUBMITTED COMPLETED
  COMPLETED_WITH_ERRORS CREATE_COMPLETE CREATE_FAILED CREATE_IN_PROGRESS CREATING DELETE_COMPLETE DELETE_FAILED DELETE_IN_PROGRESS DELETED
  DELETING DISABLED ENABLED FAILED FALSE_VALUE IMPORT_COMPLETE IMPORT_IN_PROGRESS IMPORT_ROLLBACK_COMPLETE IMPORT_ROLLBACK_FAILED
  IMPORT_ROLLBACK_IN_PROGRESS IN_PROGRESS NUMBER_VALUE PENDING QUEUED REVIEW_IN_PROGRESS ROLLBACK_COMPLETE ROLLBACK_FAILED
  ROLLBACK_IN_PROGRESS STRING_VALUE SUBMITTED TRUE_VALUE UPDATE_COMPLETE UPDATE_COMPLETE_CLEANUP_IN_PROGRESS UPDATE_FAILED
  UPDATE_IN_PROGRESS UPDATE_ROLLBACK_COMPLETE UPDATE_ROLLBACK_COMPLETE_CLEANUP_IN_PROGRESS UPDATE_ROLLBACK_FAILED
  UPDATE_ROLLBACK_IN_PROGRESS UPDATING
`);

/** Names of operations and parameters of AWS APIs, names of HTTP headers, and symbols that stand alone. */
export const IDENTIFIERS = words(`
  - -- .ndjson = alias/aws/s3 AssumeRole aws/s3 ClientToken clientToken DataAccessRoleArn dataAccessRoleArn DatastoreId datastoreId
  DescribeFHIRDatastore DescribeFHIRImportJob DescribeKey DescribeStacks DetailType DurationSeconds durationSeconds EC2 error}.$response
  EventBusName GenerateDataKey GetBucketEncryption GetBucketLocation GetObject GetPublicAccessBlock HeadObject InputDataConfig
  inputDataConfig inputDataConfig.s3Uri InvokeFunction JobId jobId JobName jobName JobOutputDataConfig jobOutputDataConfig
  jobOutputDataConfig.s3Configuration jobOutputDataConfig.s3Configuration.kmsKeyId jobOutputDataConfig.s3Configuration.s3Uri JobStatus
  jobStatus keyId kms:CreateGrant KmsKeyId kmsKeyId ListBucket ListFHIRImportJobs ListObjectsV2 Manifest.json manifest.json MaxResults
  maxResults MaxSessionDuration NextToken nextToken PassRole PutEvents PutObject R4 RequestId resourceId resourceType RoleArn roleArn
  RoleSessionName roleSessionName S3 S3Configuration s3Configuration S3Uri s3Uri SourceAccount SourceArn StackName stackName StartExecution
  StartFHIRImportJob structure-only submittedAfter submittedBefore ValidationLevel validationLevel x-amz-bucket-region x-amz-content-sha256
  x-amz-security-token x-amz-server-side-encryption x-amz-server-side-encryption-aws-kms-key-id
`);

/** Error codes of AWS and Node.js that do not end in Exception, Error or Fault. */
export const ERROR_CODES = words(`
  ABORT_ERR AccessDenied AccessForbidden AlreadyExists AuthFailure AuthorizationHeaderMalformed BandwidthLimitExceeded BucketAlreadyExists
  CERT_HAS_EXPIRED ConditionalRequestConflict DeleteConflict DEPTH_ZERO_SELF_SIGNED_CERT EAI_AGAIN EAI_FAIL ECONNABORTED ECONNREFUSED
  ECONNRESET EHOSTUNREACH EMFILE ENETUNREACH ENOTFOUND EntityAlreadyExists EntityTooLarge EPIPE EPROTO ERR_TLS_CERT_ALTNAME_INVALID
  ESOCKETTIMEDOUT ETIMEDOUT ExecutionAlreadyExists ExecutionDoesNotExist ExecutionLimitExceeded ExpiredToken Handled IncompleteBody
  IncompleteSignature InternalFailure InvalidAccessKeyId InvalidAction InvalidArgument InvalidArn InvalidBucketName InvalidBucketState
  InvalidClientTokenId InvalidExecutionInput InvalidIdentityToken InvalidName InvalidObjectState InvalidParameter InvalidParameterValue
  InvalidRange InvalidRequest InvalidToken KMSAccessDenied LimitExceeded MalformedDetail MalformedPolicyDocument MalformedXML
  MethodNotAllowed MissingAuthenticationToken MissingParameter MovedPermanently NoSuchBucket NoSuchBucketPolicy NoSuchEntity NoSuchKey
  NoSuchPublicAccessBlockConfiguration NoSuchUpload NoSuchVersion NotAuthorizedForSource NotFound NotImplemented OperationAborted
  OptInRequired PackedPolicyTooLarge PermanentRedirect PreconditionFailed PriorRequestNotComplete Redirect RegionDisabled RequestExpired
  RequestLimitExceeded RequestThrottled RequestTimeout RequestTimeTooSkewed SELF_SIGNED_CERT_IN_CHAIN ServiceUnavailable
  SignatureDoesNotMatch SlowDown StateMachineDeleting StateMachineDoesNotExist TemporaryRedirect Throttling TooManyRequests
  TransactionInProgress UNABLE_TO_GET_ISSUER_CERT_LOCALLY UNABLE_TO_VERIFY_LEAF_SIGNATURE UnauthorizedAccess Unhandled UnrecognizedClient
`);

/** Regular expressions that AWS quotes when a value does not match them. */
export const QUOTED_PATTERNS: readonly string[] = [
  '^([\\p{L}\\p{Z}\\p{N}_.:/=+\\-%@]*)$',
  '^[a-zA-Z0-9-]+$',
  '[a-zA-Z0-9-]+',
  'arn:aws(-[^:]+)?:iam::[0-9]{12}:role/.+',
  's3://[a-z0-9][\\.\\-a-z0-9]{1,61}[a-z0-9](/.*)?',
  '(arn:aws((-us-gov)|(-iso)|(-iso-b)|(-cn))?:kms:)?([a-z]{2}-[a-z]+(-[a-z]+)?-\\d:)?(\\d{12}:)?(((key/)?[a-zA-Z0-9-_]+)|(alias/[a-zA-Z0-9:/_-]+))',
  '[A-Za-z0-9-.]{1,64}',
  '[A-Za-z]{1,256}',
  '[\\w+=,.@-]*',
  '\\p{ASCII}{0,8192}',
];

/** Names of AWS services, as they occur in actions such as `s3:GetObject` and in endpoints. */
export const SERVICES = words(`
  aws cloudformation cloudtrail ec2 events healthlake iam kms lambda logs organizations ram s3 sns sqs ssm states sts
`);

function words(list: string): readonly string[] {
  return list.trim().split(/\s+/);
}
