import type { Shape } from './model';
import { ServiceError } from '../ports';

/** The names of types in the error messages of AWS's JSON parser. */
const TARGETS: Readonly<Partial<Record<Shape['type'], string>>> = {
  string: 'a String', integer: 'an Integer', boolean: 'a Boolean', timestamp: 'milliseconds since epoch',
};

/**
 * Returns the error for a value of the wrong JSON type. The messages are taken from public reports about other AWS services with JSON protocols: Athena,
 * SES and X-Ray. The message for a number that is not an integer is a guess.
 */
export function wrongType(expected: Shape['type'], value: unknown): ServiceError {
  if (Array.isArray(value)) {
    return serializationError('Start of list found where not expected');
  }
  if (expected === 'structure') {
    return serializationError('Expected null');
  }
  if (typeof value === 'object') {
    return serializationError('Start of structure or map found where not expected.');
  }
  if (expected === 'list') {
    return serializationError('Expected list or null');
  }
  const kind = typeof value === 'boolean' ? String(value) : typeof value;
  return serializationError(`${kind.toUpperCase()}_VALUE can not be converted to ${TARGETS[expected]}`);
}

/** Returns the error for a request that can't be parsed. AWS returns no message if the body is not JSON. */
export function serializationError(message = ''): ServiceError {
  return new ServiceError('SerializationException', message);
}
