import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { LINE, type LineId } from './lines';

/** One line of docs/unverified.md. */
export interface UnverifiedLine {
  readonly id: LineId;
  readonly assumption: string;
}

const DOCUMENT = join(__dirname, '..', '..', 'docs', 'unverified.md');

/** The lines of the document; throws if they are not the ones that this script knows. */
export async function readUnverified(): Promise<UnverifiedLine[]> {
  const rows = [...(await readFile(DOCUMENT, 'utf8')).matchAll(/^\| (U\d+) \| ([^|]+) \|/gm)];
  const known = new Set<string>(Object.values(LINE));
  const documented = rows.map(([, id]) => id);
  const differing = [...documented.filter((id) => !known.has(id)), ...[...known].filter((id) => !documented.includes(id))];
  if (differing.length > 0 || new Set(documented).size < documented.length) {
    throw new Error(`docs/unverified.md and scripts/integ-aws/lines.ts have different lines, look at ${differing.join(', ') || 'a repeated id'}`);
  }
  return rows.map(([, id, assumption]) => ({ id: id as LineId, assumption }));
}
