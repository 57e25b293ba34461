import { countOutcomes, type OutcomeCounts } from './figures';
import type { ListedJob } from './listing';
import { DAY_MS } from './windows';

/** Returns the milliseconds from the submission of a job to its end. Undefined if the job has not ended. */
export function durationOf({ submitted, ended }: ListedJob): number | undefined {
  return ended && Math.max(0, ended.getTime() - submitted.getTime());
}

/** Returns the fraction of its files that an import job has read, from 0 to 1. Undefined if HealthLake doesn't report the files. */
export function progressOf({ progress: { files, filesImported, filesFailed = 0 } = {} }: ListedJob): number | undefined {
  return files && filesImported !== undefined ? Math.min(1, (filesImported + filesFailed) / files) : undefined;
}

/** The number of jobs that ended on a day, by outcome. `day` is a date such as `2026-01-31`. */
export interface DayOutcomes {
  readonly day: string;
  readonly counts: OutcomeCounts;
}

/** Returns the outcomes of the jobs that ended on each of the last days, oldest day first. The day of `now` is the last one. */
export function outcomesByDay(jobs: readonly ListedJob[], now: number, days: number, utcOffsetMs: number): DayOutcomes[] {
  const dayOf = (time: number): number => Math.floor((time + utcOffsetMs) / DAY_MS);
  const today = dayOf(now);
  const byDay = Array.from({ length: days }, (): ListedJob[] => []);
  for (const job of jobs) {
    byDay[days - 1 - today + dayOf(job.ended?.getTime() ?? NaN)]?.push(job);
  }
  return byDay.map((ended, i) => ({ day: new Date((today - days + 1 + i) * DAY_MS).toISOString().slice(0, 10), counts: countOutcomes(ended) }));
}
