/**
 * What the provider framework sends and expects.
 *
 * @see https://docs.aws.amazon.com/cdk/api/v2/docs/aws-cdk-lib.custom_resources-readme.html#asynchronous-providers-iscomplete
 */
export interface OnEventRequest {
  readonly RequestType: 'Create' | 'Update' | 'Delete';
  readonly ResourceType: string;
  readonly StackId: string;
  readonly LogicalResourceId: string;
  /** Whoever has it can answer in our place: it is never logged. */
  readonly ResponseURL?: string;
  readonly PhysicalResourceId?: string;
  readonly ResourceProperties: object;
  readonly OldResourceProperties?: object;
}

/** What `onEvent` answers. The framework carries all of it into every `isComplete` request of the same event. */
export interface OnEventResponse extends Deadlines {
  readonly PhysicalResourceId: string;
  /** Random, so that the two waiters of an event that is delivered twice differ. Undefined if `DeliveredAt` is. */
  readonly WaiterId?: string;
}

/** Points in time, in milliseconds since the epoch, that hold for the whole event however often it is asked after. */
export interface Deadlines {
  /** When CloudFormation sent the event. */
  readonly RequestedAt: number;
  /** When Lambda delivered the event, which can be minutes later. Undefined if an earlier version of this handler received the event. */
  readonly DeliveredAt?: number;
  /** When an answer has to be given, whatever is known by then. */
  readonly Deadline: number;
}

/** When the handler received the event. Durations that count from the first attempt begin here. */
export function deliveredAtOf({ RequestedAt, DeliveredAt = RequestedAt }: Pick<Deadlines, 'RequestedAt' | 'DeliveredAt'>): number {
  return DeliveredAt;
}

/** Whether this is the first call of `isComplete`, or one soon after. Some requests are sent only then: later they would come too late. */
export function isFirstInvocation(times: Pick<Deadlines, 'RequestedAt' | 'DeliveredAt'>): boolean {
  return Date.now() < deliveredAtOf(times) + FIRST_INVOCATION_WITHIN_MS;
}

/** Cold starts of the waiter and two functions take seconds. The framework calls again 10 s after an answer, so at most twice within this time. */
const FIRST_INVOCATION_WITHIN_MS = 20_000;

/** How far the clock of the function and those of AWS's services may be apart, in milliseconds. */
export const CLOCK_SKEW = 5_000;

export interface IsCompleteRequest extends OnEventRequest, OnEventResponse {
  readonly PhysicalResourceId: string;
}

export type IsCompleteResponse =
  | { readonly IsComplete: false }
  | { readonly IsComplete: true; readonly PhysicalResourceId: string; readonly Data: Readonly<Record<string, string>> };

/** Not complete: the framework asks again. */
export const NOT_YET: IsCompleteResponse = { IsComplete: false };
