import { pageButton, type StoreJob, type WidgetContent } from './content';
import { formatCount, formatSpan, formatTime } from './format';
import { html, type Html } from './html';
import { jobTable } from './job-table';
import { openJobs } from './open-jobs';
import { outcomeChart } from './outcome-chart';
import { styleOf } from './style';
import { ageOf, type JobState, stateOf } from '../figures';
import { countOutcomes } from '../figures';
import { DAY_MS } from '../windows';


/** Returns the HTML of the widget. */
export function pageOf(content: WidgetContent): string {
  const { listings, view } = content;
  const jobs = listings.flatMap((listing) => 'jobs' in listing ? listing.jobs : []);
  const problems = listings.flatMap((listing) => 'problem' in listing ? [listing] : []);
  // If no data store was listed, nothing is known of any job, and zeros would be wrong.
  const body = problems.length < listings.length && html`<div class="columns"><div>${openJobs(jobs, content)}</div><div>${outcomeChart(jobs, content)}</div></div>
${jobTable(jobs, content)}`;
  return html`<div class="fhir-jobs${view.isNarrow ? ' narrow' : ''}">${styleOf(view)}
<div class="row">${body && figures(jobs, content.now)}<span class="end"><span class="muted fixed">${formatTime(content.now, view.zone, 'seconds')} ${view.zone.name}</span>
${pageButton('Refresh', content, content.params.page)}</span></div>
${problems.map(({ datastoreId, problem }) => html`<div class="problem">The jobs of the data store <span class="id">${datastoreId}</span>
are missing here, because they can't be listed: ${problem}</div>`)}
${body}</div>`.text;
}

/** Returns the HTML of a widget that shows an error instead of jobs. */
export function errorPage(problem: string, content: Pick<WidgetContent, 'view'>): string {
  return html`<div class="fhir-jobs">${styleOf(content.view)}<div class="problem">No jobs can be shown: ${problem}</div></div>`.text;
}

function figures(jobs: readonly StoreJob[], now: number): Html {
  const of = (wanted: JobState): readonly StoreJob[] => jobs.filter((job) => stateOf(job) === wanted);
  const { completed, completedWithErrors, failed } = countOutcomes(jobs.filter(({ ended }) => ended && now - ended.getTime() < DAY_MS));
  return html`${figure(of('running').length, 'running', oldest(of('running'), now))}${figure(of('queued').length, 'queued', oldest(of('queued'), now))}
<span class="row"><span class="muted">last 24 h:</span>${figure(failed, 'failed', '', 'failed')}
${figure(completedWithErrors, 'with errors', '', 'completedWithErrors')}${figure(completed, 'completed')}</span>`;
}

function oldest(jobs: readonly StoreJob[], now: number): string {
  return jobs.length === 0 ? '' : `oldest ${formatSpan(Math.max(...jobs.map((job) => ageOf(job, now))))}`;
}

/** @param alert the class of the number if it is not 0 */
function figure(value: number, label: string, note = '', alert = ''): Html {
  return html`<span><span class="number ${value > 0 && alert}">${formatCount(value)}</span> ${label} <span class="muted">${note}</span></span>`;
}
