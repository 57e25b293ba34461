/* eslint-disable no-bitwise -- the hash works on bits */

const QUOTE = 0x22;
const SLASH = 0x2f;
const MAX_ID_LENGTH = 64;

const { imul } = Math; // Jest runs tests in a context of their own, where each access to a global is slow

const HIGH_FACTOR = 0x9e3779b1;
const LOW_FACTOR = 0x5f356495;

/** 1 for each ASCII character that an id may have. */
const ID_CHARACTERS = Uint8Array.from({ length: 128 }, (_, code) => /[A-Za-z0-9\-.]/.test(String.fromCharCode(code)) ? 1 : 0);

/** The 64-bit hash cyrb64, in two halves. A hash of `node:crypto` would take longer than scanning the resource. */
export class Hash {
  public high = 0;
  public low = 0;

  /** Computes the hash of the target `Type/id`. `type` and `id` are the positions in `json` where these texts start. A quotation mark must end each of them. */
  public of(json: Buffer, type: number, id: number): this {
    this.begin();
    this.addPart(json, type);
    this.addPart(json, id);
    this.end();
    return this;
  }

  /** Becomes the hash of the target `Type/id` if that is the whole content of the JSON string that starts here, and returns its end. Otherwise returns 0. */
  public ofTarget(json: Buffer, start: number): number {
    this.begin();
    const slash = this.addPart(json, start);
    const end = this.addPart(json, slash + 1);
    this.end();
    const length = end - slash - 1;
    return json[slash] === SLASH && slash > start && json[end] === QUOTE && length > 0 && length <= MAX_ID_LENGTH ? end : 0;
  }

  private begin(): void {
    this.high = 0xdeadbeef | 0;
    this.low = 0x41c6ce57;
  }

  /** Adds the characters from `start` on that an id may have, and then a slash. Returns the position after the characters. */
  private addPart(json: Buffer, start: number): number {
    let { high, low } = this;
    let at = start;
    for (; ID_CHARACTERS[json[at]] === 1; at++) {
      high = imul(high ^ json[at], HIGH_FACTOR);
      low = imul(low ^ json[at], LOW_FACTOR);
    }
    this.high = imul(high ^ SLASH, HIGH_FACTOR);
    this.low = imul(low ^ SLASH, LOW_FACTOR);
    return at;
  }

  private end(): void {
    const { high, low } = this;
    this.high = imul(high ^ (high >>> 16), 0x85ebca6b) ^ imul(low ^ (low >>> 13), 0xc2b2ae35);
    this.low = imul(low ^ (low >>> 16), 0x85ebca6b) ^ imul(this.high ^ (this.high >>> 13), 0xc2b2ae35);
  }
}
