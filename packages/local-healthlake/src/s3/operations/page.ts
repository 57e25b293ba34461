/** The parameters of a listing. */
export interface PageRequest {
  readonly prefix: string;
  readonly delimiter: string;
  /** The last name of the previous page. The page starts after this name. */
  readonly after: string;
  readonly maxKeys: number;
}

export interface Page<T> {
  readonly items: readonly T[];
  readonly commonPrefixes: readonly string[];
  /** The last name of the page, after which the next page begins; undefined on the last page. */
  readonly next?: string;
}

/**
 * Returns one page of the names below the prefix. Names with a delimiter after the prefix are grouped into common prefixes.
 * @param entries sorted by name
 */
export function page<T>(entries: Iterable<readonly [name: string, item: T]>, request: PageRequest): Page<T> {
  const items: T[] = [];
  const commonPrefixes: string[] = [];
  let last: string | undefined;
  for (const [name, item] of entries) {
    if (!name.startsWith(request.prefix) || !comesAfter(name, request)) {
      continue;
    }
    const rolledUp = commonPrefix(name, request);
    if (rolledUp !== undefined && rolledUp === commonPrefixes[commonPrefixes.length - 1]) {
      continue;
    }
    if (items.length + commonPrefixes.length >= request.maxKeys) {
      return { items, commonPrefixes, next: last };
    }
    if (rolledUp === undefined) {
      items.push(item);
    } else {
      commonPrefixes.push(rolledUp);
    }
    last = rolledUp ?? name;
  }
  return { items, commonPrefixes };
}

/** Returns whether a name belongs on this page or a later page. If `after` is a common prefix, earlier pages cover all names below it. */
function comesAfter(name: string, { after, delimiter, prefix }: PageRequest): boolean {
  if (name <= after) {
    return false;
  }
  const wasCommonPrefix = delimiter !== '' && after.length > prefix.length && after.endsWith(delimiter);
  return !(wasCommonPrefix && name.startsWith(after));
}

function commonPrefix(name: string, { prefix, delimiter }: PageRequest): string | undefined {
  const end = delimiter === '' ? -1 : name.indexOf(delimiter, prefix.length);
  return end < 0 ? undefined : name.slice(0, end + delimiter.length);
}
