import { createHash } from 'node:crypto';
import { ServiceError } from '../ports';

export interface Page<T> {
  readonly items: T[];
  readonly nextToken?: string;
}

const DEFAULT_PAGE_SIZE = 100;

/**
 * Returns one page of items, newest first. `sequence` is the order of creation. The page token holds the sequence of the last item on the page, so that
 * newer items don't change later pages. It also holds a hash of the query without MaxResults. The page token of another query is refused.
 */
export function paginate<T extends { readonly sequence: number }>(
  operation: string, found: readonly T[], request: { readonly MaxResults?: number; readonly NextToken?: string },
): Page<T> {
  const { MaxResults = DEFAULT_PAGE_SIZE, NextToken, ...query } = request;
  const queryHash = createHash('sha256').update(JSON.stringify([operation, query])).digest('base64url');
  const before = NextToken ? positionIn(NextToken, queryHash) : Infinity;
  const rest = found.filter((item) => item.sequence < before).sort((a, b) => b.sequence - a.sequence);
  const items = rest.slice(0, MaxResults);
  if (items.length === rest.length) {
    return { items };
  }
  const position = JSON.stringify([items[items.length - 1].sequence, queryHash]);
  return { items, nextToken: Buffer.from(position).toString('base64url') };
}

function positionIn(token: string, queryHash: string): number {
  try {
    const [sequence, hash]: unknown[] = JSON.parse(Buffer.from(token, 'base64url').toString('utf8'));
    if (typeof sequence === 'number' && hash === queryHash) {
      return sequence;
    }
  } catch {
    // An unreadable page token gets the same error as the page token of another query.
  }
  throw new ServiceError('ValidationException', 'Invalid NextToken: it does not belong to this query');
}
