import { Aws, Stack } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import type * as kms from 'aws-cdk-lib/aws-kms';
import type { Construct } from 'constructs';
import { AssumedRole } from './job-roles';
import type { Kind } from './kind';
import type { Location } from './location';
import type { Monitor } from './monitor';
import { EVENT_SOURCE } from '../../contract';
import { passDataAccessRole, useDatastoreKey } from '../../private/datastore';
import type { FhirJobProvider } from '../fhir-job-provider';

/** The resources that an operator role may use. */
export interface OperatorScope {
  readonly datastoreArn: string;
  readonly dataAccessRoleArn: string;
  /** The ARN of the stack of the construct, or a pattern that matches it. */
  readonly stackArn: string;
  /** Whether a deployment of the stack starts the job. */
  readonly isStartedByStack: boolean;
  /** The statements that only this kind of job needs. */
  readonly ownStatements: iam.PolicyStatement[];
  readonly output: Location;
  /** The ARN of the report function. Undefined if there is no report. */
  readonly reportFunctionArn?: string;
  /** The ARN of the monitor. Undefined if the deployment waits for the job. */
  readonly stateMachineArn?: string;
  readonly datastoreEncryptionKey?: kms.IKeyRef;
}

/** The functions and the state machine that assume an operator role. */
export interface Operators {
  readonly provider: FhirJobProvider;
  /** The monitor. Undefined if the deployment waits for the job. */
  readonly monitor?: Monitor;
}

/** Returns the role that the handler and the monitor assume for one construct: the supplied role or a new one. */
export function createOperator(scope: Construct, kind: Kind, { provider, monitor }: Operators, operatorScope: Omit<OperatorScope, 'stackArn' | 'stateMachineArn'>,
  supplied?: iam.IRole): AssumedRole {
  return new AssumedRole(scope, 'OperatorRole', {
    kind,
    name: 'operatorRole',
    supplied,
    description: `Starts and watches FHIR ${kind.noun} jobs`,
    assumedBy: [provider.handlerRole, ...(monitor ? [monitor.role] : [])],
    policyName: 'Operator',
    statements: operatorStatements(kind, {
      ...operatorScope,
      stackArn: supplied ? stackPattern(Stack.of(scope)) : Aws.STACK_ID,
      stateMachineArn: monitor?.stateMachine.stateMachineArn,
    }),
    after: [...provider._functions, ...(monitor ? [monitor.stateMachine] : [])],
  });
}

/**
 * Returns the permissions of the handler for one construct.
 *
 * @see https://docs.aws.amazon.com/service-authorization/latest/reference/list_awshealthlake.html
 */
function operatorStatements({ name }: Kind, scope: OperatorScope): iam.PolicyStatement[] {
  return [
    new iam.PolicyStatement({
      sid: `${name}Jobs`,
      actions: [
        'healthlake:DescribeFHIRDatastore',
        `healthlake:DescribeFHIR${name}Job`,
        `healthlake:ListFHIR${name}Jobs`,
        `healthlake:StartFHIR${name}Job`,
      ],
      resources: [scope.datastoreArn],
    }),
    new iam.PolicyStatement({ sid: 'PassDataAccessRole', ...passDataAccessRole(scope.dataAccessRoleArn) }),
    ...(scope.isStartedByStack ? [new iam.PolicyStatement({
      sid: 'OwnStack', // to find out whether the stack is rolling back; if so, no job is started
      actions: ['cloudformation:DescribeStacks'],
      resources: [scope.stackArn],
    })] : []),
    ...scope.ownStatements,
    new iam.PolicyStatement({
      sid: 'OutputBucket', // to check the output bucket before the start of a job
      actions: ['s3:GetBucketLocation', 's3:GetBucketPublicAccessBlock', 's3:GetEncryptionConfiguration'],
      resources: [scope.output.bucket.bucketArn],
    }),
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

/** Returns a statement that allows sending events of these detail types, and no other events. */
export function putEventsStatement(detailTypes: readonly string[], eventBusArn: string): iam.PolicyStatement {
  return new iam.PolicyStatement({
    sid: 'Events',
    actions: ['events:PutEvents'],
    resources: [eventBusArn],
    // Both condition keys are multivalued: https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazoneventbridge.html#amazoneventbridge-policy-keys
    conditions: {
      'ForAllValues:StringEquals': { 'events:source': EVENT_SOURCE, 'events:detail-type': detailTypes },
      'Null': { 'events:source': 'false', 'events:detail-type': 'false' }, // ForAllValues is also true if the request doesn't have the keys
    },
  });
}

/** Returns a pattern that matches the ARN of the stack. A role in another stack can't refer to the id that AWS appends to the name of the stack. */
function stackPattern(stack: Stack): string {
  return stack.formatArn({ service: 'cloudformation', resource: 'stack', resourceName: `${stack.stackName}/*` });
}
