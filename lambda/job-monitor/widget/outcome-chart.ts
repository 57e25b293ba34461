import type { StoreJob, WidgetContent } from './content';
import { formatCount } from './format';
import { html, type Html } from './html';
import { MAX_DAY_PX } from './style';
import { JOB_OUTCOMES, type JobOutcome, type OutcomeCounts } from '../figures';
import { type DayOutcomes, outcomesByDay } from '../summary';

const OUTCOME_LABELS: Readonly<Record<JobOutcome, string>> = {
  completed: 'Completed', completedWithErrors: 'Completed with errors', failed: 'Failed', cancelled: 'Cancelled',
};

/** Up to this number of days, each day has a number above its bar and a date below. */
const MAX_SINGLE_DAYS = 15;

/** The number of dates below the bars of more days. */
const DATES = 8;

/** Returns a bar for each day of the look-back. A bar shows how many jobs ended on the day, by outcome. */
export function outcomeChart(jobs: readonly StoreJob[], { params, view, now }: WidgetContent): Html {
  const days = outcomesByDay(jobs, now, params.lookBackDays, view.zone.offsetMs);
  const highest = Math.max(...days.map(({ counts }) => totalOf(counts)));
  if (highest === 0) {
    return html`<h3>Ended per day</h3><div class="muted">No job has ended.</div>`;
  }
  const step = days.length > MAX_SINGLE_DAYS ? Math.ceil(days.length / DATES) : 1;
  const numberOf = (outcome: JobOutcome): number => days.reduce((sum, { counts }) => sum + counts[outcome], 0);
  return html`<h3>Ended per day</h3>
<div class="days">${days.map((day) => dayBar(day, highest, step === 1))}</div>
<div class="dates">${days.filter((_day, i) => i % step === 0).map(({ day }, i) => dateLabel(day, i === 0, Math.min(step, days.length - i * step)))}</div>
<div class="row">${JOB_OUTCOMES.map((outcome) => html`<span class="fixed"><span class="key fill-${outcome}"></span>${OUTCOME_LABELS[outcome]}
 ${formatCount(numberOf(outcome))}</span>`)}</div>`;
}

function dayBar({ day, counts }: DayOutcomes, highest: number, hasNumber: boolean): Html {
  const total = totalOf(counts);
  const shown = [...JOB_OUTCOMES].reverse().filter((outcome) => counts[outcome] > 0);
  const title = [day, ...shown.map((outcome) => `${OUTCOME_LABELS[outcome]}: ${counts[outcome]}`)].join('\n');
  return html`<div title="${title}">${hasNumber && total > 0 && html`<span>${formatCount(total)}</span>`}
${shown.map((outcome) => html`<div class="fill-${outcome}" style="height:${(75 * counts[outcome] / highest).toFixed(2)}%"></div>`)}</div>`;
}

/** Returns the date below the first of some days. Leaves out the month where it is clear. */
function dateLabel(day: string, isFirst: boolean, days: number): Html {
  const [, month, date] = day.split('-');
  const style = `flex:${days} 1 0;max-width:${days * MAX_DAY_PX}px;text-align:${days > 1 ? 'left' : 'center'}`;
  return html`<div style="${style}">${(isFirst || days > 1 || date === '01') && `${month}-`}${date}</div>`;
}

function totalOf(counts: OutcomeCounts): number {
  return JOB_OUTCOMES.reduce((sum, outcome) => sum + counts[outcome], 0);
}
