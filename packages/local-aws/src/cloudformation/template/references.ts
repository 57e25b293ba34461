import { attributeReference, intrinsicName, PLACEHOLDER, substitution } from './intrinsics';

/** A `Ref` or `Fn::GetAtt`, or its equivalent in a `Fn::Sub`. */
export interface Reference {
  readonly name: string;
  readonly attribute?: string;
}

/** Returns the references in a value of a template. Of a `Fn::If` it follows only the branch that holds. */
export function references(value: unknown, condition: (name: string) => boolean): Reference[] {
  if (Array.isArray(value)) {
    return value.flatMap((item) => references(item, condition));
  }
  if (typeof value !== 'object' || value === null) {
    return [];
  }
  const name = intrinsicName(value);
  const argument: unknown = name && (value as Record<string, unknown>)[name];
  switch (name) {
    case 'Ref':
      return [{ name: String(argument) }];
    case 'Fn::GetAtt': {
      const [target, attribute] = attributeReference(argument);
      return typeof attribute === 'string' ? [{ name: target, attribute }] : [{ name: target }, ...references(attribute, condition)];
    }
    case 'Fn::If': {
      const [test, yes, no] = argument as [string, unknown, unknown];
      return references(condition(test) ? yes : no, condition);
    }
    case 'Fn::Sub':
      return substitutionReferences(argument, condition);
    default:
      return Object.values(value).flatMap((item) => references(item, condition));
  }
}

function substitutionReferences(argument: unknown, condition: (name: string) => boolean): Reference[] {
  const { text, variables } = substitution(argument);
  const named = [...text.matchAll(PLACEHOLDER)]
    .map((match) => match[1])
    .filter((content) => !content.startsWith('!') && !Object.hasOwn(variables, content.trim()))
    .map((content) => {
      const [name, ...attribute] = content.trim().split('.');
      return attribute.length > 0 ? { name, attribute: attribute.join('.') } : { name };
    });
  return [...named, ...references(Object.values(variables), condition)];
}

/** Returns the argument of every `Fn::ImportValue` in a value of a template. Of a `Fn::If` it follows only the branch that holds. */
export function importedNames(value: unknown, condition: (name: string) => boolean): unknown[] {
  if (Array.isArray(value)) {
    return value.flatMap((item) => importedNames(item, condition));
  }
  if (typeof value !== 'object' || value === null) {
    return [];
  }
  const name = intrinsicName(value);
  const argument: unknown = name && (value as Record<string, unknown>)[name];
  if (name === 'Fn::ImportValue') {
    return [argument];
  }
  if (name !== 'Fn::If') {
    return Object.values(value).flatMap((item) => importedNames(item, condition));
  }
  const [test, yes, no] = argument as [string, unknown, unknown];
  return importedNames(condition(test) ? yes : no, condition);
}
