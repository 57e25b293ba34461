import { TemplateError } from './template';

/** Provides the values to which intrinsic functions refer. */
export interface Scope {
  /** Returns the value of a parameter, a pseudo parameter or a resource. */
  ref(name: string): unknown;
  getAtt(logicalId: string, attribute: string): unknown;
  condition(name: string): boolean;
  findInMap(map: string, topLevelKey: string, secondLevelKey: string): unknown;
  importValue(exportName: string): unknown;
  getStackOutput(output: StackOutputReference): unknown;
  availabilityZones(region: string): string[];
}

/** The argument of `Fn::GetStackOutput`, which reads an output of another stack. */
export interface StackOutputReference {
  readonly StackName: string;
  readonly OutputName: string;
  readonly Region?: string;
  readonly RoleArn?: string;
}

/** The value of `Ref: AWS::NoValue`, which removes the property or list item that contains it. */
export const NO_VALUE = Symbol('AWS::NoValue');

/** CloudFormation's placeholder for a value that a change set can't know before its deployment. */
export const KNOWN_AFTER_APPLY = '{{changeSet:KNOWN_AFTER_APPLY}}';

type Intrinsic = (argument: unknown, scope: Scope) => unknown;

const INTRINSICS: Readonly<Record<string, Intrinsic>> = {
  'Ref': (name, scope) => scope.ref(textOf('Ref', name)),
  'Fn::GetAtt': (argument, scope) => {
    const [logicalId, attribute] = attributeReference(argument);
    return scope.getAtt(logicalId, textOf('Fn::GetAtt', resolve(attribute, scope)));
  },
  'Fn::If': (argument, scope) => {
    const [condition, yes, no] = tuple('Fn::If', argument, 3);
    return resolveValue(scope.condition(textOf('Fn::If', condition)) ? yes : no, scope);
  },
  'Fn::Join': (argument, scope) => {
    const [delimiter, values] = tuple('Fn::Join', argument, 2);
    return listOf('Fn::Join', resolve(values, scope)).map((value) => textOf('Fn::Join', value)).join(textOf('Fn::Join', delimiter));
  },
  'Fn::Sub': (argument, scope) => substitute(argument, scope),
  'Fn::Select': (argument, scope) => {
    const [index, values] = tuple('Fn::Select', argument, 2).map((item) => resolve(item, scope));
    const list = listOf('Fn::Select', values);
    const item = list.length === 1 && list[0] === KNOWN_AFTER_APPLY ? KNOWN_AFTER_APPLY : list[Number(index)];
    if (item === undefined) {
      throw new TemplateError(`Template error: Fn::Select cannot select nonexistent value at index ${String(index)}`);
    }
    return item;
  },
  'Fn::Split': (argument, scope) => {
    const [delimiter, text] = tuple('Fn::Split', argument, 2).map((item) => resolve(item, scope));
    const whole = textOf('Fn::Split', text);
    return whole.includes(KNOWN_AFTER_APPLY) ? [KNOWN_AFTER_APPLY] : whole.split(textOf('Fn::Split', delimiter));
  },
  'Fn::Base64': (argument, scope) => Buffer.from(textOf('Fn::Base64', resolve(argument, scope))).toString('base64'),
  'Fn::FindInMap': (argument, scope) => {
    const [map, top, second] = tuple('Fn::FindInMap', argument, 3).map((key) => textOf('Fn::FindInMap', resolve(key, scope)));
    return scope.findInMap(map, top, second);
  },
  'Fn::GetAZs': (argument, scope) => {
    const region = resolve(argument, scope);
    return scope.availabilityZones(textOf('Fn::GetAZs', region === '' ? scope.ref('AWS::Region') : region));
  },
  'Fn::ImportValue': (argument, scope) => scope.importValue(textOf('Fn::ImportValue', resolve(argument, scope))),
  'Fn::GetStackOutput': (argument, scope) => {
    const reference = resolve(argument, scope);
    if (!isStackOutputReference(reference)) {
      throw new TemplateError('Template error: Fn::GetStackOutput needs the strings StackName and OutputName');
    }
    return scope.getStackOutput(reference);
  },
};

/** Returns the name of the intrinsic function that an object calls; undefined if the object isn't a call. */
export function intrinsicName(value: object): string | undefined {
  const keys = Object.keys(value);
  return keys.length === 1 && Object.hasOwn(INTRINSICS, keys[0]) ? keys[0] : undefined;
}

/** Evaluates every intrinsic function in a value. Returns undefined for `AWS::NoValue`. */
export function resolve(value: unknown, scope: Scope): unknown {
  const resolved = resolveValue(value, scope);
  return resolved === NO_VALUE ? undefined : resolved;
}

/** Returns the logical id and the attribute of an `Fn::GetAtt`, in list or string form. */
export function attributeReference(argument: unknown): [logicalId: string, attribute: unknown] {
  if (typeof argument === 'string') {
    const dot = argument.indexOf('.');
    if (dot > 0) {
      return [argument.slice(0, dot), argument.slice(dot + 1)];
    }
  }
  if (Array.isArray(argument) && argument.length === 2 && typeof argument[0] === 'string') {
    return [argument[0], argument[1]];
  }
  throw new TemplateError('Template error: every Fn::GetAtt object requires two non-empty parameters, the resource name and the resource attribute');
}

/** Returns the text and the variables of an `Fn::Sub`. */
export function substitution(argument: unknown): { readonly text: string; readonly variables: Readonly<Record<string, unknown>> } {
  const [text, variables] = Array.isArray(argument) ? tuple('Fn::Sub', argument, 2) : [argument, {}];
  if (typeof text !== 'string' || typeof variables !== 'object' || variables === null) {
    throw new TemplateError('Template error: One or more Fn::Sub intrinsic functions don\'t specify expected arguments. Specify a string as first argument, and an optional second argument to specify a mapping of values to replace in the string');
  }
  return { text, variables: variables as Record<string, unknown> };
}

/** Matches `${Name}`, `${Id.Attribute}` and the literal `${!Name}`. */
export const PLACEHOLDER = /\$\{([^}]*)\}/g;

function substitute(argument: unknown, scope: Scope): string {
  const { text, variables } = substitution(argument);
  return text.replace(PLACEHOLDER, (_, content: string) => {
    if (content.startsWith('!')) {
      return `\${${content.slice(1)}}`;
    }
    const name = content.trim();
    if (Object.hasOwn(variables, name)) {
      return textOf('Fn::Sub', resolve(variables[name], scope));
    }
    const value = name.includes('.') ? INTRINSICS['Fn::GetAtt'](name, scope) : scope.ref(name);
    return textOf('Fn::Sub', value);
  });
}

function resolveValue(value: unknown, scope: Scope): unknown {
  if (Array.isArray(value)) {
    return value.map((item) => resolveValue(item, scope)).filter((item) => item !== NO_VALUE);
  }
  if (typeof value !== 'object' || value === null) {
    return value;
  }
  const name = intrinsicName(value);
  if (name) {
    return INTRINSICS[name]((value as Record<string, unknown>)[name], scope);
  }
  const unknown = Object.keys(value).find((key) => key.startsWith('Fn::'));
  if (unknown) {
    throw new TemplateError(`Template error: the local CloudFormation has no function ${unknown}`);
  }
  return Object.fromEntries(Object.entries(value)
    .map(([key, item]) => [key, resolveValue(item, scope)] as const)
    .filter(([, item]) => item !== NO_VALUE));
}

function textOf(name: string, value: unknown): string {
  if (typeof value === 'string') {
    return value;
  }
  if (typeof value === 'number' || typeof value === 'boolean') {
    return String(value);
  }
  throw new TemplateError(`Template error: ${name} needs a string, got ${JSON.stringify(value) ?? 'AWS::NoValue'}`);
}

function listOf(name: string, value: unknown): unknown[] {
  if (Array.isArray(value)) {
    return value;
  }
  throw new TemplateError(`Template error: ${name} needs a list, got ${JSON.stringify(value) ?? 'AWS::NoValue'}`);
}

function tuple(name: string, value: unknown, length: number): unknown[] {
  if (Array.isArray(value) && value.length === length) {
    return value;
  }
  throw new TemplateError(`Template error: every ${name} object requires a list of ${length} arguments`);
}

function isStackOutputReference(value: unknown): value is StackOutputReference {
  const reference = value as Partial<StackOutputReference> | null;
  return typeof reference?.StackName === 'string' && typeof reference.OutputName === 'string';
}
