import { createHash } from 'node:crypto';
import { ServiceError } from '../ports';

/** Something with a place in the order of creation. */
export interface Sequenced {
  readonly sequence: number;
}

export interface PageRequest {
  readonly MaxResults?: number;
  readonly NextToken?: string;
}

export interface Page<T> {
  readonly items: T[];
  readonly nextToken?: string;
}

const DEFAULT_PAGE = 100;

/**
 * One page, the newest first. The token holds the place and a hash of the query, so that what is added meanwhile shifts
 * nothing and a token can't be used for another query; MaxResults may differ from page to page.
 */
export function paginate<T extends Sequenced, R extends PageRequest>(operation: string, found: readonly T[], request: R): Page<T> {
  const { MaxResults = DEFAULT_PAGE, NextToken, ...query } = request;
  const queryHash = createHash('sha256').update(JSON.stringify([operation, query])).digest('base64url');
  const before = NextToken ? placeIn(NextToken, queryHash) : Infinity;
  const rest = found.filter((item) => item.sequence < before).sort((a, b) => b.sequence - a.sequence);
  const items = rest.slice(0, MaxResults);
  if (items.length === rest.length) {
    return { items };
  }
  const place = JSON.stringify([items[items.length - 1].sequence, queryHash]);
  return { items, nextToken: Buffer.from(place).toString('base64url') };
}

function placeIn(token: string, queryHash: string): number {
  try {
    const [sequence, hash]: unknown[] = JSON.parse(Buffer.from(token, 'base64url').toString('utf8'));
    if (typeof sequence === 'number' && hash === queryHash) {
      return sequence;
    }
  } catch {
    // falls through to the one answer for all bad tokens
  }
  throw new ServiceError('ValidationException', 'Invalid NextToken: it does not belong to this query');
}
