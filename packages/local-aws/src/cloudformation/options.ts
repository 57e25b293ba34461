/** The roll-back of a custom resource whose Update returned a new physical id. AWS doesn't document it. */
export interface UpdateReversal {
  /** Whether the custom resource receives an Update with the old properties. */
  readonly sendsUpdate: boolean;
  /** The physical id in that Update, or, without one, the id of the resource afterwards. */
  readonly id: 'old' | 'new';
  /** The source of `Ref` and `Fn::GetAtt` afterwards: the resource before the deployment, or the newest answer. */
  readonly references: 'old' | 'new';
}

export interface CloudFormationOptions {
  readonly rollbackAfterUpdate?: {
    /** After an Update that succeeded. */
    readonly succeeded?: UpdateReversal;
    /** After an Update that failed. */
    readonly failed?: UpdateReversal;
  };
  /** Whether the deployment after one that failed without a roll-back sends custom resources the same RequestId; by default true. */
  readonly reusesRequestId?: boolean;
}

/** Treats the new id like any other: sends it an Update with the old properties. */
export const REVERSE_BY_UPDATE: UpdateReversal = { sendsUpdate: true, id: 'new', references: 'new' };
