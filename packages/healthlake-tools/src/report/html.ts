import { STYLE } from './style';
import type { ReportView, Section, ViewTable } from './view';
import { count } from '../cli/text';

/** Returns a report as an HTML page that needs no other file. The page has no script, and its Content-Security-Policy forbids to load anything. */
export function reportHtml({ title, figures, facts, sections }: ReportView): string {
  const tiles = figures.map(({ name, value, isBad }) => `<li${isBad ? ' class="bad"' : ''}><b>${escapeHtml(count(value))}</b> ${escapeHtml(name)}</li>`);
  const rows = facts.filter(([, value]) => value !== undefined && value !== '').map(([name, value]) => `<dt>${escapeHtml(name)}</dt><dd>${escapeHtml(value!)}</dd>`);
  return `<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<meta name="viewport" content="width=device-width">
<meta name="color-scheme" content="light dark">
<title>${escapeHtml(title)}</title>
<style>${STYLE}</style>
</head>
<body>
<h1>${escapeHtml(title)}</h1>
<ul class="figures">${tiles.join('')}</ul>
<dl>${rows.join('\n')}</dl>
${sections.map(sectionHtml).join('\n')}
</body>
</html>
`;
}

function sectionHtml({ title, note, tables }: Section): string {
  const paragraph = note === undefined ? '' : `\n<p>${escapeHtml(note)}</p>`;
  return `<section>\n<h2>${escapeHtml(title)}</h2>${paragraph}\n${tables.map(tableHtml).join('\n')}\n</section>`;
}

function tableHtml({ columns, rows, rest }: ViewTable): string {
  const classes = columns.map((column) => column.startsWith('>') ? ' class="number"' : '');
  const head = columns.map((column, i) => `<th${classes[i]}>${escapeHtml(column.replace('>', ''))}</th>`).join('');
  const cell = (value: string | number | undefined, i: number): string => `<td${classes[i]}>${escapeHtml(typeof value === 'number' ? count(value) : value ?? '')}</td>`;
  const body = rows.map((row) => `<tr>${row.map(cell).join('')}</tr>`).join('\n');
  return `<table>\n<thead><tr>${head}</tr></thead>\n<tbody>\n${body}\n</tbody>\n</table>${rest === undefined ? '' : `\n<p>${escapeHtml(rest)}</p>`}`;
}

const ENTITIES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', '\'': '&#39;' };

function escapeHtml(text: string): string {
  return String(text).replace(/[&<>"']/g, (character) => ENTITIES[character]);
}
