import { isEmulatedPath, PATH_PROBLEM, select, type PathScope } from './paths';
import { StateError } from './state-error';
import type { Json } from './states';

/** Evaluates Parameters, ResultSelector or Credentials: members whose names end in `.$` contain expressions. */
export function filledTemplate(template: Json, scope: PathScope): Json {
  if (Array.isArray(template)) {
    return template.map((item) => filledTemplate(item, scope));
  }
  if (template === null || typeof template !== 'object') {
    return template;
  }
  return Object.fromEntries(Object.entries(template).map(([key, value]) =>
    key.endsWith('.$') ? [key.slice(0, -2), evaluate(String(value), scope)] : [key, filledTemplate(value, scope)]));
}

/** Returns an error message if a template isn't emulated; otherwise undefined. */
export function templateProblem(template: Json | undefined): string | undefined {
  if (template === null || typeof template !== 'object') {
    return undefined;
  }
  const problems = Object.entries(template).map(([key, value]) => key.endsWith('.$') ? expressionProblem(String(value)) : templateProblem(value));
  return problems.find((problem) => problem !== undefined);
}

/** Returns the member names of a template, without the suffix `.$`. */
export function memberNames(template: Json | undefined): string[] {
  return Object.keys(template ?? {}).map((key) => key.replace(/\.\$$/, ''));
}

const MATH_ADD = /^States\.MathAdd\(\s*(\S+)\s*,\s*(-?\d+)\s*\)$/;

/** Evaluates a path, or a call of `States.MathAdd` with a path and an integer. */
function evaluate(expression: string, scope: PathScope): Json {
  const [, path, addend] = MATH_ADD.exec(expression) ?? [];
  const value = select(path ?? expression, scope);
  if (path === undefined) {
    return value;
  }
  if (typeof value !== 'number') {
    throw new StateError('States.IntrinsicFailure', `The function '${expression}' had the following error: it takes two numbers`);
  }
  return Math.round(value) + Number(addend);
}

/** Returns an error message if an expression isn't emulated; otherwise undefined. */
function expressionProblem(expression: string): string | undefined {
  const [, path = expression] = MATH_ADD.exec(expression) ?? [];
  return isEmulatedPath(path) ? undefined : `expression ${expression} ${PATH_PROBLEM}, or States.MathAdd of a path and an integer`;
}
