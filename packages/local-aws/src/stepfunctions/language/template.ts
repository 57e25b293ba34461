import { evaluate, expressionProblem } from './intrinsics';
import type { PathScope } from './paths';
import type { Json } from './states';

/** Parameters, ResultSelector and Credentials: members whose name ends in `.$` are paths or intrinsic functions. */
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

/** Why a template isn't played; undefined if it is. */
export function templateProblem(template: Json | undefined): string | undefined {
  if (template === null || typeof template !== 'object') {
    return undefined;
  }
  const problems = Object.entries(template).map(([key, value]) => key.endsWith('.$') ? expressionProblem(String(value)) : templateProblem(value));
  return problems.find((problem) => problem !== undefined);
}

/** The names of the members that a template fills in. */
export function memberNames(template: Json | undefined): string[] {
  return Object.keys(template ?? {}).map((key) => key.replace(/\.\$$/, ''));
}
