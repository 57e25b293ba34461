import { isEmulatedPath, lookUp, PATH_PROBLEM, select, type PathScope } from './paths';
import { StateError } from './state-error';
import type { ChoiceRule, ChoiceState, Json } from './states';

/** The emulated comparison operators. Each compares a value with an operand. */
const COMPARISONS: Readonly<Record<string, (value: Json, operand: Json) => boolean>> = {
  StringEquals: (value, operand) => typeof value === 'string' && value === operand,
  NumericGreaterThanEquals: (value, operand) => typeof value === 'number' && typeof operand === 'number' && value >= operand,
  TimestampLessThanPath: (value, operand) => timestamp(value) < timestamp(operand),
};

/** Returns the name of the state that a Choice state selects. */
export function chosen(state: ChoiceState, scope: PathScope): string {
  const next = state.Choices.find((rule) => holds(rule, scope))?.Next ?? state.Default;
  if (!next) {
    throw new StateError('States.NoChoiceMatched', 'No choice rule matched, and the state has no Default.');
  }
  return next;
}

/** Returns an error message if a choice rule isn't emulated; otherwise undefined. */
export function ruleProblem(rule: ChoiceRule): string | undefined {
  const inner = rule.And ?? rule.Or;
  if (inner) {
    return inner.map(ruleProblem).find((problem) => problem !== undefined);
  }
  const comparisons = comparisonsOf(rule);
  const [comparison] = comparisons;
  if (comparisons.length !== 1 || !(comparison === 'IsPresent' || Object.hasOwn(COMPARISONS, comparison))) {
    return `comparison ${comparisons.join(' and ') || JSON.stringify(rule)} isn't emulated, use IsPresent or ${Object.keys(COMPARISONS).join(', ')}`;
  }
  const paths = [rule.Variable, ...(comparison.endsWith('Path') ? [rule[comparison]] : [])].map(String);
  const path = paths.find((candidate) => !isEmulatedPath(candidate));
  return path === undefined ? undefined : `path ${path} ${PATH_PROBLEM}`;
}

function holds(rule: ChoiceRule, scope: PathScope): boolean {
  if (rule.And) {
    return rule.And.every((inner) => holds(inner, scope));
  }
  if (rule.Or) {
    return rule.Or.some((inner) => holds(inner, scope));
  }
  const variable = String(rule.Variable);
  const [comparison] = comparisonsOf(rule);
  const operand = rule[comparison] as Json;
  if (comparison === 'IsPresent') {
    return (lookUp(variable, scope) !== undefined) === operand;
  }
  return COMPARISONS[comparison](select(variable, scope), comparison.endsWith('Path') ? select(String(operand), scope) : operand);
}

function comparisonsOf(rule: ChoiceRule): string[] {
  return Object.keys(rule).filter((key) => key !== 'Variable' && key !== 'Next' && key !== 'Comment');
}

/** Parses an RFC 3339 timestamp into milliseconds since the epoch. Returns NaN for any other value, so that comparisons are false. */
function timestamp(value: Json): number {
  return typeof value === 'string' && /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)$/.test(value) ? Date.parse(value) : NaN;
}
