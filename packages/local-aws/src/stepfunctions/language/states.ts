/** A JSON value that one state passes to the next. */
export type Json = null | boolean | number | string | Json[] | { [key: string]: Json };

export interface Retrier {
  readonly ErrorEquals: readonly string[];
  readonly IntervalSeconds?: number;
  readonly MaxAttempts?: number;
  readonly BackoffRate?: number;
  readonly MaxDelaySeconds?: number;
}

export interface Catcher {
  readonly ErrorEquals: readonly string[];
  readonly Next: string;
  readonly ResultPath?: string | null;
}

interface CommonState {
  readonly Comment?: string;
  readonly InputPath?: string | null;
  readonly OutputPath?: string | null;
  readonly Next?: string;
  readonly End?: boolean;
}

export interface TaskState extends CommonState {
  readonly Type: 'Task';
  /** The ARN of a Lambda function, `arn:<partition>:states:::lambda:invoke`, or `arn:<partition>:states:::aws-sdk:<service>:<action>`. */
  readonly Resource: string;
  readonly Parameters?: Json;
  /** `{ RoleArn }` or `{ 'RoleArn.$' }`: the role that performs the task instead of the state machine's role. */
  readonly Credentials?: Json;
  readonly ResultSelector?: Json;
  readonly ResultPath?: string | null;
  readonly Retry?: readonly Retrier[];
  readonly Catch?: readonly Catcher[];
}

export interface PassState extends CommonState {
  readonly Type: 'Pass';
  readonly Parameters?: Json;
  readonly ResultPath?: string | null;
}

export interface WaitState extends CommonState {
  readonly Type: 'Wait';
  readonly Seconds?: number;
  readonly SecondsPath?: string;
}

export interface ChoiceRule {
  readonly And?: readonly ChoiceRule[];
  readonly Or?: readonly ChoiceRule[];
  readonly Variable?: string;
  /** The name of the next state; set only in top-level rules. */
  readonly Next?: string;
  readonly [comparison: string]: unknown;
}

export interface ChoiceState extends CommonState {
  readonly Type: 'Choice';
  readonly Choices: readonly ChoiceRule[];
  readonly Default?: string;
}

export interface SucceedState extends CommonState {
  readonly Type: 'Succeed';
}

export interface FailState extends CommonState {
  readonly Type: 'Fail';
  readonly Error?: string;
  readonly Cause?: string;
}

export type State = TaskState | PassState | WaitState | ChoiceState | SucceedState | FailState;

export interface Definition {
  readonly StartAt: string;
  readonly States: Readonly<Record<string, State>>;
}
