import { attributeReference, intrinsicName, PLACEHOLDER, substitution } from './intrinsics';

/** A reference by `Ref`, by `Fn::GetAtt` or by a placeholder in an `Fn::Sub`. */
export interface Reference {
  readonly name: string;
  readonly attribute?: string;
}

type Condition = (name: string) => boolean;

/** Returns the references in a template value. Follows only the active branch of an `Fn::If`. */
export function references(value: unknown, condition: Condition): Reference[] {
  return collect(value, condition, (name, argument) => {
    switch (name) {
      case 'Ref':
        return [{ name: String(argument) }];
      case 'Fn::GetAtt': {
        const [target, attribute] = attributeReference(argument);
        return typeof attribute === 'string' ? [{ name: target, attribute }] : [{ name: target }, ...references(attribute, condition)];
      }
      case 'Fn::Sub':
        return substitutionReferences(argument, condition);
      default:
        return undefined;
    }
  });
}

/** Returns the argument of every `Fn::ImportValue` in a template value. Follows only the active branch of an `Fn::If`. */
export function importedNames(value: unknown, condition: Condition): unknown[] {
  return collect(value, condition, (name, argument) => name === 'Fn::ImportValue' ? [argument] : undefined);
}

/**
 * Collects items from the intrinsic functions in a value.
 * @param itemsOf returns the items of one intrinsic function; undefined if `collect` must search the argument of this function
 */
function collect<T>(value: unknown, condition: Condition, itemsOf: (name: string, argument: unknown) => T[] | undefined): T[] {
  if (typeof value !== 'object' || value === null) {
    return [];
  }
  const name = intrinsicName(value);
  const argument: unknown = name && (value as Record<string, unknown>)[name];
  if (name === 'Fn::If') {
    const [test, yes, no] = argument as [string, unknown, unknown];
    return collect(condition(test) ? yes : no, condition, itemsOf);
  }
  return (name === undefined ? undefined : itemsOf(name, argument)) ?? Object.values(value).flatMap((item) => collect(item, condition, itemsOf));
}

function substitutionReferences(argument: unknown, condition: Condition): Reference[] {
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
