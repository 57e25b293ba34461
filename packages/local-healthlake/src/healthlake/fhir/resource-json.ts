import type { StoredResource } from '../datastores/resource-store';

/** The tokens of JSON: a string, a bracket, a separator, or any other value. */
const TOKEN = /"(?:[^"\\]|\\.)*"|[{}[\],:]|[^\s{}[\],:"]+/g;

/**
 * Returns the JSON text of a resource as the FHIR API shows it, with `versionId` and `lastUpdated` in `meta`. All other members keep their text, because
 * parsing and printing would lose the precision of decimals.
 */
export function shownResource({ json, versionId, lastUpdated }: StoredResource): string {
  const { meta } = JSON.parse(json) as { meta?: object };
  const shownMeta = JSON.stringify({ ...meta, versionId: String(versionId), lastUpdated: new Date(lastUpdated).toISOString() });
  return withMember(json, 'meta', shownMeta);
}

/** Returns the JSON text of a resource with this id. All other members keep their text. */
export function withId(json: string, id: string): string {
  return withMember(json, 'id', JSON.stringify(id));
}

function withMember(json: string, member: string, text: string): string {
  const others = [...membersOf(json)].filter(([name]) => name !== `"${member}"`);
  return `{${[...others, [`"${member}"`, text]].map(([name, value]) => `${name}:${value}`).join()}}`;
}

/** Yields the name and the value of each member of a JSON object, as their original text. */
function* membersOf(json: string): Generator<readonly [name: string, value: string]> {
  let depth = 0;
  let start = 0;
  let name: string | undefined;
  for (const { 0: token, index } of json.matchAll(TOKEN)) {
    if (depth === 1 && name !== undefined && (token === ',' || token === '}')) {
      yield [name, json.slice(start, index).trim()];
      name = undefined;
    }
    if (depth === 1 && name === undefined && token.startsWith('"')) {
      name = token;
    } else if (depth === 1 && token === ':') {
      start = index + 1;
    }
    depth += token === '{' || token === '[' ? 1 : token === '}' || token === ']' ? -1 : 0;
  }
}
