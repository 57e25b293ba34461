import type { Sightings } from './observations';
import type { UnverifiedLine } from './unverified';

/** What was seen, a line for each line of the document. */
export function reportOf(lines: readonly UnverifiedLine[], sightings: Sightings): string {
  const rows = lines.map(({ id, assumption }) => {
    const { kind, saw } = sightings.of(id);
    return `${id.padEnd(4)}${plain(assumption)}\n    ${kind}: ${saw}`;
  });
  const count = (kind: string) => lines.filter(({ id }) => sightings.of(id).kind === kind).length;
  return [...rows, `${count('confirmed')} confirmed, ${count('otherwise')} otherwise, ${count('not observed')} not observed`].join('\n');
}

function plain(markdown: string): string {
  return markdown.replace(/`/g, '').trim();
}
