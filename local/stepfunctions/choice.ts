import type { ChoiceRule, ChoiceState, Json } from './definition';
import { lookUp, select, type PathScope } from './paths';
import { StateError } from './state-error';

/** The state that a Choice state goes on to. */
export function chosen(state: ChoiceState, scope: PathScope): string {
  const next = state.Choices.find(rule => holds(rule, scope))?.Next ?? state.Default;
  if (!next) throw new StateError('States.NoChoiceMatched', 'No choice rule matched, and the state has no Default.');
  return next;
}

function holds(rule: ChoiceRule, scope: PathScope): boolean {
  if (rule.And) return rule.And.every(inner => holds(inner, scope));
  if (rule.Or) return rule.Or.some(inner => holds(inner, scope));
  if (rule.Not) return !holds(rule.Not, scope);

  const variable = String(rule.Variable);
  const comparison = Object.keys(rule).find(key => key !== 'Variable' && key !== 'Next' && key !== 'Comment') ?? '';
  const operand = rule[comparison] as Json;
  if (comparison === 'IsPresent') return (lookUp(variable, scope) !== undefined) === operand;
  return compare(comparison, select(variable, scope), operand);
}

function compare(comparison: string, value: Json, operand: Json): boolean {
  switch (comparison) {
    case 'IsNull':
      return (value === null) === operand;
    case 'IsBoolean':
      return (typeof value === 'boolean') === operand;
    case 'IsNumeric':
      return (typeof value === 'number') === operand;
    case 'IsString':
      return (typeof value === 'string') === operand;
    case 'StringMatches':
      return typeof value === 'string' && pattern(String(operand)).test(value);
  }
  const [, kind, order] = /^(Boolean|Numeric|String)(Equals|LessThan|LessThanEquals|GreaterThan|GreaterThanEquals)$/.exec(comparison) ?? [];
  if (!kind || (kind === 'Boolean' && order !== 'Equals')) {
    throw new StateError('States.Runtime', `comparison ${comparison} isn't played by the local Step Functions`);
  }
  return sameKind(kind, value, operand) && inOrder(order, value, operand);
}

function sameKind(kind: string, value: Json, operand: Json): value is string | number | boolean {
  const type = { Boolean: 'boolean', Numeric: 'number', String: 'string' }[kind];
  return typeof value === type && typeof operand === type;
}

function inOrder(order: string, value: string | number | boolean, operand: Json): boolean {
  const other = operand as typeof value;
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
  const parts = wildcards.split('*').map(part => part.replace(/[.+?^${}()|[\]\\]/g, '\\$&'));
  return new RegExp(`^${parts.join('.*')}$`, 's');
}
