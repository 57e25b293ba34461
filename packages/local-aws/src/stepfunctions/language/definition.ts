import { stateProblem } from './state-checks';
import type { Definition, State } from './states';
import { ServiceError } from '../../contract';

const COMMON_FIELDS = ['Type', 'Comment', 'InputPath', 'OutputPath', 'Next', 'End'];
const STATE_FIELDS: Readonly<Record<State['Type'], readonly string[]>> = {
  Task: ['Resource', 'Parameters', 'Credentials', 'ResultSelector', 'ResultPath', 'Retry', 'Catch'],
  Pass: ['Parameters', 'ResultPath'],
  Wait: ['Seconds', 'SecondsPath'],
  Choice: ['Choices', 'Default'],
  Succeed: [],
  Fail: ['Error', 'Cause'],
};

/** Parses a state machine definition. Throws if it is malformed or uses a feature that isn't emulated. */
export function parseDefinition(text: string): Definition {
  const definition = parseJson(text) as Definition | null;
  if (!definition?.States?.[definition.StartAt]) {
    throw invalid(`MISSING_TRANSITION_TARGET: Missing 'Next' target: ${definition?.StartAt} at /StartAt`);
  }
  refuseOtherFields(definition, ['Comment', 'StartAt', 'States', 'Version', 'QueryLanguage'], '/');
  const { QueryLanguage = 'JSONPath' } = definition as { QueryLanguage?: string };
  if (QueryLanguage !== 'JSONPath') {
    throw invalid(`query language ${QueryLanguage} isn't emulated at /QueryLanguage`);
  }
  for (const [name, state] of Object.entries(definition.States)) {
    checkState(definition, name, state);
  }
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
  if (!fields) {
    throw invalid(`state type ${state.Type} isn't emulated at /States/${name}`);
  }
  refuseOtherFields(state, [...COMMON_FIELDS, ...fields], `/States/${name}`);
  const isLast = state.End === true || state.Type === 'Choice' || state.Type === 'Succeed' || state.Type === 'Fail';
  if (!isLast && !state.Next) {
    throw invalid(`SCHEMA_VALIDATION_FAILED: These fields are required: [Next] or [End] at /States/${name}`);
  }
  for (const target of targets(state)) {
    if (!definition.States[target]) {
      throw invalid(`MISSING_TRANSITION_TARGET: Missing 'Next' target: ${target} at /States/${name}`);
    }
  }
  const problem = stateProblem(state);
  if (problem) {
    throw invalid(`${problem} at /States/${name}`);
  }
}

function targets(state: State): string[] {
  const next = state.Next ? [state.Next] : [];
  if (state.Type === 'Task') {
    return [...next, ...(state.Catch ?? []).map((catcher) => catcher.Next)];
  }
  if (state.Type === 'Choice') {
    return [...state.Choices.map((rule) => String(rule.Next)), ...(state.Default ? [state.Default] : [])];
  }
  return next;
}

function refuseOtherFields(value: object, emulated: readonly string[], place: string): void {
  const other = Object.keys(value).find((field) => !emulated.includes(field));
  if (other) {
    throw invalid(`field ${other} isn't emulated at ${place}`);
  }
}

function invalid(problem: string): ServiceError {
  return new ServiceError('InvalidDefinition', `Invalid State Machine Definition: '${problem}'`);
}
