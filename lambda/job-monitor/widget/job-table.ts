import { pageButton, type StoreJob, type WidgetContent } from './content';
import { jobLink } from './details';
import { formatCount, formatEnum, formatSpan, formatTime } from './format';
import { html, type Html } from './html';
import { stateOf } from '../figures';
import { durationOf } from '../summary';

/** The number of jobs on a page of the table. */
export const PAGE_SIZE = 50;

/** The number of characters of an id that the column of the data stores shows. */
const SHORT_ID = 8;

/** Returns a page of the jobs, newest first, with buttons to the pages before and after it. */
export function jobTable(jobs: readonly StoreJob[], content: WidgetContent): Html {
  const { params, view } = content;
  const newestFirst = [...jobs].sort((a, b) => b.submitted.getTime() - a.submitted.getTime());
  const lastPage = Math.max(0, Math.ceil(jobs.length / PAGE_SIZE) - 1);
  const page = Math.min(params.page, lastPage);
  const shown = newestFirst.slice(page * PAGE_SIZE, (page + 1) * PAGE_SIZE);
  if (shown.length === 0) {
    return html`<h3>Jobs</h3><div class="muted">No job was submitted in the last ${params.lookBackDays} days.</div>`;
  }
  const hasStore = params.datastoreIds.length > 1;
  return html`<div class="row"><h3>Jobs</h3><span class="muted">${formatCount(page * PAGE_SIZE + 1)} to ${formatCount(page * PAGE_SIZE + shown.length)}
of ${formatCount(jobs.length)} in the last ${params.lookBackDays} days</span>
<span class="end">${page > 0 && pageButton('Newer', content, page - 1)}${page < lastPage && pageButton('Older', content, page + 1)}</span></div>
<div class="scroll"><table><thead><tr><th class="wide">Kind</th><th>Name</th><th>Status</th><th>Submitted (${view.zone.name})</th><th class="wide">Duration</th>
<th class="count" title="Resources imported">Imported</th><th class="count" title="Resources that failed">Failed</th>${hasStore && html`<th class="wide">Data store</th>`}</tr></thead>
<tbody>${shown.map((job) => row(job, content, hasStore))}</tbody></table></div>`;
}

function row(job: StoreJob, { view }: WidgetContent, hasStore: boolean): Html {
  const { kind, status, submitted, progress: { imported, failed } = {}, datastoreId } = job;
  const duration = durationOf(job);
  const state = stateOf(job);
  return html`<tr><td class="wide muted fixed">${formatEnum(kind)}</td><td class="name">${jobLink(job, view.zone)}</td>
<td class="fixed"><span class="key fill-${state}"></span><span class="${state}">${formatEnum(status)}</span></td>
<td class="fixed">${formatTime(submitted.getTime(), view.zone)}</td><td class="wide fixed">${duration === undefined ? '' : formatSpan(duration)}</td>
<td class="count">${imported === undefined ? '' : formatCount(imported)}</td>
<td class="count${failed ? ' failed' : ''}">${failed === undefined ? '' : formatCount(failed)}</td>
${hasStore && html`<td class="wide id"><span title="${datastoreId}">${datastoreId.slice(0, SHORT_ID)}</span></td>`}</tr>`;
}
