import { type Colors, count, printable } from './text';

/** A place in a file. */
export interface ShownPlace {
  readonly file: string;
  readonly line?: number;
  /** The number of the entry in a Bundle, or of the element in an array. */
  readonly entry?: number;
}

/** One of the first findings of a problem or change. Its value may be patient data. */
export interface ShownFinding {
  readonly place: ShownPlace;
  readonly other?: ShownPlace;
  /** The path of an element of the resource, without values. */
  readonly location?: string;
  readonly value?: string;
}

/** The findings of one problem or change. */
export interface ShownFindings {
  readonly code: string;
  readonly severity: string;
  readonly text: string;
  readonly remedy?: string;
  readonly count: number;
  readonly first: readonly ShownFinding[];
}

const COLORS: Readonly<Record<string, 'red' | 'yellow' | 'cyan'>> = { rejected: 'red', error: 'red', warning: 'yellow' };

/** Returns the findings of a problem or change as text, with the first places. */
export function findingsText({ code, severity, text, remedy, count: found, first }: ShownFindings, showValues: boolean, colors: Colors): string {
  const head = `${colors[COLORS[severity] ?? 'cyan'](severity)}  ${count(found)} × ${code}: ${text}${remedy === undefined ? '' : `; ${remedy}`}\n`;
  const places = first.map(({ place, other, location, value }) => {
    const shown = showValues && value !== undefined ? `  ${printable(value)}` : '';
    return `  ${placeText(place)}${other === undefined ? '' : ` and ${placeText(other)}`}${location === undefined ? '' : `  ${printable(location)}`}${shown}\n`;
  });
  return head + places.join('') + (found > first.length && first.length > 0 ? `  and ${count(found - first.length)} more\n` : '');
}

/** Returns the findings of a problem or change as the JSON document shows them. */
export function findingsDocument(findings: ShownFindings & { readonly files: number }, showValues: boolean): object {
  const { code, severity, text, remedy, count: found, files, first } = findings;
  const shown = first.map(({ place, other, location, value }) => ({
    ...place, ...(other && { other }), ...(location !== undefined && { location }), ...(showValues && value !== undefined && { value }),
  }));
  return { code, severity, text, ...(remedy !== undefined && { remedy }), count: found, files, first: shown };
}

function placeText({ file, line, entry }: ShownPlace): string {
  return printable(`${line === undefined ? file : `${file}:${line}`}${entry === undefined ? '' : ` entry ${entry}`}`);
}
