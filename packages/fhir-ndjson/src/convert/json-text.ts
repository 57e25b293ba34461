const SPACE = 32;
const QUOTE = 34;
const COMMA = 44;
const OPENING_BRACKET = 91;
const BACKSLASH = 92;
const CLOSING_BRACKET = 93;
const OPENING_BRACE = 123;
const CLOSING_BRACE = 125;

/** Returns the texts of the members of an object, by name. The text must be valid JSON. */
export function memberTexts(object: string): Map<string, string> {
  const members = new Map<string, string>();
  let at = skipSpace(object, 1);
  while (object.charCodeAt(at) === QUOTE) {
    const endOfName = endOfString(object, at);
    const start = skipSpace(object, skipSpace(object, endOfName) + 1);
    const end = endOfValue(object, start);
    members.set(JSON.parse(object.slice(at, endOfName)), object.slice(start, end));
    at = skipComma(object, end);
  }
  return members;
}

/** Returns the texts of the elements of an array. The text must be valid JSON. */
export function elementTexts(array: string): string[] {
  const elements: string[] = [];
  let at = skipSpace(array, 1);
  while (array.charCodeAt(at) !== CLOSING_BRACKET) {
    const end = endOfValue(array, at);
    elements.push(array.slice(at, end));
    at = skipComma(array, end);
  }
  return elements;
}

/** Returns the text without the white space between its tokens. Changes nothing else, so numbers keep their precision. The text must be valid JSON. */
export function withoutSpace(text: string): string {
  let result = '';
  let start = 0;
  let at = 0;
  while (at < text.length) {
    const code = text.charCodeAt(at);
    if (code === QUOTE) {
      at = endOfString(text, at);
    } else if (isSpace(code)) {
      result += text.slice(start, at);
      at = skipSpace(text, at);
      start = at;
    } else {
      at += 1;
    }
  }
  return start === 0 ? text : result + text.slice(start);
}

function endOfValue(text: string, start: number): number {
  const code = text.charCodeAt(start);
  if (code === QUOTE) {
    return endOfString(text, start);
  }
  if (code === OPENING_BRACE || code === OPENING_BRACKET) {
    return endOfNested(text, start);
  }
  let at = start;
  while (!isEndOfLiteral(text.charCodeAt(at))) {
    at += 1;
  }
  return at;
}

function endOfNested(text: string, start: number): number {
  let depth = 0;
  let at = start;
  do {
    const code = text.charCodeAt(at);
    if (code === QUOTE) {
      at = endOfString(text, at);
      continue;
    }
    if (code === OPENING_BRACE || code === OPENING_BRACKET) {
      depth += 1;
    } else if (code === CLOSING_BRACE || code === CLOSING_BRACKET) {
      depth -= 1;
    }
    at += 1;
  } while (depth > 0);
  return at;
}

function isEndOfLiteral(code: number): boolean {
  return code === COMMA || code === CLOSING_BRACE || code === CLOSING_BRACKET || isSpace(code);
}

/** Returns the position after the string that starts here. */
function endOfString(text: string, start: number): number {
  let end = text.indexOf('"', start + 1);
  while (isEscaped(text, end)) {
    end = text.indexOf('"', end + 1);
  }
  return end + 1;
}

function isEscaped(text: string, at: number): boolean {
  let backslashes = 0;
  while (text.charCodeAt(at - 1 - backslashes) === BACKSLASH) {
    backslashes += 1;
  }
  return backslashes % 2 === 1;
}

function skipSpace(text: string, start: number): number {
  let at = start;
  while (isSpace(text.charCodeAt(at))) {
    at += 1;
  }
  return at;
}

function skipComma(text: string, start: number): number {
  const at = skipSpace(text, start);
  return text.charCodeAt(at) === COMMA ? skipSpace(text, at + 1) : at;
}

/** Returns whether a character is white space. The character must be outside the strings of valid JSON. */
function isSpace(code: number): boolean {
  return code <= SPACE;
}
