import * as path from 'node:path';
import { Aws, CustomResource, Duration, type IResolveContext, Lazy, RemovalPolicy, Stack } from 'aws-cdk-lib';
import type { CfnFHIRDatastore } from 'aws-cdk-lib/aws-healthlake';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import * as logs from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import { ANSWER_MARGIN_MINUTES, REPLACEMENT_GUARD_RESOURCE_TYPE, REPLACEMENT_GUARD_TIMEOUT_MINUTES, type ReplacementGuardProperties } from '../../contract';
import { FunctionRoles } from '../../private/function-roles';

/** Properties of `ReplacementGuard`. */
export interface ReplacementGuardProps {
  readonly datastore: CfnFHIRDatastore;
  /** Whether the guard lets CloudFormation replace the data store. */
  readonly allowReplacement: boolean;
}

/** The properties of a data store in the template that the guard passes to its function. Their values may be intrinsic functions. */
interface RenderedDatastore {
  readonly DatastoreTypeVersion: string;
  readonly SseConfiguration?: { readonly KmsEncryptionConfig?: { readonly KmsKeyId?: string } };
  readonly PreloadDataConfig?: { readonly PreloadDataType?: string };
}

/** The part of a template that a data store renders. */
interface RenderedTemplate {
  readonly Resources: Readonly<Record<string, { readonly Properties: RenderedDatastore }>>;
}

/** A custom resource that CloudFormation deploys before a data store. It fails the deployment if CloudFormation would replace the data store. */
export class ReplacementGuard extends Construct {
  constructor(scope: Construct, id: string, { datastore, allowReplacement }: ReplacementGuardProps) {
    super(scope, id);
    const logGroup = new logs.LogGroup(this, 'LogGroup', {
      retention: logs.RetentionDays.ONE_YEAR,
      removalPolicy: RemovalPolicy.RETAIN, // the logs are needed most after a deployment that failed and was rolled back
    });
    const fn = new lambda.Function(this, 'Function', {
      description: 'Refuses deployments that would replace a HealthLake data store',
      code: lambda.Code.fromAsset(path.join(__dirname, '..', '..', '..', 'assets', 'lambda', 'datastore', 'index')),
      handler: 'index.handler',
      runtime: lambda.determineLatestNodeRuntime(this),
      role: new FunctionRoles(this, logGroup, false).create('Role', 'Runs the function that guards a HealthLake data store', {
        Guard: new iam.PolicyDocument({ statements: guardStatements(Stack.of(this)) }),
      }),
      logGroup,
      timeout: Duration.minutes(REPLACEMENT_GUARD_TIMEOUT_MINUTES),
      memorySize: 256,
    });
    const properties: ReplacementGuardProperties = {
      DatastoreLogicalId: datastore.logicalId,
      DatastoreTypeVersion: valueIn(datastore, ({ DatastoreTypeVersion }) => DatastoreTypeVersion),
      KmsKeyId: valueIn(datastore, ({ SseConfiguration }) => SseConfiguration?.KmsEncryptionConfig?.KmsKeyId),
      PreloadDataType: valueIn(datastore, ({ PreloadDataConfig }) => PreloadDataConfig?.PreloadDataType),
      AllowReplacement: allowReplacement ? 'true' : 'false',
    };
    const resource = new CustomResource(this, 'Resource', {
      serviceToken: fn.functionArn,
      resourceType: REPLACEMENT_GUARD_RESOURCE_TYPE,
      properties: { ...properties },
      serviceTimeout: Duration.minutes(REPLACEMENT_GUARD_TIMEOUT_MINUTES + ANSWER_MARGIN_MINUTES),
      removalPolicy: RemovalPolicy.RETAIN, // there is nothing to delete
    });
    datastore.node.addDependency(resource);
  }
}

/**
 * Returns a token for a value in the rendered properties of a data store. The properties of the construct don't have the changes that `addPropertyOverride()`
 * makes.
 */
function valueIn(datastore: CfnFHIRDatastore, select: (properties: RenderedDatastore) => string | undefined): string {
  return Lazy.uncachedAny({
    produce: (context: IResolveContext) => {
      const { Resources: resources } = context.resolve(datastore._toCloudFormation()) as RenderedTemplate;
      return select(Object.values(resources)[0].Properties);
    },
  }) as unknown as string; // the token may stand for an intrinsic function or for undefined, so it is not encoded as a string
}

function guardStatements(stack: Stack): iam.PolicyStatement[] {
  return [
    new iam.PolicyStatement({
      sid: 'OwnStack', // to find the data store, and to find out whether the stack is rolling back
      actions: ['cloudformation:DescribeStacks', 'cloudformation:ListStackResources'],
      resources: [Aws.STACK_ID],
    }),
    new iam.PolicyStatement({
      sid: 'Datastore',
      actions: ['healthlake:DescribeFHIRDatastore'],
      // The id of the data store is not known here, because CloudFormation creates the role before the data store.
      resources: [stack.formatArn({ service: 'healthlake', resource: 'datastore', resourceName: 'fhir/*' })],
    }),
  ];
}
