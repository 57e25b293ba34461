import { isPlayedPath, lookUp, select, type PathScope } from './paths';
import { StateError } from './state-error';
import type { ChoiceRule, ChoiceState, Json } from './states';

type Scalar = string | number | boolean;

/** The state that a Choice state goes on to. */
export function chosen(state: ChoiceState, scope: PathScope): string {
  const next = state.Choices.find((rule) => holds(rule, scope))?.Next ?? state.Default;
  if (!next) {
    throw new StateError('States.NoChoiceMatched', 'No choice rule matched, and the state has no Default.');
  }
  return next;
}

/** Why a rule isn't played; undefined if it is. */
export function ruleProblem(rule: ChoiceRule): string | undefined {
  const inner = rule.And ?? rule.Or ?? (rule.Not ? [rule.Not] : undefined);
  if (inner) {
    return inner.map(ruleProblem).find((problem) => problem !== undefined);
  }
  const comparisons = comparisonsOf(rule);
  if (comparisons.length !== 1 || !isPlayed(comparisons[0])) {
    return `comparison ${comparisons.join(' and ') || JSON.stringify(rule)} isn't played by the local Step Functions`;
  }
  const operand = rule[comparisons[0]];
  const path = [String(rule.Variable), ...(comparisons[0].endsWith('Path') ? [String(operand)] : [])].find((candidate) => !isPlayedPath(candidate));
  return path === undefined ? undefined : `path ${path} isn't played by the local Step Functions, use members and indices only`;
}

function holds(rule: ChoiceRule, scope: PathScope): boolean {
  if (rule.And) {
    return rule.And.every((inner) => holds(inner, scope));
  }
  if (rule.Or) {
    return rule.Or.some((inner) => holds(inner, scope));
  }
  if (rule.Not) {
    return !holds(rule.Not, scope);
  }

  const variable = String(rule.Variable);
  const [comparison = ''] = comparisonsOf(rule);
  const operand = rule[comparison] as Json;
  if (comparison === 'IsPresent') {
    return (lookUp(variable, scope) !== undefined) === operand;
  }
  if (!isPlayed(comparison)) {
    throw new StateError('States.Runtime', `comparison ${comparison} isn't played by the local Step Functions`);
  }
  const value = select(variable, scope);
  return comparison.endsWith('Path')
    ? compare(comparison.slice(0, -'Path'.length), value, select(String(operand), scope))
    : compare(comparison, value, operand);
}

function comparisonsOf(rule: ChoiceRule): string[] {
  return Object.keys(rule).filter((key) => key !== 'Variable' && key !== 'Next' && key !== 'Comment');
}

const TYPE_TESTS: Readonly<Record<string, (value: Json) => boolean>> = {
  IsNull: (value) => value === null,
  IsBoolean: (value) => typeof value === 'boolean',
  IsNumeric: (value) => typeof value === 'number',
  IsString: (value) => typeof value === 'string',
  IsTimestamp: (value) => timestamp(value) !== undefined,
};

const ORDERED = /^(Numeric|String|Timestamp)(Equals|LessThan|LessThanEquals|GreaterThan|GreaterThanEquals)(Path)?$/;

function isPlayed(comparison: string): boolean {
  return comparison in TYPE_TESTS || ORDERED.test(comparison) || /^(IsPresent|StringMatches|BooleanEquals(Path)?)$/.test(comparison);
}

/** @param comparison a played one, without `Path` at its end */
function compare(comparison: string, value: Json, operand: Json): boolean {
  if (comparison in TYPE_TESTS) {
    return TYPE_TESTS[comparison](value) === operand;
  }
  if (comparison === 'StringMatches') {
    return typeof value === 'string' && pattern(String(operand)).test(value);
  }
  const [, kind, order] = /^(Boolean|Numeric|String|Timestamp)(.*)$/.exec(comparison) ?? [];
  const [left, right] = [comparable(kind, value), comparable(kind, operand)];
  return left !== undefined && right !== undefined && inOrder(order, left, right);
}

/** Undefined if the value is of another kind. */
function comparable(kind: string, value: Json): Scalar | undefined {
  if (kind === 'Timestamp') {
    return timestamp(value);
  }
  return typeof value === kind.toLowerCase().replace('numeric', 'number') ? value as Scalar : undefined;
}

/** Milliseconds since the epoch; undefined for what isn't a timestamp of RFC 3339. */
function timestamp(value: Json): number | undefined {
  if (typeof value !== 'string' || !/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)$/.test(value)) {
    return undefined;
  }
  const time = Date.parse(value);
  return Number.isNaN(time) ? undefined : time;
}

function inOrder(order: string, value: Scalar, other: Scalar): boolean {
  switch (order) {
    case 'LessThan':
      return value < other;
    case 'LessThanEquals':
      return value <= other;
    case 'GreaterThan':
      return value > other;
    case 'GreaterThanEquals':
      return value >= other;
    default:
      return value === other;
  }
}

function pattern(wildcards: string): RegExp {
  const parts = wildcards.split('*').map((part) => part.replace(/[.+?^${}()|[\]\\]/g, '\\$&'));
  return new RegExp(`^${parts.join('.*')}$`, 's');
}
