import type { Shape } from './model';

/** Returns the violations of a value, worded like AWS's validation framework. */
export function violationsOf({ type, min, max, pattern, enum: values }: Shape, value: string | number | readonly unknown[]): string[] {
  const size = typeof value === 'number' ? value : typeof value === 'string' ? [...value].length : value.length; // characters, not UTF-16 code units
  const measure = type === 'string' || type === 'list' ? 'length' : 'value';
  const isText = typeof value === 'string';
  return [
    min !== undefined && size < min && `have ${measure} greater than or equal to ${min}`,
    max !== undefined && size > max && `have ${measure} less than or equal to ${max}`,
    isText && pattern !== undefined && !new RegExp(`^(?:${pattern})$`, 'u').test(value) && `satisfy regular expression pattern: ${pattern}`,
    isText && values && !values.includes(value) && `satisfy enum value set: [${values.join(', ')}]`,
  ].flatMap((violation) => violation ? [`Member must ${violation}`] : []);
}
