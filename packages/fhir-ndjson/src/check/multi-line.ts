const QUOTE = '"';

/** A JSON value that has not ended yet: its first line, the number of its open brackets, and whether a second line of it was read. */
interface OpenValue {
  readonly code: 'pretty-printed' | 'array';
  readonly line: number;
  readonly depth: number;
  readonly isConfirmed: boolean;
}

/** Recognizes JSON values that extend over several lines, so that a pretty-printed file is one finding instead of one for each line. */
export class MultiLineValues {
  private open?: OpenValue;

  /** `found` receives the first line of each value, with the code `not-json` if no other line of the value follows. */
  public constructor(private readonly found: (code: 'pretty-printed' | 'array' | 'not-json', line: number) => void) {}

  public get isOpen(): boolean {
    return this.open !== undefined;
  }

  /** Returns whether a line is part of the open value. A `{` in the first column starts the next value, because printers indent the content of a value. */
  public continues(json: string): boolean {
    const { open } = this;
    if (!open) {
      return false;
    }
    if ((open.code === 'pretty-printed' && json.startsWith('{')) || (!open.isConfirmed && json.trim() === '')) {
      this.end();
      return false;
    }
    if (!open.isConfirmed) {
      this.found(open.code, open.line);
    }
    const depth = depthAfter(json, open.depth) ?? open.depth;
    this.open = depth > 0 ? { ...open, depth, isConfirmed: true } : undefined;
    return true;
  }

  /** Returns whether a line that is not JSON opens a value. */
  public opens(json: string, line: number): boolean {
    const start = json.trimStart();
    const depth = depthAfter(json, 0) ?? 0;
    if (depth > 0 && /^[{[]/.test(start)) {
      this.open = { code: start.startsWith('[') ? 'array' : 'pretty-printed', line, depth, isConfirmed: false };
    }
    return this.open !== undefined;
  }

  /** Ends the file. */
  public end(): void {
    if (this.open?.isConfirmed === false) {
      this.found('not-json', this.open.line);
    }
    this.open = undefined;
  }
}

/** Returns how many brackets are open after a line, if `depth` of them are open before it. Returns undefined if the line ends in a string, where JSON has no line breaks. */
function depthAfter(line: string, depth: number): number | undefined {
  let open = depth;
  let isString = false;
  for (let index = 0; index < line.length; index++) {
    const char = line[index];
    if (isString) {
      index += char === '\\' ? 1 : 0;
      isString = char !== QUOTE;
    } else {
      isString = char === QUOTE;
      open += char === '{' || char === '[' ? 1 : char === '}' || char === ']' ? -1 : 0;
    }
  }
  return isString ? undefined : open;
}
