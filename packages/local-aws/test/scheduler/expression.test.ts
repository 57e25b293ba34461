import { nextTime } from '../../src/scheduler/expression';

const START = Date.parse('2026-03-01T10:07:30Z');

/** Returns the first three times after START. */
function times(expression: string): string[] {
  const next = nextTime(expression, START);
  const first = next(START);
  return [first, next(first), next(next(first))].map((time) => new Date(time).toISOString().slice(8, 19));
}

test.each([
  ['rate(1 minute)', '01T10:08:30', '01T10:09:30', '01T10:10:30'],
  ['rate(2 hours)', '01T12:07:30', '01T14:07:30', '01T16:07:30'],
  ['cron(* * * * ? *)', '01T10:08:00', '01T10:09:00', '01T10:10:00'],
  ['cron(0/5 * * * ? *)', '01T10:10:00', '01T10:15:00', '01T10:20:00'],
  ['cron(*/20 * ? * * *)', '01T10:20:00', '01T10:40:00', '01T11:00:00'],
  ['cron(0,30 0/12 * * ? *)', '01T12:00:00', '01T12:30:00', '02T00:00:00'],
])('%s is due at whole multiples of its interval', (expression, ...expected) => {
  expect(times(expression)).toEqual(expected);
});

test('a rate is due at once', () => {
  expect(nextTime('rate(5 minutes)', START)(START - 1)).toBe(START);
});

test.each(['rate(0 minutes)', 'rate(5 weeks)', 'at(2026-03-01T10:00:00)', 'cron(60 * * * ? *)', 'cron(0 8 ? * MON *)', 'cron(0/0 * * * ? *)', 'cron(0 L * * ? *)'])(
  '%s is rejected', (expression) => {
    expect(() => nextTime(expression, START)).toThrow(/isn't emulated, give/);
  });
