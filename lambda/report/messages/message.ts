import { type Hole, HOLES } from './holes';
import { MESSAGE_TEMPLATES } from './message-templates';

/** A message that is on our list. */
export interface Message {
  /** The template with its holes filled, as far as FHIR or HealthLake itself defines the fillings. */
  readonly filled: string;
  /** The template. */
  readonly bare: string;
}

/** A template, cut at its holes. There is one text more than there are holes. */
interface Template {
  readonly bare: string;
  readonly texts: readonly string[];
  readonly holes: readonly { readonly name: string; readonly hole: Hole }[];
}

/** The names of holes are lower-case letters. Other braces are text. */
const HOLE = /\{([a-z]+)\}/;

/** The numbers that HAPI FHIR puts before its messages. */
const HAPI_NUMBERS = /^(?:HAPI-\d{1,6}: )+/;

/** The templates by their first character, and those that begin with a hole by the empty string. A job can have millions of messages. */
const TEMPLATES = new Map<string, Template[]>();
for (const template of MESSAGE_TEMPLATES.map(cutTemplate)) {
  const start = template.texts[0].charAt(0);
  TEMPLATES.set(start, [...TEMPLATES.get(start) ?? [], template]);
}

/** Finds a text on our list. Returns undefined if it is not there: nothing of it may be shown. */
export function findMessage(text: string): Message | undefined {
  const plain = text.replace(HAPI_NUMBERS, '').trim();
  return findIn(TEMPLATES.get(plain.charAt(0)), plain) ?? findIn(TEMPLATES.get(''), plain);
}

/** Whether a text is a message that `findMessage` returns, so that nothing in its holes comes from the data. */
export function isMessage(text: string): boolean {
  return findMessage(text)?.filled === text;
}

function findIn(templates: readonly Template[] = [], text: string): Message | undefined {
  for (const template of templates) {
    const fillings = fillingsOf(text, template);
    if (fillings) {
      return { filled: fill(template, fillings), bare: template.bare };
    }
  }
  return undefined;
}

/**
 * Returns the fillings of the holes, each as short as possible, or undefined if the text does not fit. Unlike a regular expression, this takes time in
 * proportion to the length of the text.
 */
function fillingsOf(text: string, { texts, holes }: Template): string[] | undefined {
  if (!text.startsWith(texts[0]) || !text.endsWith(texts[holes.length])) {
    return undefined;
  }
  const fillings: string[] = [];
  let at = texts[0].length;
  for (let i = 0; i < holes.length; i++) {
    const end = i === holes.length - 1 ? text.length - texts[i + 1].length : text.indexOf(texts[i + 1], at);
    if (end < at || !fits(text.slice(at, end), holes[i])) {
      return undefined;
    }
    fillings.push(text.slice(at, end));
    at = end + texts[i + 1].length;
  }
  return at === text.length ? fillings : undefined;
}

function fits(filling: string, { name, hole }: Template['holes'][number]): boolean {
  return !hole.fits || filling === `{${name}}` || hole.fits(filling);
}

function fill({ texts, holes }: Template, fillings: readonly string[]): string {
  return texts[0] + holes.map(({ name, hole }, i) => (hole.show?.(fillings[i]) ?? `{${name}}`) + texts[i + 1]).join('');
}

function cutTemplate(bare: string): Template {
  const parts = bare.split(HOLE);
  return {
    bare,
    texts: parts.filter((_, i) => i % 2 === 0),
    holes: parts.filter((_, i) => i % 2 === 1).map((name) => ({ name, hole: HOLES[name] })),
  };
}
