/**
 * How a roll-back treats a custom resource whose Update had answered a new physical id. AWS doesn't document it.
 */
export interface UpdateReversal {
  /** Whether the custom resource gets an Update back to the old properties. */
  readonly sendsUpdate: boolean;
  /** Which physical id that Update carries, or, without one, which the resource has afterwards. */
  readonly id: 'old' | 'new';
  /** What `Ref` and `Fn::GetAtt` give the other resources from then on: what was there before the deployment, or the newest answer. */
  readonly references: 'old' | 'new';
}

export interface CloudFormationOptions {
  readonly rollbackAfterUpdate?: {
    /** After an Update that succeeded. */
    readonly succeeded?: UpdateReversal;
    /** After an Update that failed. */
    readonly failed?: UpdateReversal;
  };
  /** Whether a deployment on top of one that failed without roll-back sends the same RequestId to a custom resource; true unless set. */
  readonly reusesRequestId?: boolean;
}

/** A roll-back that treats the new id like any other: Update from new to old. */
export const REVERSE_BY_UPDATE: UpdateReversal = { sendsUpdate: true, id: 'new', references: 'new' };
