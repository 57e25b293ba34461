import { stateProblem } from './state-checks';
import { ServiceError } from '../contract';

/** A JSON value as it flows between states. */
export type Json = null | boolean | number | string | Json[] | { [key: string]: Json };

export interface Retrier {
  readonly ErrorEquals: readonly string[];
  readonly IntervalSeconds?: number;
  readonly MaxAttempts?: number;
  readonly BackoffRate?: number;
  readonly MaxDelaySeconds?: number;
  /** FULL waits any time up to the delay. */
  readonly JitterStrategy?: 'FULL' | 'NONE';
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
  /** The ARN of a function, `arn:<partition>:states:::lambda:invoke`, or `arn:<partition>:states:::aws-sdk:<service>:<action>`. */
  readonly Resource: string;
  readonly Parameters?: Json;
  /** `{ RoleArn }` or `{ 'RoleArn.$' }`: the role whose session calls, instead of one of the state machine's own role. */
  readonly Credentials?: Json;
  readonly ResultSelector?: Json;
  readonly ResultPath?: string | null;
  readonly Retry?: readonly Retrier[];
  readonly Catch?: readonly Catcher[];
}

export interface PassState extends CommonState {
  readonly Type: 'Pass';
  readonly Parameters?: Json;
  readonly Result?: Json;
  readonly ResultPath?: string | null;
}

export interface WaitState extends CommonState {
  readonly Type: 'Wait';
  readonly Seconds?: number;
  readonly SecondsPath?: string;
  readonly Timestamp?: string;
  readonly TimestampPath?: string;
}

export interface ChoiceRule {
  readonly And?: readonly ChoiceRule[];
  readonly Or?: readonly ChoiceRule[];
  readonly Not?: ChoiceRule;
  readonly Variable?: string;
  /** Of the top-level rules only. */
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
  readonly ErrorPath?: string;
  readonly Cause?: string;
  readonly CausePath?: string;
}

export type State = TaskState | PassState | WaitState | ChoiceState | SucceedState | FailState;

export interface Definition {
  readonly StartAt: string;
  readonly States: Readonly<Record<string, State>>;
}

const COMMON_FIELDS = ['Type', 'Comment', 'InputPath', 'OutputPath', 'Next', 'End'];
const STATE_FIELDS: Readonly<Record<State['Type'], readonly string[]>> = {
  Task: ['Resource', 'Parameters', 'Credentials', 'ResultSelector', 'ResultPath', 'Retry', 'Catch'],
  Pass: ['Parameters', 'Result', 'ResultPath'],
  Wait: ['Seconds', 'SecondsPath', 'Timestamp', 'TimestampPath'],
  Choice: ['Choices', 'Default'],
  Succeed: [],
  Fail: ['Error', 'ErrorPath', 'Cause', 'CausePath'],
};

/** Reads a definition. Throws for one that is malformed, or that asks for what isn't played here. */
export function parseDefinition(text: string): Definition {
  const definition = parseJson(text) as Definition | null;
  if (!definition?.States?.[definition.StartAt]) throw invalid(`MISSING_TRANSITION_TARGET: Missing 'Next' target: ${definition?.StartAt} at /StartAt`);
  refuseOtherFields(definition, ['Comment', 'StartAt', 'States', 'Version', 'QueryLanguage'], '/');
  const { QueryLanguage = 'JSONPath' } = definition as { QueryLanguage?: string };
  if (QueryLanguage !== 'JSONPath') throw invalid(`query language ${QueryLanguage} isn't played by the local Step Functions at /QueryLanguage`);
  for (const [name, state] of Object.entries(definition.States)) checkState(definition, name, state);
  return definition;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw invalid(`INVALID_JSON_DESCRIPTION: ${(error as Error).message}`);
  }
}

function checkState(definition: Definition, name: string, state: State): void {
  const fields = STATE_FIELDS[state.Type];
  if (!fields) throw invalid(`state type ${state.Type} isn't played by the local Step Functions at /States/${name}`);
  refuseOtherFields(state, [...COMMON_FIELDS, ...fields], `/States/${name}`);
  const isLast = state.End === true || state.Type === 'Choice' || state.Type === 'Succeed' || state.Type === 'Fail';
  if (!isLast && !state.Next) throw invalid(`SCHEMA_VALIDATION_FAILED: These fields are required: [Next] or [End] at /States/${name}`);
  for (const target of targets(state)) {
    if (!definition.States[target]) throw invalid(`MISSING_TRANSITION_TARGET: Missing 'Next' target: ${target} at /States/${name}`);
  }
  const problem = stateProblem(state);
  if (problem) throw invalid(`${problem} at /States/${name}`);
}

function targets(state: State): string[] {
  const next = state.Next ? [state.Next] : [];
  if (state.Type === 'Task') return [...next, ...(state.Catch ?? []).map(catcher => catcher.Next)];
  if (state.Type === 'Choice') return [...state.Choices.map(rule => String(rule.Next)), ...(state.Default ? [state.Default] : [])];
  return next;
}

function refuseOtherFields(value: object, played: readonly string[], place: string): void {
  const other = Object.keys(value).find(field => !played.includes(field));
  if (other) throw invalid(`field ${other} isn't played by the local Step Functions at ${place}`);
}

function invalid(problem: string): ServiceError {
  return new ServiceError('InvalidDefinition', `Invalid State Machine Definition: '${problem}'`);
}
