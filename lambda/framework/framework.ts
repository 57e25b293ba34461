/**
 * A request that the provider framework sends to `onEvent`.
 *
 * @see https://docs.aws.amazon.com/cdk/api/v2/docs/aws-cdk-lib.custom_resources-readme.html#asynchronous-providers-iscomplete
 */
export interface OnEventRequest {
  readonly RequestType: 'Create' | 'Update' | 'Delete';
  readonly ResourceType: string;
  readonly StackId: string;
  readonly LogicalResourceId: string;
  /** The URL to which the framework sends its response to CloudFormation. The URL is never logged, because anybody who has it can send a response. */
  readonly ResponseURL?: string;
  readonly PhysicalResourceId?: string;
  readonly ResourceProperties: object;
  readonly OldResourceProperties?: object;
}

/** The response of `onEvent`. The framework copies its members into each `isComplete` request for the same CloudFormation event. */
export interface OnEventResponse extends EventTimes {
  readonly PhysicalResourceId: string;
  /**
   * A random id of the waiter, which is the framework's state machine that repeats `isComplete`. If Lambda delivers an event twice, two waiters run.
   * It is undefined if an earlier version of this handler received the CloudFormation event.
   */
  readonly WaiterId?: string;
}

/** The times of a CloudFormation event, in milliseconds since the epoch. `timesOf()` converts them to `Times`. */
export interface EventTimes {
  /** The time at which CloudFormation sent the event. */
  readonly RequestedAt: number;
  /**
   * The time at which Lambda delivered the CloudFormation event. It can be minutes after `RequestedAt`. Undefined if an earlier version of this handler
   * received the event.
   */
  readonly DeliveredAt?: number;
  /** The time at which the handler stops waiting for this resource. */
  readonly Deadline: number;
}

export interface IsCompleteRequest extends OnEventRequest, OnEventResponse {
  readonly PhysicalResourceId: string;
}

export type IsCompleteResponse =
  | { readonly IsComplete: false }
  | { readonly IsComplete: true; readonly PhysicalResourceId: string; readonly Data: Readonly<Record<string, string>> };

/** The response for a change that is not complete. The framework then calls `isComplete` again after `QUERY_INTERVAL_SECONDS`. */
export const NOT_YET: IsCompleteResponse = { IsComplete: false };
