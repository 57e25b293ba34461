import { ServiceError } from '../contract';

/** What a caller says about the page that it wants. */
export interface PageRequest {
  readonly limit?: number;
  readonly nextToken?: string;
}

export interface Page<T> {
  readonly items: T[];
  /** Absent on the last page. */
  readonly nextToken?: string;
}

/**
 * One page of a list to whose end alone something is added.
 * @param most what the operation gives at once, and unless told otherwise
 */
export function page<T>(items: readonly T[], request: PageRequest, most: number): Page<T> {
  const { limit = most, nextToken = '0' } = request;
  if (!(limit >= 1 && limit <= most)) {
    throw new ServiceError('InvalidParameterException',
      `1 validation error detected: Value '${limit}' at 'limit' failed to satisfy constraint: Member must have value between 1 and ${most}`);
  }
  if (!/^\d+$/.test(nextToken)) {
    throw new ServiceError('InvalidParameterException', 'The specified nextToken is invalid.');
  }
  const start = Number(nextToken);
  const end = start + limit;
  return { items: items.slice(start, end), nextToken: end < items.length ? String(end) : undefined };
}
