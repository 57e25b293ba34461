import { isObject, matcherOf } from './matchers';

/** Judges whole events. */
export type EventFilter = (event: unknown) => boolean;

/** Makes a filter of an event pattern. Throws if EventBridge would refuse the pattern. */
export function eventFilter(pattern: unknown): EventFilter {
  if (!isObject(pattern) || Object.keys(pattern).length === 0) {
    throw new Error('Event pattern is not valid. Reason: Filter is not an object with at least one field');
  }
  const filters = Object.entries(pattern).map(([field, condition]) => fieldFilter(field, condition));
  return (event) => filters.every((matches) => matches(event));
}

function fieldFilter(field: string, condition: unknown): EventFilter {
  if (field === '$or') {
    const alternatives = (condition as unknown[]).map(eventFilter);
    return (event) => alternatives.some((matches) => matches(event));
  }
  if (isObject(condition)) {
    const nested = eventFilter(condition);
    // An absent object is asked too: something in it may be wanted not to exist. One of a list of objects is enough.
    return (event) => objectsOf(member(event, field)).some(nested);
  }
  if (!Array.isArray(condition)) {
    throw new Error(`Event pattern is not valid. Reason: "${field}" must be an object or an array`);
  }
  if (condition.length === 0) {
    throw new Error('Event pattern is not valid. Reason: Empty arrays are not allowed');
  }
  const matchers = condition.map(matcherOf);
  return (event) => valuesOf(member(event, field)).some((value) => matchers.some((matches) => matches(value)));
}

function member(event: unknown, field: string): unknown {
  return isObject(event) ? event[field] : undefined;
}

function objectsOf(value: unknown): unknown[] {
  return Array.isArray(value) && value.length > 0 ? value : [value];
}

/** Of a list any element may match; an empty list is like nothing. Objects are no values. */
function valuesOf(value: unknown): unknown[] {
  const values = (Array.isArray(value) ? value.flat() : [value]).filter((element) => !isObject(element));
  return values.length > 0 ? values : [undefined];
}
