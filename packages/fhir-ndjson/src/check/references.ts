const KEY = '"reference"';
const QUOTE = 0x22;
const COLON = 0x3a;
const BACKSLASH = 0x5c;

/**
 * Yields the references in the text of a resource. Searches the text, because visiting all members of the parsed resource takes longer than parsing it. Valid
 * JSON has the key and a colon behind it nowhere else, because strings escape their quotation marks.
 */
export function* referencesIn(json: string): Generator<string> {
  for (let key = json.indexOf(KEY); key >= 0; key = json.indexOf(KEY, key + KEY.length)) {
    const colon = afterSpace(json, key + KEY.length);
    const start = afterSpace(json, colon + 1);
    if (json.charCodeAt(colon) === COLON && json.charCodeAt(start) === QUOTE) {
      yield stringAt(json, start);
    }
  }
}

/** Returns the relative address `Type/id` of a literal reference, or undefined for another one. HealthLake's own data is never addressed by an absolute URL. */
export function targetOf(reference: string): string | undefined {
  return /^([A-Za-z]+\/[A-Za-z0-9\-.]{1,64})(?:\/_history\/[A-Za-z0-9\-.]{1,64})?$/.exec(reference)?.[1];
}

function afterSpace(json: string, from: number): number {
  let at = from;
  while (' \t\r\n'.includes(json.charAt(at)) && at < json.length) {
    at++;
  }
  return at;
}

/** Returns the value of the string that starts here. */
function stringAt(json: string, start: number): string {
  const value = json.slice(start + 1, json.indexOf('"', start + 1));
  if (!value.includes('\\')) {
    return value;
  }
  let end = start + 1;
  for (; json.charCodeAt(end) !== QUOTE; end++) {
    end += json.charCodeAt(end) === BACKSLASH ? 1 : 0;
  }
  return JSON.parse(json.slice(start, end + 1)) as string;
}
