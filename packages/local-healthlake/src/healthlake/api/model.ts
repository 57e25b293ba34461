import model from './model.json';

/** A shape of the API model: a structure, a list, or a simple type with its constraints. */
export interface Shape {
  readonly type: 'structure' | 'list' | 'string' | 'integer' | 'long' | 'double' | 'boolean' | 'timestamp';
  /** The names of the shapes of a structure's members. */
  readonly members?: Readonly<Record<string, string>>;
  readonly required?: readonly string[];
  readonly union?: boolean;
  /** The name of the shape of a list's items. */
  readonly member?: string;
  /** The minimum of a number, or of the length of a string or list. */
  readonly min?: number;
  readonly max?: number;
  /** A regular expression that must match the whole value. */
  readonly pattern?: string;
  readonly enum?: readonly string[];
}

/**
 * The API model 2017-07-01 of botocore 1.44.8 (Apache-2.0), reduced to the emulated operations and without documentation. A pattern has the anchors
 * `^` and `$` only if the API reference prints them, because errors quote the pattern.
 */
const { operations, shapes }: {
  operations: Readonly<Record<string, { readonly input: string; readonly output: string }>>; shapes: Readonly<Record<string, object>>;
} = model;

export function inputOf(operation: string): Shape {
  return shape(operations[operation].input);
}

export function outputOf(operation: string): Shape {
  return shape(operations[operation].output);
}

export function shape(name: string): Shape {
  return shapes[name] as Shape;
}
