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
}

/** Points in time, in milliseconds since the epoch, that hold for the whole event however often it is asked after. */
export interface Deadlines {
  /** When CloudFormation sent the event. */
  readonly RequestedAt: number;
  /** When an answer has to be given, whatever is known by then. */
  readonly Deadline: number;
}

/** Whether `isComplete` is asked for the first time: what is asked for at once then would come too late in a wait. */
export function isFirstInvocation({ RequestedAt }: Pick<Deadlines, 'RequestedAt'>): boolean {
  return Date.now() < RequestedAt + QUERY_INTERVAL;
}

/** How long after an `isComplete` that wasn't the framework asks again, in milliseconds. */
const QUERY_INTERVAL = 10_000;

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
