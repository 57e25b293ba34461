import type { Caller } from '../../local-healthlake/src/service';

export * from '../../local-healthlake/src/service';

/** What CloudFormation hands to the provider of a resource type: properties with all intrinsics resolved. */
export interface ResourceRequest {
  readonly stackId: string;
  readonly stackName: string;
  readonly logicalId: string;
  readonly type: string;
  // CloudFormation properties are JSON of any shape; each provider reads its own.
  readonly properties: Record<string, any>;
  /** The CloudFormation execution role, for whom every create is authorized. */
  readonly caller: Caller;
}

export interface ResourceUpdate extends ResourceRequest {
  readonly physicalId: string;
  readonly oldProperties: Record<string, any>;
}

export interface ResourceDelete extends ResourceRequest {
  readonly physicalId: string;
}

export interface ResourceResult {
  /** What `Ref` gives. A new one on an update means that the resource was replaced. */
  readonly physicalId: string;
  /** What `Fn::GetAtt` gives. */
  readonly attributes?: Record<string, unknown>;
}

/** Creates, updates and deletes the resources of one CloudFormation type. Throws an `Error` with the reason to show. */
export interface ResourceProvider {
  create(request: ResourceRequest): Promise<ResourceResult>;
  update(request: ResourceUpdate): Promise<ResourceResult>;
  delete(request: ResourceDelete): Promise<void>;
}

/** By CloudFormation type, e.g. `AWS::S3::Bucket`. */
export type ResourceProviders = Readonly<Record<string, ResourceProvider>>;

/** Where the output of functions goes; read by tests and by the demo. */
export interface LogSink {
  write(logGroup: string, stream: string, message: string): void;
}

/** Lambda, as CloudFormation, Step Functions and the wire call it. */
export interface FunctionInvoker {
  /** Authorizes `lambda:InvokeFunction` for the caller, then runs the function's real code in a process of its own. */
  invoke(caller: Caller, functionArn: string, payload: unknown): Promise<InvocationResult>;
}

export interface InvocationResult {
  /** The parsed answer; for a function error `{ errorType, errorMessage, trace }`. */
  readonly payload: unknown;
  readonly functionError?: 'Unhandled';
}
