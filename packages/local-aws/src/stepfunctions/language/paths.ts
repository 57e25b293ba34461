import { StateError } from './state-error';
import type { Json } from './states';

/** The input of a state (`$`) and the context object (`$$`). */
export interface PathScope {
  readonly input: Json;
  readonly context: Json;
}

/** Returns the value at a path such as `$.a.b[0]` or `$$.Execution.Id`; undefined if there is no value. */
export function lookUp(path: string, { input, context }: PathScope): Json | undefined {
  return segments(path).reduce<Json | undefined>(member, path.startsWith('$$') ? context : input);
}

/** Returns the value at a path. Throws a `StateError` if there is no value. */
export function select(path: string, scope: PathScope): Json {
  const found = lookUp(path, scope);
  if (found === undefined) {
    throw new StateError('States.Runtime', `Invalid path '${path}': The choice state's condition path or a reference path found no value in the input.`);
  }
  return found;
}

/** Applies InputPath or OutputPath. The default path is `$`; null selects an empty object. */
export function filtered(path: string | null | undefined, scope: PathScope): Json {
  return path === null ? {} : select(path ?? '$', scope);
}

/** Applies ResultPath: puts the result of a state into its input. Null discards the result. */
export function merged(resultPath: string | null | undefined, input: Json, result: Json): Json {
  if (resultPath === null) {
    return input;
  }
  return put(input, segments(resultPath ?? '$'), result);
}

/** The second half of the error message for a path that isn't emulated. */
export const PATH_PROBLEM = 'isn\'t emulated, use members and indices only';

export function isEmulatedPath(path: string): boolean {
  return steps(path) !== undefined;
}

function segments(path: string): (string | number)[] {
  const found = steps(path);
  if (!found) {
    throw new StateError('States.Runtime', `path ${path} ${PATH_PROBLEM}`);
  }
  return found;
}

function steps(path: string): (string | number)[] | undefined {
  const root = /^\$\$?/.exec(path)?.[0];
  const rest = path.slice(root?.length);
  const found = [...rest.matchAll(/\.([\w-]+)|\['([^']+)'\]|\[(\d+)\]/g)];
  if (!root || found.map(([step]) => step).join('') !== rest) {
    return undefined;
  }
  return found.map(([, name, quoted, index]) => index === undefined ? name ?? quoted : Number(index));
}

function member(value: Json | undefined, step: string | number): Json | undefined {
  if (Array.isArray(value)) {
    return typeof step === 'number' ? value[step] : undefined;
  }
  return value !== null && typeof value === 'object' && Object.hasOwn(value, step) ? value[step] : undefined;
}

function put(value: Json, [step, ...rest]: (string | number)[], result: Json): Json {
  if (step === undefined) {
    return result;
  }
  if (Array.isArray(value) && typeof step === 'number') {
    return value.map((item, index) => index === step ? put(item, rest, result) : item);
  }
  const object = value !== null && typeof value === 'object' && !Array.isArray(value) ? value : {};
  return { ...object, [step]: put(object[step] ?? {}, rest, result) };
}
