import { isUtf8 } from 'node:buffer';
import { ID as LEGAL_ID } from './line';
import type { FoundResource } from './resource-set';
import { RESOURCE_TYPES } from '../resource-types';

const TAB = 0x09;
const NEWLINE = 0x0a;
const CARRIAGE_RETURN = 0x0d;
const SPACE = 0x20;
const QUOTE = 0x22;
const COMMA = 0x2c;
const COLON = 0x3a;
const OPENING_BRACKET = 0x5b;
const BACKSLASH = 0x5c;
const CLOSING_BRACKET = 0x5d;
const OPENING_BRACE = 0x7b;
const CLOSING_BRACE = 0x7d;

/** 1 for each character of numbers, `true`, `false` and `null`. */
const IN_SCALAR = tableOf((char) => /[-+.0-9A-Za-z]/.test(char) ? 1 : 0);
const SCALAR = /^(?:-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][-+]?[0-9]+)?|true|false|null)$/;

/** The lengths of the escape sequences, by their second characters. 0 for a character that is not allowed after a backslash. */
const ESCAPE_LENGTHS = tableOf((char) => '"\\/bfnrt'.includes(char) ? 2 : char === 'u' ? 6 : 0);
const IS_HEX_DIGIT = tableOf((char) => /[0-9A-Fa-f]/.test(char) ? 1 : 0);

/** The result of a method if the JSON is invalid, or can't be scanned. */
const INVALID = -1;

/** The maximum depth of objects and arrays. The scan is recursive. */
const MAX_DEPTH = 100;

/** The names of the members that the scan finds. */
const TYPE = Buffer.from('resourceType');
const ID = Buffer.from('id');
const REFERENCE = Buffer.from('reference');

/**
 * Finds the type, the id and the references of a resource in the bytes of its JSON. Checks the JSON as strictly as `JSON.parse` does, but creates no objects.
 * With `JSON.parse`, the check of a data set takes about 1.4 times as long.
 */
export class ResourceScan implements FoundResource {
  public type = '';
  public id = '';
  public typeStart = 0;
  public idStart = 0;
  /** The positions where the contents of the references start. */
  public readonly references: number[] = [];
  public json: Buffer = Buffer.alloc(0);

  /**
   * Returns whether the scan finds a resource that `judgeLine()` accepts. It doesn't find a resource in which the name of a member, the type or the id has an
   * escape sequence, or which is nested deeper than `MAX_DEPTH`. If it returns false, the caller must parse the JSON, and `references` may be incomplete.
   */
  public find(json: Buffer): boolean {
    this.json = json;
    this.type = '';
    this.id = '';
    this.references.length = 0;
    const start = this.skipSpace(0);
    const end = json[start] === OPENING_BRACE ? this.nested(start, CLOSING_BRACE, 0) : INVALID;
    return end > 0 && this.skipSpace(end) === json.length && RESOURCE_TYPES.has(this.type) && LEGAL_ID.test(this.id) && isUtf8(json);
  }

  /** Returns the position after the value that starts here, or `INVALID`. `nested`, `member`, `string`, `escape` and `scalar` do the same. */
  private value(start: number, depth: number): number {
    switch (this.json[start]) {
      case QUOTE: return this.string(start);
      case OPENING_BRACE: return this.nested(start, CLOSING_BRACE, depth);
      case OPENING_BRACKET: return this.nested(start, CLOSING_BRACKET, depth);
      default: return this.scalar(start);
    }
  }

  /** Reads an object or an array. */
  private nested(start: number, closing: number, depth: number): number {
    const { json } = this;
    let at = this.skipSpace(start + 1);
    if (json[at] === closing) {
      return at + 1;
    }
    while (depth < MAX_DEPTH) {
      const end = closing === CLOSING_BRACE ? this.member(at, depth) : this.value(at, depth + 1);
      if (end === INVALID) {
        return INVALID;
      }
      at = this.skipSpace(end);
      if (json[at] !== COMMA) {
        return json[at] === closing ? at + 1 : INVALID;
      }
      at = this.skipSpace(at + 1);
    }
    return INVALID;
  }

  private member(start: number, depth: number): number {
    const { json } = this;
    const endOfName = this.endOfPlain(start + 1);
    if (json[start] !== QUOTE || json[endOfName] !== QUOTE) {
      return INVALID;
    }
    const colon = this.skipSpace(endOfName + 1);
    if (json[colon] !== COLON) {
      return INVALID;
    }
    const value = this.skipSpace(colon + 1);
    const end = this.value(value, depth + 1);
    if (json[value] === QUOTE && this.isName(REFERENCE, start + 1, endOfName)) {
      this.references.push(value + 1);
    } else if (depth === 0 && this.isName(TYPE, start + 1, endOfName)) {
      this.typeStart = value + 1;
      this.type = this.text(value, end);
    } else if (depth === 0 && this.isName(ID, start + 1, endOfName)) {
      this.idStart = value + 1;
      this.id = this.text(value, end);
    }
    return end;
  }

  private isName(name: Buffer, start: number, end: number): boolean {
    if (end - start !== name.length) {
      return false;
    }
    for (let index = 0; index < name.length; index++) {
      if (this.json[start + index] !== name[index]) {
        return false;
      }
    }
    return true;
  }

  /** Returns the content of the string that starts here, or an empty text if another value starts here. */
  private text(start: number, end: number): string {
    return this.json[start] === QUOTE ? this.json.toString('latin1', start + 1, end - 1) : '';
  }

  private string(start: number): number {
    const { json } = this;
    let at = this.endOfPlain(start + 1);
    while (json[at] === BACKSLASH) {
      const end = this.escape(at);
      if (end === INVALID) {
        return INVALID;
      }
      at = this.endOfPlain(end);
    }
    return json[at] === QUOTE ? at + 1 : INVALID;
  }

  private escape(start: number): number {
    const { json } = this;
    const end = start + ESCAPE_LENGTHS[json[start + 1]];
    for (let at = start + 2; at < end; at++) {
      if (IS_HEX_DIGIT[json[at]] !== 1) {
        return INVALID;
      }
    }
    return end > start ? end : INVALID;
  }

  /** Returns the position of the first quotation mark, backslash or control character, or the length of the JSON. */
  private endOfPlain(start: number): number {
    const { json } = this;
    let at = start;
    while (json[at] !== QUOTE && json[at] !== BACKSLASH && json[at] >= SPACE) {
      at += 1;
    }
    return at;
  }

  /** Reads a number, `true`, `false` or `null`. */
  private scalar(start: number): number {
    const { json } = this;
    let end = start;
    while (end < json.length && IN_SCALAR[json[end]] === 1) {
      end += 1;
    }
    return SCALAR.test(json.toString('latin1', start, end)) ? end : INVALID;
  }

  private skipSpace(start: number): number {
    const { json } = this;
    let at = start;
    while (at < json.length && json[at] <= SPACE && isSpace(json[at])) {
      at += 1;
    }
    return at;
  }
}

/** Returns a table with a number for each byte. */
function tableOf(numberOf: (char: string) => number): Uint8Array {
  return Uint8Array.from({ length: 256 }, (_, code) => numberOf(String.fromCharCode(code)));
}

function isSpace(code: number): boolean {
  return code === SPACE || code === TAB || code === NEWLINE || code === CARRIAGE_RETURN;
}
