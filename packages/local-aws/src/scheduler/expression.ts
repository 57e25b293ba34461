const MINUTE_MS = 60_000;
const UNIT_MS: Readonly<Record<string, number>> = { minute: MINUTE_MS, hour: 60 * MINUTE_MS, day: 24 * 60 * MINUTE_MS };

/** Returns the first time of a schedule after a time. Both times are in milliseconds since the epoch. */
export type NextTime = (after: number) => number;

/**
 * Reads a schedule expression. Emulates `rate(...)`, and `cron(...)` in UTC whose minute and hour are `*`, a number, a list or `start/step`.
 * Throws if any other part of a cron expression is restricted.
 *
 * @param start the time when the schedule was created or changed; a rate counts from it
 */
export function nextTime(expression: string, start: number): NextTime {
  const [, value, unit] = /^rate\((\d+) (minute|hour|day)s?\)$/.exec(expression) ?? [];
  if (unit && Number(value) > 0) {
    const interval = Number(value) * UNIT_MS[unit];
    return (after) => after < start ? start : start + (Math.floor((after - start) / interval) + 1) * interval;
  }
  const [, minutes, hours] = /^cron\((\S+) (\S+) [*?] \* [*?] \*\)$/.exec(expression) ?? [];
  if (!hours) {
    throw new Error(`schedule expression ${expression} isn't emulated, give rate(...), or cron(...) with minutes and hours only`);
  }
  const isDue = { minute: field(minutes, 60, expression), hour: field(hours, 24, expression) };
  return (after) => {
    let time = (Math.floor(after / MINUTE_MS) + 1) * MINUTE_MS;
    while (!isDue.minute(new Date(time).getUTCMinutes()) || !isDue.hour(new Date(time).getUTCHours())) {
      time += MINUTE_MS;
    }
    return time;
  };
}

/** Reads the minutes or the hours of a cron expression. */
function field(text: string, limit: number, expression: string): (value: number) => boolean {
  const values = text.split(',').flatMap((part) => {
    const [, start, step] = /^(\*|\d+)(?:\/([1-9]\d*))?$/.exec(part) ?? [];
    const first = start === '*' ? 0 : Number(start);
    if (!(first < limit)) {
      throw new Error(`${text} in schedule expression ${expression} isn't emulated, give *, numbers below ${limit}, or start/step`);
    }
    const isRange = start === '*' || step !== undefined;
    return Array.from({ length: isRange ? Math.ceil((limit - first) / Number(step ?? 1)) : 1 }, (_, n) => first + n * Number(step ?? 1));
  });
  return (value) => values.includes(value);
}
