import type { ResourceDelete, ResourceProvider, ResourceRequest, ResourceResult, ResourceUpdate } from '../../contract';

/** What CloudFormation gives along with a request about a resource. */
export interface Delivery {
  readonly requestId: string;
  /** Aborted when nobody waits for the outcome any more. */
  readonly signal: AbortSignal;
}

export interface HandlerResult extends ResourceResult {
  readonly noEcho?: boolean;
}

/** A `ResourceProvider`, or the custom resources. */
export interface ResourceHandler {
  /** True if a call can be given up midway; the roll-back of others waits until they are through. */
  readonly abandonable?: boolean;
  create(request: ResourceRequest, delivery: Delivery): Promise<HandlerResult>;
  update(request: ResourceUpdate, delivery: Delivery): Promise<HandlerResult>;
  delete(request: ResourceDelete, delivery: Delivery): Promise<void>;
}

/** A failure that knows more than its reason. */
export class ResourceFailure extends Error {
  public constructor(message: string, public readonly details: {
    /** False if nothing was called. */
    readonly called: boolean;
    readonly physicalId?: string;
    readonly attributes?: Readonly<Record<string, unknown>>;
  }) {
    super(message);
  }
}

/** Types that have nothing behind them. */
export const NO_OPERATION: ResourceProvider = {
  create: (request) => Promise.resolve({ physicalId: `${request.stackName}-${request.logicalId}` }),
  update: (request) => Promise.resolve({ physicalId: request.physicalId }),
  delete: () => Promise.resolve(),
};
