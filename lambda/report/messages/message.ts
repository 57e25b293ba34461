import { type Hole, HOLES } from './holes';
import { MESSAGE_TEMPLATES } from './message-templates';

/** A message that matches a template. */
export interface Message {
  /** The template with its placeholders replaced. A placeholder stays if neither FHIR R4 nor HealthLake defines the text that it matches. */
  readonly filled: string;
  /** The template with all its placeholders. */
  readonly bare: string;
}

/** A template, split at its placeholders. `texts` has one entry more than `holes`. */
interface Template {
  readonly bare: string;
  readonly texts: readonly string[];
  readonly holes: readonly { readonly name: string; readonly hole: Hole }[];
}

/** Matches a placeholder, which is a name of lower-case letters in braces. Other braces are literal text. */
const HOLE = /\{([a-z]+)\}/;

/** Matches the numbers that HAPI FHIR puts before its messages. */
const HAPI_NUMBERS = /^(?:HAPI-\d{1,6}: )+/;

/**
 * The templates by their first character. The key of templates that begin with a placeholder is the empty string. A job can have millions of messages, so
 * `findMessage()` compares a message only with the templates that can match it.
 */
const TEMPLATES = new Map<string, Template[]>();
for (const template of MESSAGE_TEMPLATES.map(cutTemplate)) {
  const start = template.texts[0].charAt(0);
  TEMPLATES.set(start, [...TEMPLATES.get(start) ?? [], template]);
}

/**
 * Returns the message of the first template that matches a text. Returns undefined if no template matches. Such a text may be patient data and must not be
 * shown.
 */
export function findMessage(text: string): Message | undefined {
  const plain = text.replace(HAPI_NUMBERS, '').trim();
  return findIn(TEMPLATES.get(plain.charAt(0)), plain) ?? findIn(TEMPLATES.get(''), plain);
}

/** Returns whether `findMessage()` can return this text as `filled`. Such a text has no patient data. */
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
 * Returns the texts that the placeholders match, each as short as possible. Returns undefined if the template doesn't match. The time is proportional to the
 * length of the text, which a regular expression would not guarantee.
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
