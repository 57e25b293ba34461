import type { ReportView, ViewTable } from './view';
import { type Colors, count, fields, table } from '../cli/text';

/** The maximum number of rows of a table on the terminal. The HTML page has all rows. */
const MAX_ROWS = 20;

/** Returns a report as text. */
export function reportText({ title, figures, facts, sections }: ReportView, colors: Colors): string {
  const numbers = figures.map(({ name, value, isBad }) => `${(isBad ? colors.red : colors.bold)(count(value))} ${name}`).join(', ');
  const head = `${colors.bold(title)}\n${numbers}\n\n${fields(facts, colors)}`;
  return head + sections.map((section) => {
    const parts = [...section.note === undefined ? [] : [`${section.note}\n`], ...section.tables.map((one) => tableText(one, colors))];
    return `\n${colors.bold(section.title)}\n${parts.join('\n')}`;
  }).join('');
}

function tableText({ columns, rows, rest }: ViewTable, colors: Colors): string {
  const hidden = rows.length > MAX_ROWS ? `and ${count(rows.length - MAX_ROWS)} more, which --html shows\n` : '';
  return table(columns, rows.slice(0, MAX_ROWS), colors) + hidden + (rest === undefined ? '' : `${rest}\n`);
}
