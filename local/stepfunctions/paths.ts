import type { Json } from './definition';
import { StateError } from './state-error';

/** What `$` and `$$` stand for. */
export interface PathScope {
  readonly input: Json;
  readonly context: Json;
}

/** Reads `$.a.b[0]`, or `$$.Execution.Id` from the context object; undefined if there is nothing. */
export function lookUp(path: string, { input, context }: PathScope): Json | undefined {
  const isContext = path.startsWith('$$');
  return segments(path, isContext ? 2 : 1).reduce<Json | undefined>(member, isContext ? context : input);
}

/** As `lookUp`, but nothing there is an error of the execution. */
export function select(path: string, scope: PathScope): Json {
  const found = lookUp(path, scope);
  if (found === undefined) {
    throw new StateError('States.Runtime', `Invalid path '${path}': The choice state's condition path or a reference path found no value in the input.`);
  }
  return found;
}

/** InputPath and OutputPath: `$` unless given, and null for an empty object. */
export function filtered(path: string | null | undefined, scope: PathScope): Json {
  return path === null ? {} : select(path ?? '$', scope);
}

/** ResultPath: puts the result into the input; null discards it. */
export function merged(resultPath: string | null | undefined, input: Json, result: Json): Json {
  if (resultPath === null) return input;
  return put(input, segments(resultPath ?? '$', 1), result);
}

/** Parameters and ResultSelector: members whose name ends in `.$` are paths. */
export function filledTemplate(template: Json, scope: PathScope): Json {
  if (Array.isArray(template)) return template.map(item => filledTemplate(item, scope));
  if (template === null || typeof template !== 'object') return template;
  return Object.fromEntries(Object.entries(template).map(([key, value]) =>
    key.endsWith('.$') ? [key.slice(0, -2), select(String(value), scope)] : [key, filledTemplate(value, scope)]));
}

function segments(path: string, rootLength: number): (string | number)[] {
  const steps = [...path.slice(rootLength).matchAll(/\.([\w-]+)|\['([^']+)'\]|\[(\d+)\]/g)];
  if (!path.startsWith('$') || steps.map(([step]) => step).join('') !== path.slice(rootLength)) {
    throw new StateError('States.Runtime', `path ${path} isn't played by the local Step Functions, use members and indices only`);
  }
  return steps.map(([, name, quoted, index]) => index === undefined ? name ?? quoted : Number(index));
}

function member(value: Json | undefined, step: string | number): Json | undefined {
  if (Array.isArray(value)) return typeof step === 'number' ? value[step] : undefined;
  return value !== null && typeof value === 'object' && Object.hasOwn(value, step) ? value[step] : undefined;
}

function put(value: Json, [step, ...rest]: (string | number)[], result: Json): Json {
  if (step === undefined) return result;
  if (Array.isArray(value) && typeof step === 'number') return value.map((item, index) => index === step ? put(item, rest, result) : item);
  const object = value !== null && typeof value === 'object' && !Array.isArray(value) ? value : {};
  return { ...object, [step]: put(object[step] ?? {}, rest, result) };
}
