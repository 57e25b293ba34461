import { randomBytes } from 'node:crypto';
import { isDeepStrictEqual } from 'node:util';
import type { Caller } from '../../local-healthlake/src/service';

export * from '../../local-healthlake/src/service';

/** A request from CloudFormation to the provider of a resource type. */
export interface ResourceRequest {
  readonly stackId: string;
  readonly stackName: string;
  readonly logicalId: string;
  readonly type: string;
  /** The properties of the resource, with all intrinsic functions evaluated. Their shape depends on the resource type. */
  readonly properties: Record<string, any>;
  /** The caller for whom every call of the provider is authorized, usually the CloudFormation execution role. */
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
  /** The physical id, which `Ref` returns. If an update returns a new physical id, the update has replaced the resource. */
  readonly physicalId: string;
  /** The values that `Fn::GetAtt` returns, by attribute name. */
  readonly attributes?: Record<string, unknown>;
}

/** Creates, updates and deletes the resources of one CloudFormation type. Rejects with an `Error` whose message becomes the status reason. */
export interface ResourceProvider {
  create(request: ResourceRequest): Promise<ResourceResult>;
  update(request: ResourceUpdate): Promise<ResourceResult>;
  delete(request: ResourceDelete): Promise<void>;
}

/** Returns a provider that replaces a resource if one of the create-only properties changes, and otherwise updates the resource in place. */
export function replacing(createOnly: readonly string[], provider: ResourceProvider): ResourceProvider {
  return {
    create: (request) => provider.create(request),
    update: (request) => {
      const isReplaced = createOnly.some((name) => !isDeepStrictEqual(request.properties[name], request.oldProperties[name]));
      return isReplaced ? provider.create(request) : provider.update(request);
    },
    delete: (request) => provider.delete(request),
  };
}

/** Providers by CloudFormation type, e.g. `AWS::S3::Bucket`. */
export type ResourceProviders = Readonly<Record<string, ResourceProvider>>;

/** Invokes Lambda functions synchronously. */
export interface FunctionInvoker {
  /** Authorizes `lambda:InvokeFunction` for the caller, then runs the function's real code in a process of its own. */
  invoke(caller: Caller, functionArn: string, payload: unknown): Promise<InvocationResult>;
}

/** Invokes Lambda functions asynchronously. */
export interface EventInvoker {
  /**
   * Authorizes `lambda:InvokeFunction` for the caller, accepts the event, and runs the function later.
   * @param context the condition keys that an AWS service sets: aws:SourceArn and aws:SourceAccount
   */
  invokeEvent(caller: Caller, functionArn: string, payload: unknown, context?: Record<string, string>): Promise<void>;
}

export interface InvocationResult {
  /** The parsed response of the function. For a function error, it is `{ errorType, errorMessage, trace }`. */
  readonly payload: unknown;
  readonly functionError?: 'Unhandled';
}

/** Returns a name in CloudFormation's format: stack name, logical id and a random suffix, truncated to `maxLength` characters. */
export function physicalName(stackName: string, logicalId: string, maxLength: number): string {
  const suffix = randomSuffix();
  const room = maxLength - suffix.length - 2;
  const stack = stackName.slice(0, Math.max(Math.floor(room / 2), room - logicalId.length));
  return `${stack}-${logicalId.slice(0, room - stack.length)}-${suffix}`;
}

const SUFFIX_ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789';

function randomSuffix(): string {
  return [...randomBytes(12)].map((byte) => SUFFIX_ALPHABET[byte % SUFFIX_ALPHABET.length]).join('');
}
