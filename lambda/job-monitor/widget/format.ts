const [MINUTE_MS, HOUR_MS] = [60_000, 3_600_000];
const UNITS = [['d', 24 * HOUR_MS], ['h', HOUR_MS], ['min', MINUTE_MS], ['s', 1_000]] as const;

/** Formats milliseconds with at most two units, such as `2 h 5 min`. */
export function formatSpan(ms: number): string {
  let rest = ms;
  const parts = UNITS.map(([unit, size]) => {
    const amount = Math.floor(rest / size);
    rest -= amount * size;
    return { amount, text: `${amount} ${unit}` };
  });
  const first = parts.findIndex(({ amount }) => amount > 0);
  return first === -1 ? '0 s' : parts.slice(first, first + 2).filter(({ amount }) => amount > 0).map(({ text }) => text).join(' ');
}

/** Formats a number with thousands separators, the same in all locales. */
export function formatCount(count: number): string {
  return count.toLocaleString('en-US');
}

/** Formats a fraction as a percentage without decimals. Only a fraction of 1 is 100%. */
export function formatPercent(fraction: number): string {
  return `${Math.floor(fraction * 100)}%`;
}

/** Formats a value of an enumeration of AWS as words, such as `Completed with errors`. */
export function formatEnum(value: string): string {
  return value.slice(0, 1) + value.slice(1).toLowerCase().replace(/_/g, ' ');
}

/** The time zone in which a dashboard shows times. */
export interface Zone {
  /** Such as `UTC` or `UTC+02:00`. */
  readonly name: string;
  readonly offsetMs: number;
}

export const UTC: Zone = { name: 'UTC', offsetMs: 0 };

/** Returns the zone of an offset such as `+02:00`. Returns UTC if the text is no offset. */
export function toZone(offset: unknown): Zone {
  const [, sign, hours, minutes] = /^([+-])([01]\d):([0-5]\d)$/.exec(String(offset)) ?? [];
  const offsetMs = sign === undefined ? 0 : (Number(hours) * HOUR_MS + Number(minutes) * MINUTE_MS) * (sign === '-' ? -1 : 1);
  return offsetMs === 0 ? UTC : { name: `UTC${offset}`, offsetMs };
}

/** Formats a time as date and time in a zone, such as `2026-01-31 09:30`. */
export function formatTime(time: number, { offsetMs }: Zone, unit: 'minutes' | 'seconds' = 'minutes'): string {
  return new Date(time + offsetMs).toISOString().slice(0, unit === 'minutes' ? 16 : 19).replace('T', ' ');
}
