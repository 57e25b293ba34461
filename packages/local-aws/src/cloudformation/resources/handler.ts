import type { ResourceDelete, ResourceProvider, ResourceProviders, ResourceRequest, ResourceResult, ResourceUpdate } from '../../contract';

/** The circumstances of a create, update or delete request. */
export interface Delivery {
  readonly requestId: string;
  /** The handler calls this function if it knows the physical id of a new resource before the creation ends. */
  readonly identified?: (physicalId: string) => void;
  /** This signal is aborted when the result of the request is no longer needed. */
  readonly signal: AbortSignal;
}

export interface HandlerResult extends ResourceResult {
  readonly noEcho?: boolean;
}

/** Creates, updates and deletes resources: a `ResourceProvider`, `CustomResources` or `NestedStacks`. */
export interface ResourceHandler {
  /** True if a roll-back may abandon a running call. Otherwise the roll-back waits until the call ends. */
  readonly abandonable?: boolean;
  create(request: ResourceRequest, delivery: Delivery): Promise<HandlerResult>;
  update(request: ResourceUpdate, delivery: Delivery): Promise<HandlerResult>;
  delete(request: ResourceDelete, delivery: Delivery): Promise<void>;
}

/** The error of a failed create, update or delete request, with details about the resource. */
export class ResourceFailure extends Error {
  public constructor(message: string, public readonly details: {
    /** False if the request failed before any function or service was called. */
    readonly called: boolean;
    readonly physicalId?: string;
    readonly attributes?: Readonly<Record<string, unknown>>;
  }) {
    super(message);
  }
}

const NO_OPERATION: ResourceProvider = {
  create: (request) => Promise.resolve({ physicalId: `${request.stackName}-${request.logicalId}` }),
  update: (request) => Promise.resolve({ physicalId: request.physicalId }),
  delete: () => Promise.resolve(),
};

/** The providers of resource types that have no physical resource. */
export const EMPTY_TYPES: ResourceProviders = {
  'AWS::CDK::Metadata': NO_OPERATION,
  'AWS::CloudFormation::WaitConditionHandle': NO_OPERATION,
};
