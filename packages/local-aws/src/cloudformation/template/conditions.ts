import { resolve, type Scope } from './intrinsics';
import { TemplateError } from './template';

/**
 * Returns a function that evaluates a condition of a template by name.
 * @param scope returns the scope that provides the values of parameters and mappings
 */
export function conditionEvaluator(conditions: Readonly<Record<string, unknown>>, scope: () => Scope): (name: string) => boolean {
  const evaluating = new Set<string>();
  const known = new Map<string, boolean>();

  const byName = (name: string): boolean => {
    const before = known.get(name);
    if (before !== undefined) {
      return before;
    }
    if (!Object.hasOwn(conditions, name)) {
      throw new TemplateError(`Template format error: Unresolved condition dependency ${name} in the Conditions block of the template`);
    }
    if (evaluating.has(name)) {
      throw new TemplateError(`Template format error: Circular dependency in conditions: ${name}`);
    }
    evaluating.add(name);
    const holds = evaluate(conditions[name]);
    evaluating.delete(name);
    known.set(name, holds);
    return holds;
  };

  const evaluate = (expression: unknown): boolean => {
    const [call, ...others] = Object.entries(Object(expression) as Record<string, unknown>);
    const [operator, argument] = call && others.length === 0 ? call : [];
    const operands = Array.isArray(argument) ? argument as unknown[] : [];
    switch (operator) {
      case 'Condition':
        return byName(String(argument));
      case 'Fn::And':
        return operands.map(evaluate).every(Boolean);
      case 'Fn::Or':
        return operands.map(evaluate).some(Boolean);
      case 'Fn::Not':
        return !evaluate(operands[0]);
      case 'Fn::Equals':
        return comparable(operands[0], scope()) === comparable(operands[1], scope());
      default:
        throw new TemplateError(
          `Template error: ${JSON.stringify(expression)} is not a condition, use Fn::And, Fn::Equals, Fn::Not, Fn::Or or Condition`,
        );
    }
  };

  return byName;
}

/** Returns a string to compare a value by. Scalars become text, because `true` equals `"true"` in CloudFormation. */
function comparable(value: unknown, scope: Scope): string {
  return JSON.stringify(resolve(value, scope), (_, item: unknown) => typeof item === 'object' ? item : String(item));
}
