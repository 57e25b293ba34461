/* eslint-disable no-bitwise -- the hash works on bits */

const QUOTE = 0x22;
const SLASH = 0x2f;
const MAX_ID_LENGTH = 64;

const { imul } = Math; // Jest runs tests in a context of their own, where each access to a global is slow

const SEEDS: readonly [high: number, low: number] = [0xdeadbeef | 0, 0x41c6ce57];
const HIGH_FACTOR = 0x9e3779b1;
const LOW_FACTOR = 0x5f356495;

/** 1 for each ASCII character that an id may have. */
const ID_CHARACTERS = Uint8Array.from({ length: 128 }, (_, code) => /[A-Za-z0-9\-.]/.test(String.fromCharCode(code)) ? 1 : 0);

/** The 64-bit hash cyrb64, in two halves. A hash of `node:crypto` would take longer than parsing the resource. */
export class Hash {
  public high = 0;
  public low = 0;

  /** Becomes the hash of the text `Type/id`. */
  public of(type: string, id: string): this {
    let [high, low] = SEEDS;
    for (let index = 0; index <= type.length; index++) {
      const code = index < type.length ? type.charCodeAt(index) : SLASH;
      high = imul(high ^ code, HIGH_FACTOR);
      low = imul(low ^ code, LOW_FACTOR);
    }
    for (let index = 0; index < id.length; index++) {
      const code = id.charCodeAt(index);
      high = imul(high ^ code, HIGH_FACTOR);
      low = imul(low ^ code, LOW_FACTOR);
    }
    return this.finish(high, low);
  }

  /**
   * Becomes the hash of the target `Type/id` if that is the whole content of the JSON string that starts here, and returns its end. Otherwise returns 0.
   * One loop hashes and checks, because after parsing, references take most of the time of a check.
   */
  public ofTarget(json: string, start: number): number {
    let [high, low] = SEEDS;
    let slash = 0;
    for (let at = start; ; at++) {
      const code = json.charCodeAt(at);
      if (code === SLASH && slash === 0) {
        slash = at;
      } else if (ID_CHARACTERS[code] !== 1) {
        this.finish(high, low);
        const length = at - slash - 1;
        return code === QUOTE && slash > start && length > 0 && length <= MAX_ID_LENGTH ? at : 0;
      }
      high = imul(high ^ code, HIGH_FACTOR);
      low = imul(low ^ code, LOW_FACTOR);
    }
  }

  private finish(high: number, low: number): this {
    this.high = imul(high ^ (high >>> 16), 0x85ebca6b) ^ imul(low ^ (low >>> 13), 0xc2b2ae35);
    this.low = imul(low ^ (low >>> 16), 0x85ebca6b) ^ imul(this.high ^ (this.high >>> 13), 0xc2b2ae35);
    return this;
  }
}
