import { Aws, Stack } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import type * as kms from 'aws-cdk-lib/aws-kms';
import type { Construct } from 'constructs';
import { listPrefix } from './data-access';
import type { ImportMonitor } from './import-monitor';
import { AssumedRole } from './import-roles';
import { IMPORT_EVENTS, EVENT_SOURCE } from '../../contract';
import { passDataAccessRole, useDatastoreKey } from '../../private/datastore';
import type { Location } from '../../private/s3-location';
import type { FhirImportProvider } from '../fhir-import-provider';

/** The resources that an operator role may use. */
export interface OperatorScope {
  readonly datastoreArn: string;
  readonly dataAccessRoleArn: string;
  /** The ARN of the stack of the import, or a pattern that matches it. */
  readonly stackArn: string;
  readonly input: Location;
  readonly output: Location;
  /** The ARN of the report function. Undefined if the import has no failure report. */
  readonly reportFunctionArn?: string;
  /** The ARN of the monitor. Undefined if the deployment waits for the job. */
  readonly stateMachineArn?: string;
  readonly datastoreEncryptionKey?: kms.IKeyRef;
}

/** The functions and the state machine that assume an operator role. */
export interface Operators {
  readonly provider: FhirImportProvider;
  /** The monitor. Undefined if the deployment waits for the job. */
  readonly monitor?: ImportMonitor;
}

/** Returns the role that the handler and the monitor assume for one import: the supplied role or a new one. */
export function createOperator(scope: Construct, { provider, monitor }: Operators, operatorScope: Omit<OperatorScope, 'stackArn' | 'stateMachineArn'>,
  supplied?: iam.IRole): AssumedRole {
  return new AssumedRole(scope, 'OperatorRole', {
    name: 'operatorRole',
    supplied,
    description: 'Starts and watches FHIR import jobs',
    assumedBy: [provider.handlerRole, ...(monitor ? [monitor.role] : [])],
    policyName: 'Operator',
    statements: operatorStatements({
      ...operatorScope,
      stackArn: supplied ? stackPattern(Stack.of(scope)) : Aws.STACK_ID,
      stateMachineArn: monitor?.stateMachine.stateMachineArn,
    }),
    after: [...provider._functions, ...(monitor ? [monitor.stateMachine] : [])],
  });
}

/**
 * Returns the permissions of the handler for one import.
 *
 * @see https://docs.aws.amazon.com/service-authorization/latest/reference/list_awshealthlake.html
 */
function operatorStatements(scope: OperatorScope): iam.PolicyStatement[] {
  return [
    new iam.PolicyStatement({
      sid: 'ImportJobs',
      actions: [
        'healthlake:DescribeFHIRDatastore',
        'healthlake:DescribeFHIRImportJob',
        'healthlake:ListFHIRImportJobs',
        'healthlake:StartFHIRImportJob',
      ],
      resources: [scope.datastoreArn],
    }),
    new iam.PolicyStatement({ sid: 'PassDataAccessRole', ...passDataAccessRole(scope.dataAccessRoleArn) }),
    new iam.PolicyStatement({
      sid: 'OwnStack', // to find out whether the stack is rolling back; if so, no job is started
      actions: ['cloudformation:DescribeStacks'],
      resources: [scope.stackArn],
    }),
    ...bucketChecks(scope),
    ...(scope.reportFunctionArn ? [new iam.PolicyStatement({
      sid: 'Report',
      actions: ['lambda:InvokeFunction'],
      resources: [scope.reportFunctionArn],
    })] : []),
    ...(scope.stateMachineArn ? [new iam.PolicyStatement({
      sid: 'Watch',
      actions: ['states:StartExecution'],
      resources: [scope.stateMachineArn],
    })] : []),
    ...(scope.datastoreEncryptionKey ? [
      new iam.PolicyStatement({ sid: 'DatastoreKey', ...useDatastoreKey(scope.datastoreEncryptionKey, Aws.REGION) }),
    ] : []),
  ];
}

/** Returns a statement that allows sending the two events at the end of a job, and no other events. */
export function putEventsStatement(eventBusArn: string): iam.PolicyStatement {
  return new iam.PolicyStatement({
    sid: 'Events',
    actions: ['events:PutEvents'],
    resources: [eventBusArn],
    // Both condition keys are multivalued: https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazoneventbridge.html#amazoneventbridge-policy-keys
    conditions: {
      'ForAllValues:StringEquals': { 'events:source': EVENT_SOURCE, 'events:detail-type': [IMPORT_EVENTS.succeeded, IMPORT_EVENTS.failed] },
      'Null': { 'events:source': 'false', 'events:detail-type': 'false' }, // ForAllValues is also true if the request doesn't have the keys
    },
  });
}

/**
 * Returns the statements for the checks before the start of a job. The checks read names and sizes of objects and settings of buckets, but no content of
 * objects.
 */
function bucketChecks({ input, output }: OperatorScope): iam.PolicyStatement[] {
  return [
    ...inputChecks(input, { list: 'InputNames', locate: 'InputBucket' }),
    new iam.PolicyStatement({
      sid: 'OutputBucket',
      actions: ['s3:GetBucketLocation', 's3:GetBucketPublicAccessBlock', 's3:GetEncryptionConfiguration'],
      resources: [output.bucket.bucketArn],
    }),
  ];
}

/** Returns the statements for the checks of the input. The policy of a bucket in another account needs these statements too. */
export function inputChecks(input: Location, sids: { readonly list?: string; readonly locate?: string } = {}): iam.PolicyStatement[] {
  return [
    listPrefix(input, sids.list),
    new iam.PolicyStatement({ sid: sids.locate, actions: ['s3:GetBucketLocation'], resources: [input.bucket.bucketArn] }),
  ];
}

/** Returns a pattern that matches the ARN of the stack. A role in another stack can't refer to the id that AWS appends to the name of the stack. */
function stackPattern(stack: Stack): string {
  return stack.formatArn({ service: 'cloudformation', resource: 'stack', resourceName: `${stack.stackName}/*` });
}
