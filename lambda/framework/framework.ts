/**
 * A request of the provider framework.
 *
 * @see https://docs.aws.amazon.com/cdk/api/v2/docs/aws-cdk-lib.custom_resources-readme.html#asynchronous-providers-iscomplete
 */
export interface OnEventRequest {
  readonly RequestType: 'Create' | 'Update' | 'Delete';
  readonly ResourceType: string;
  readonly StackId: string;
  readonly LogicalResourceId: string;
  /** The URL for the answer to CloudFormation. It is never logged, because anybody who has it can answer. */
  readonly ResponseURL?: string;
  readonly PhysicalResourceId?: string;
  readonly ResourceProperties: object;
  readonly OldResourceProperties?: object;
}

/** The answer of `onEvent`. The framework adds its members to each `isComplete` request for the same event. */
export interface OnEventResponse extends EventTimes {
  readonly PhysicalResourceId: string;
  /** A random id that tells the waiters apart if Lambda delivers the event twice. Only `Job` has it, and earlier versions of this handler did not set it. */
  readonly WaiterId?: string;
}

/** The points in time of an event, in milliseconds since the epoch. `timesOf()` reads them. */
export interface EventTimes {
  /** The time at which CloudFormation sent the event. */
  readonly RequestedAt: number;
  /**
   * The time at which Lambda delivered the event. It can be minutes after `RequestedAt`. Undefined if an earlier version of this handler received the event.
   */
  readonly DeliveredAt?: number;
  /** The time at which the resource's own time-out ends. */
  readonly Deadline: number;
}

export interface IsCompleteRequest extends OnEventRequest, OnEventResponse {
  readonly PhysicalResourceId: string;
}

export type IsCompleteResponse =
  | { readonly IsComplete: false }
  | { readonly IsComplete: true; readonly PhysicalResourceId: string; readonly Data: Readonly<Record<string, string>> };

/** The answer that the change is not complete. The framework then calls `isComplete` again after 10 seconds. */
export const NOT_YET: IsCompleteResponse = { IsComplete: false };
