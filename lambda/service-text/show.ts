import { isAwsName, isErrorCode } from './identifiers';
import { CAPITALIZED, IDENTIFIERS, LOWER_CASE, QUOTED_PATTERNS, STATUSES } from './vocabulary';
import { RESOURCE_TYPES } from '../report/messages/fhir-r4-names';

/**
 * The maximum number of characters that are shown of a message. HealthLake limits the message of a job to this length. AWS doesn't document a limit for error
 * messages.
 */
export const MAX_LENGTH = 2_048;

const HIDDEN = '***';

/** The punctuation that may surround a word. */
const PUNCTUATION = '"\'`()[]{}<>,.;:!?';

const WORDS = new Set([...LOWER_CASE, ...CAPITALIZED, ...STATUSES, ...IDENTIFIERS, ...QUOTED_PATTERNS].map((word) => coreOf(word).core));

const NUMBER = /^\d{1,3}(?:\.\d{1,3})?$/;
const LARGE_NUMBER = /^\d{1,3}(?:,\d{3}){1,2}$/;
const UNITS = new Set(('attempts bytes characters file files GB job jobs KB MB milliseconds minutes queued requests resources seconds TB validation').split(' '));
const MEASURED = /(?:^| )(?:(?:equal|limited) to|(?:greater|less|longer|more|fewer) than|between(?: \d{1,3} and)?|[Ss]tatus [Cc]ode|line|column|position)$/;

/** The service or command that shows the full, unfiltered text. */
export type FullText = 'CloudTrail' | `aws healthlake describe-fhir-${'import' | 'export'}-job`;

/**
 * Returns an introduction and the filtered text of an AWS message. If a word is hidden, the introduction says where the full message can be read.
 *
 * @param introduction the text before the message; it is not filtered, so it must have no patient data
 */
export function quoteServiceText(introduction: string, text: string, own: readonly string[] = [], fullText?: FullText): string {
  const shown = showServiceText(text, own);
  const where = fullText !== undefined && shown.includes(HIDDEN) ? ` (full text: ${fullText})` : '';
  return `${introduction}${where}: ${shown}`;
}

/**
 * Returns the text of an AWS message with `***` in place of every word that may be patient data. The message is split at white space, and each chunk is shown
 * or hidden as a whole. Only known words are shown, because a list of words to hide would never be complete.
 *
 * @param own names of the job's own resources, which are shown; a name that ends in `/` is also shown at the start of a longer chunk
 */
export function showServiceText(text: string, own: readonly string[] = []): string {
  const chunks = text.slice(0, MAX_LENGTH).split(/\s+/).filter((chunk) => chunk !== '').map(coreOf);
  const cores = chunks.map(({ core }) => core);
  const shown = chunks.map((chunk, i) => {
    // A chunk that this function or the service cut off can look like a known word. So the chunk is hidden.
    const isCutOff = (text.length > MAX_LENGTH && i === chunks.length - 1) || chunk.text.includes('...');
    const isShown = isHarmless(chunk.core) || isAmount(cores, i) || own.includes(chunk.core);
    return isShown && !isCutOff ? chunk.text : `${isCutOff ? '' : ownPlaceOf(chunk, own)}${HIDDEN}`;
  });
  return shown.join(' ').replace(/\*\*\*(?: \*\*\*)+/g, HIDDEN);
}

/** A part of a text between white space. */
interface Chunk {
  readonly text: string;
  /** `text` without the punctuation around it. */
  readonly core: string;
  /** The index of `core` in `text`. */
  readonly start: number;
}

function coreOf(text: string): Chunk {
  let start = 0;
  let end = text.length;
  while (start < end && PUNCTUATION.includes(text[start])) {
    start += 1;
  }
  while (end > start && PUNCTUATION.includes(text[end - 1])) {
    end -= 1;
  }
  return { text, core: text.slice(start, end), start };
}

function isHarmless(core: string): boolean {
  return core === '' || WORDS.has(core) || RESOURCE_TYPES.has(core) || isErrorCode(core) || isAwsName(core);
}

/**
 * Returns whether a chunk is a number that may be shown. The words beside the number must say what it counts, such as `seconds`. Other numbers are hidden,
 * because they may be ids, record numbers or parts of a date.
 */
function isAmount(cores: readonly string[], i: number): boolean {
  const isNumber = NUMBER.test(cores[i]);
  if (!isNumber && !LARGE_NUMBER.test(cores[i])) {
    return false;
  }
  return UNITS.has(cores[i + 1] ?? '') || (isNumber && MEASURED.test(cores.slice(Math.max(0, i - 3), i).join(' ')));
}

/**
 * Returns the part of a chunk that may be shown because it names a location of the job, such as `s3://bucket/prefix/`. Such a location is a name in `own`
 * that ends in a slash. Returns an empty string if the chunk doesn't begin with such a name.
 */
function ownPlaceOf({ text, core, start }: Chunk, own: readonly string[]): string {
  const places = own.filter((name) => name.endsWith('/') && core.startsWith(name));
  const length = Math.max(0, ...places.map((place) => place.length));
  return length === 0 ? '' : text.slice(0, start + length);
}
