import type { StoreJob, WidgetContent } from './content';
import { jobLink } from './details';
import { formatCount, formatEnum, formatPercent, formatSpan } from './format';
import { html, type Html } from './html';
import { ageOf, stateOf } from '../figures';
import { progressOf } from '../summary';

/** The maximum number of jobs in each of the two lists. */
const MAX_SHOWN = 10;

/** Returns the jobs that run and the jobs that are queued, oldest first. */
export function openJobs(jobs: readonly StoreJob[], content: WidgetContent): Html {
  const oldestFirst = [...jobs].sort((a, b) => a.submitted.getTime() - b.submitted.getTime());
  const running = oldestFirst.filter((job) => stateOf(job) === 'running');
  const queued = oldestFirst.filter((job) => stateOf(job) === 'queued');
  return html`<h3>Running</h3>
${list(running, 'No job is running.', (job) => runningJob(job, content))}
<h3>Queued</h3>
${list(queued, 'No job is queued.', (job) => html`<div class="job">${title(job, content)}</div>`)}`;
}

function list(jobs: readonly StoreJob[], empty: string, render: (job: StoreJob) => Html): Html {
  const more = jobs.length - MAX_SHOWN;
  return html`${jobs.length === 0 && html`<div class="muted">${empty}</div>`}${jobs.slice(0, MAX_SHOWN).map(render)}
${more > 0 && html`<div class="muted">and ${formatCount(more)} more, which were submitted later</div>`}`;
}

function title(job: StoreJob, { view, now }: WidgetContent): Html {
  return html`<span class="muted">${formatEnum(job.kind)}</span><span class="name">${jobLink(job, view.zone)}</span>
<span class="muted fixed">submitted ${formatSpan(ageOf(job, now))} ago</span>`;
}

function runningJob(job: StoreJob, content: WidgetContent): Html {
  const progress = progressOf(job);
  const bar = progress !== undefined && html`<div class="bar"><div class="fill-running" style="width:${formatPercent(progress)}"></div></div>`;
  return html`<div class="job">${title(job, content)}
${job.status !== 'IN_PROGRESS' && html`<span class="running">${formatEnum(job.status)}</span>`}${bar}<span class="muted">${progressText(job, progress)}</span></div>`;
}

function progressText({ kind, progress }: StoreJob, fraction: number | undefined): Html | string {
  if (!progress) {
    return kind === 'EXPORT' ? 'HealthLake reports no progress of exports' : 'no progress is known yet';
  }
  const { files, filesImported, imported, failed } = progress;
  const parts = [
    fraction !== undefined && html`${formatPercent(fraction)} of files (${formatCount(filesImported!)} of ${formatCount(files!)})`,
    imported !== undefined && html`${formatCount(imported)} resources imported`,
    failed !== undefined && failed > 0 && html`<span class="failed">${formatCount(failed)} failed</span>`,
  ].filter((part) => part !== false);
  return html`${parts.map((part, i) => html`${i > 0 && ' · '}${part}`)}`;
}
