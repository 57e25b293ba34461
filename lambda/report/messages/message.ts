import { type Hole, HOLES } from './holes';
import { MESSAGE_TEMPLATES } from './message-templates';

/** A text of our own list, with and without what fills its holes. */
export interface Message {
  /** Holes are filled where FHIR itself gives what fills them. */
  readonly filled: string;
  /** The template. */
  readonly bare: string;
}

/** A template cut at its holes: there is one text more than there are holes. */
interface Template {
  readonly bare: string;
  readonly texts: readonly string[];
  readonly holes: readonly { readonly name: string; readonly hole: Hole }[];
  /** What is found if no hole is ever filled. */
  readonly constant?: Message;
}

/** Templates that begin with the same text. */
interface Opening {
  readonly text: string;
  readonly templates: readonly Template[];
}

/** Names of holes are lower-case letters; braces around anything else are text. */
const HOLE = /\{([a-z]+)\}/;

/** HAPI FHIR puts a number before its texts. */
const NUMBERED = 'HAPI-';
const MESSAGE_NUMBER = /^(?:HAPI-\d{1,6}: )+/;

/** Templates are looked up by the characters that they begin with; those that have fewer before their first hole are tried last. */
const HEAD_LENGTH = 8;

const TEMPLATES = MESSAGE_TEMPLATES.map(cutTemplate);
const BY_HEAD = new Map<string, Opening[]>();
for (const opening of openings(TEMPLATES.filter(({ texts }) => texts[0].length >= HEAD_LENGTH))) {
  const head = opening.text.slice(0, HEAD_LENGTH);
  BY_HEAD.set(head, [...BY_HEAD.get(head) ?? [], opening]);
}
const WITHOUT_HEAD = openings(TEMPLATES.filter(({ texts }) => texts[0].length > 0 && texts[0].length < HEAD_LENGTH));
const HOLE_FIRST = openings(TEMPLATES.filter(({ texts }) => texts[0] === ''));

/** What all templates have that begin with a hole: most other texts have it not. */
const HOLE_FIRST_TEXT = ': ';

/**
 * Finds the text in our list. Undefined if it isn't there: then nothing of it may be shown.
 */
export function findMessage(text: string): Message | undefined {
  const plain = (text.startsWith(NUMBERED) ? text.replace(MESSAGE_NUMBER, '') : text).trim();
  return findIn(BY_HEAD.get(plain.slice(0, HEAD_LENGTH)) ?? [], plain)
    ?? findIn(WITHOUT_HEAD, plain)
    ?? (plain.includes(HOLE_FIRST_TEXT) ? findIn(HOLE_FIRST, plain) : undefined);
}

function findIn(candidates: readonly Opening[], text: string): Message | undefined {
  for (const { text: start, templates } of candidates) {
    if (text.startsWith(start)) {
      for (const template of templates) {
        const fillings = fit(text, template);
        if (fillings) {
          return template.constant ?? { filled: fill(template, fillings), bare: template.bare };
        }
      }
    }
  }
  return undefined;
}

/** Whether a text is one that `findMessage` gives: a template with nothing in its holes but what may be shown. */
export function isMessage(text: string): boolean {
  return findMessage(text)?.filled === text;
}

/**
 * What fills the holes that can be shown, each as short as it can be, or undefined. Takes time in proportion to the text's length, unlike a
 * pattern.
 *
 * @param text begins as the template does
 */
function fit(text: string, { texts, holes }: Template): string[] | undefined {
  const last = texts[holes.length];
  if (holes.length === 0) {
    return text === last ? [] : undefined;
  }
  if (!text.endsWith(last)) {
    return undefined;
  }
  const fillings: string[] = [];
  let at = texts[0].length;
  for (let i = 0; i < holes.length; i++) {
    const end = i === holes.length - 1 ? text.length - last.length : text.indexOf(texts[i + 1], at);
    if (end < at || !fits(text, at, end, holes[i])) {
      return undefined;
    }
    fillings.push(holes[i].hole.show ? text.slice(at, end) : '');
    at = end + texts[i + 1].length;
  }
  return fillings;
}

function fits(text: string, start: number, end: number, { name, hole }: Template['holes'][number]): boolean {
  return !hole.fits || text.slice(start, end) === `{${name}}` || hole.fits(text.slice(start, end));
}

function fill({ texts, holes }: Template, fillings: readonly string[]): string {
  return texts[0] + holes.map(({ name, hole }, i) => (hole.show?.(fillings[i]) ?? `{${name}}`) + texts[i + 1]).join('');
}

function openings(templates: readonly Template[]): Opening[] {
  const texts = [...new Set(templates.map((template) => template.texts[0]))];
  return texts.map((text) => ({ text, templates: templates.filter((template) => template.texts[0] === text) }));
}

function cutTemplate(bare: string): Template {
  const parts = bare.split(HOLE);
  const holes = parts.filter((_, i) => i % 2 === 1).map((name) => ({ name, hole: HOLES[name] }));
  const constant = holes.every(({ hole }) => !hole.show) ? { filled: bare, bare } : undefined;
  return { bare, texts: parts.filter((_, i) => i % 2 === 0), holes, constant };
}
