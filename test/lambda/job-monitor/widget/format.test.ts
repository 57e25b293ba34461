import { formatEnum, formatPercent, formatSpan, formatTime, toZone, UTC } from '../../../../lambda/job-monitor/widget/format';

const [SECOND, MINUTE, HOUR, DAY] = [1_000, 60_000, 3_600_000, 86_400_000];

test.each([
  [0, '0 s'], [999, '0 s'], [59 * SECOND, '59 s'], [MINUTE, '1 min'], [MINUTE + SECOND, '1 min 1 s'], [HOUR + SECOND, '1 h'],
  [HOUR - 1, '59 min 59 s'], [25 * HOUR, '1 d 1 h'], [400 * DAY, '400 d'],
])('%d ms are formatted as %s', (ms, text) => {
  expect(formatSpan(ms)).toBe(text);
});

test.each([[0, '0%'], [0.999, '99%'], [1, '100%']])('the fraction %d is formatted as %s', (fraction, text) => {
  expect(formatPercent(fraction)).toBe(text);
});

test('a status is formatted as words', () => {
  expect(formatEnum('COMPLETED_WITH_ERRORS')).toBe('Completed with errors');
});

test.each([
  ['+02:00', 'UTC+02:00', '2026-01-01 01:30'], ['-09:30', 'UTC-09:30', '2025-12-31 14:00'], ['+00:00', 'UTC', '2025-12-31 23:30'],
  ['+25:00', 'UTC', '2025-12-31 23:30'], ['<b>', 'UTC', '2025-12-31 23:30'], [undefined, 'UTC', '2025-12-31 23:30'],
])('a time is formatted in the zone with the offset %s', (offset, name, text) => {
  expect(toZone(offset).name).toBe(name);
  expect(formatTime(Date.UTC(2025, 11, 31, 23, 30), toZone(offset))).toBe(text);
});

test('a time is formatted with seconds', () => {
  expect(formatTime(Date.UTC(2025, 11, 31, 23, 30, 5), UTC, 'seconds')).toBe('2025-12-31 23:30:05');
});
