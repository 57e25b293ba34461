import { type Hole, HOLES } from './holes';
import { MESSAGE_TEMPLATES } from './message-templates';

/** A message that fits a known template. */
export interface Message {
  /** The template with its holes filled. A hole stays unfilled if neither FHIR nor HealthLake defines its filling. */
  readonly filled: string;
  /** The template without fillings. */
  readonly bare: string;
}

/** A template, split at its holes. It has one more text than it has holes. */
interface Template {
  readonly bare: string;
  readonly texts: readonly string[];
  readonly holes: readonly { readonly name: string; readonly hole: Hole }[];
}

/** Matches a hole. The name of a hole has lower-case letters only. Other braces are text. */
const HOLE = /\{([a-z]+)\}/;

/** Matches the numbers that HAPI FHIR puts before its messages. */
const HAPI_NUMBERS = /^(?:HAPI-\d{1,6}: )+/;

/**
 * The templates by their first character. Templates that begin with a hole have the empty string as their key. The map speeds up the search, because a job can
 * have millions of messages.
 */
const TEMPLATES = new Map<string, Template[]>();
for (const template of MESSAGE_TEMPLATES.map(cutTemplate)) {
  const start = template.texts[0].charAt(0);
  TEMPLATES.set(start, [...TEMPLATES.get(start) ?? [], template]);
}

/** Returns the known message that fits a text. Returns undefined if none fits. The text must then not be shown. */
export function findMessage(text: string): Message | undefined {
  const plain = text.replace(HAPI_NUMBERS, '').trim();
  return findIn(TEMPLATES.get(plain.charAt(0)), plain) ?? findIn(TEMPLATES.get(''), plain);
}

/** Returns whether a text is a message that `findMessage` can return. Such a message has no values of the data in its holes. */
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
 * Returns the fillings of the holes, each as short as possible, or undefined if the text doesn't fit. The time is proportional to the length of the text,
 * which a regular expression would not guarantee.
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
