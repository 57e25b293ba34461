/** Returns whether an event matches an event pattern. */
export type EventFilter = (event: unknown) => boolean;

/**
 * Turns an event pattern into a filter. Throws if EventBridge would reject the pattern, or if it contains a match expression such as
 * `{ prefix: 'x' }`: only exact values are emulated.
 */
export function eventFilter(pattern: unknown): EventFilter {
  if (!isObject(pattern) || Object.keys(pattern).length === 0) {
    throw new Error('Event pattern is not valid. Reason: Filter is not an object with at least one field');
  }
  const filters = Object.entries(pattern).map(([field, condition]) => fieldFilter(field, condition));
  return (event) => filters.every((matches) => matches(event));
}

export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function fieldFilter(field: string, condition: unknown): EventFilter {
  if (isObject(condition)) {
    const nested = eventFilter(condition);
    return (event) => valuesOf(event, field).some(nested);
  }
  if (!Array.isArray(condition)) {
    throw new Error(`Event pattern is not valid. Reason: "${field}" must be an object or an array`);
  }
  if (condition.length === 0) {
    throw new Error('Event pattern is not valid. Reason: Empty arrays are not allowed');
  }
  const expression: unknown = condition.find((value) => typeof value === 'object' && value !== null);
  if (expression !== undefined || field.startsWith('$')) {
    throw new Error(`match expression ${JSON.stringify(expression ?? field)} of an event pattern isn't emulated, give exact values`);
  }
  return (event) => valuesOf(event, field).some((value) => condition.includes(value));
}

/** Returns the elements of a field that holds a list, or the single value of another field. A pattern must match one of them. */
function valuesOf(event: unknown, field: string): unknown[] {
  return isObject(event) ? [event[field]].flat() : [];
}
