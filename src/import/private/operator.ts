import { Aws } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import type * as kms from 'aws-cdk-lib/aws-kms';
import { listPrefix, type Location } from './data-access';
import { EVENT_FAILED, EVENT_SOURCE, EVENT_SUCCEEDED } from '../../contract';

/** What an import's operator role is for. */
export interface OperatorScope {
  readonly datastoreArn: string;
  readonly dataAccessRoleArn: string;
  readonly input: Location;
  readonly output: Location;
  /** Of the function that makes the report, if there is to be one. */
  readonly reportFunctionArn?: string;
  /** Of the state machine that watches detached imports, if this is one. */
  readonly stateMachineArn?: string;
  readonly datastoreEncryptionKey?: kms.IKeyRef;
}

/**
 * What the handler may do for one import, and nothing beyond it.
 *
 * @see https://docs.aws.amazon.com/service-authorization/latest/reference/list_awshealthlake.html
 */
export function operatorStatements(scope: OperatorScope): iam.PolicyStatement[] {
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
    new iam.PolicyStatement({
      sid: 'PassDataAccessRole',
      actions: ['iam:PassRole'],
      resources: [scope.dataAccessRoleArn],
      conditions: { StringEquals: { 'iam:PassedToService': 'healthlake.amazonaws.com' } },
    }),
    new iam.PolicyStatement({
      sid: 'OwnStack', // a roll-back starts no job
      actions: ['cloudformation:DescribeStacks'],
      resources: [Aws.STACK_ID],
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
    ...(scope.datastoreEncryptionKey ? [datastoreKeyStatement(scope.datastoreEncryptionKey)] : []),
  ];
}

/** The events that tell how a job ended, and no others. */
export function putEventsStatement(eventBusArn: string): iam.PolicyStatement {
  return new iam.PolicyStatement({
    sid: 'Events',
    actions: ['events:PutEvents'],
    resources: [eventBusArn],
    // Both keys are lists: https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazoneventbridge.html#amazoneventbridge-policy-keys
    conditions: {
      'ForAllValues:StringEquals': { 'events:source': EVENT_SOURCE, 'events:detail-type': [EVENT_SUCCEEDED, EVENT_FAILED] },
      'Null': { 'events:source': 'false', 'events:detail-type': 'false' }, // of nothing, all is true
    },
  });
}

/** What is looked at before a job is started: names, sizes and settings, no content. */
function bucketChecks({ input, output }: OperatorScope): iam.PolicyStatement[] {
  return [
    listPrefix(input, 'InputNames'),
    new iam.PolicyStatement({ sid: 'InputBucket', actions: ['s3:GetBucketLocation'], resources: [input.bucket.bucketArn] }),
    new iam.PolicyStatement({
      sid: 'OutputBucket',
      actions: ['s3:GetBucketLocation', 's3:GetBucketPublicAccessBlock', 's3:GetEncryptionConfiguration'],
      resources: [output.bucket.bucketArn],
    }),
  ];
}

/** What the guide asks of users of a data store that is encrypted with a customer managed key. */
function datastoreKeyStatement(key: kms.IKeyRef): iam.PolicyStatement {
  return new iam.PolicyStatement({
    sid: 'DatastoreKey',
    actions: ['kms:CreateGrant', 'kms:Decrypt', 'kms:DescribeKey', 'kms:GenerateDataKey'],
    resources: [key.keyRef.keyArn],
    conditions: { StringEquals: { 'kms:ViaService': `healthlake.${Aws.REGION}.amazonaws.com`, 'kms:CallerAccount': Aws.ACCOUNT_ID } },
  });
}
