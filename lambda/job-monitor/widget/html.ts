/** HTML whose parts are escaped. Only `html`, `json` and `styleOf` create it, so a text can't become markup. */
export class Html {
  public constructor(public readonly text: string) {}
}

/** A value in a template. A list of HTML is joined. `undefined` and `false` become nothing. */
type Value = Html | readonly Html[] | string | number | undefined | false;

const ENTITIES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', '\'': '&#39;' };

/** Escapes a text for the content of an element, or for the value of an attribute in quotes. */
export function escape(text: string): string {
  return text.replace(/[&<>"']/g, (character) => ENTITIES[character]);
}

/** Returns the HTML of a template. Escapes all values except HTML. Attributes in the template must have quotes. */
export function html(strings: TemplateStringsArray, ...values: readonly Value[]): Html {
  return new Html(String.raw({ raw: strings }, ...values.map(textOf)));
}

function textOf(value: Value): string {
  if (value === undefined || value === false) {
    return '';
  }
  if (Array.isArray(value)) {
    return value.map(textOf).join('');
  }
  return value instanceof Html ? value.text : escape(String(value));
}

/** Returns JSON that has the same value with and without HTML's entities decoded, because CloudWatch doesn't document which of the two it parses. */
export function json(value: unknown): Html {
  return new Html(JSON.stringify(value).replace(/[&<>]/g, (character) => `\\u00${character.charCodeAt(0).toString(16)}`));
}
