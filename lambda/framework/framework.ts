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
  /** Never logged: with it, anybody can answer CloudFormation. */
  readonly ResponseURL?: string;
  readonly PhysicalResourceId?: string;
  readonly ResourceProperties: object;
  readonly OldResourceProperties?: object;
}

/** The answer of `onEvent`. The framework adds all of it to each `isComplete` request for the same event. */
export interface OnEventResponse extends EventTimes {
  readonly PhysicalResourceId: string;
  /** Random, so that the two waiters of an event that is delivered twice differ. Undefined if `DeliveredAt` is. */
  readonly WaiterId?: string;
}

/** The points in time of an event, in milliseconds since the epoch. `timesOf()` reads them. */
export interface EventTimes {
  /** When CloudFormation sent the event. */
  readonly RequestedAt: number;
  /** When Lambda delivered the event, which can be minutes later. Undefined if an earlier version of this handler received the event. */
  readonly DeliveredAt?: number;
  /** When the resource's own time-out ends. */
  readonly Deadline: number;
}

export interface IsCompleteRequest extends OnEventRequest, OnEventResponse {
  readonly PhysicalResourceId: string;
}

export type IsCompleteResponse =
  | { readonly IsComplete: false }
  | { readonly IsComplete: true; readonly PhysicalResourceId: string; readonly Data: Readonly<Record<string, string>> };

/** Not complete: the framework calls `isComplete` again after 10 seconds. */
export const NOT_YET: IsCompleteResponse = { IsComplete: false };
