import { hex, pollsAt, noticeDelayOf, pseudoRandom, type SimulatedImport } from './simulation';
import { isWorthWaiting, type NextPoll, untilNextPoll } from '../../../lambda/import/polling';

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const REQUESTED_AT = Date.UTC(2026, 0, 15, 12);
const next = (changes: Partial<NextPoll> = {}): NextPoll => ({ jobId: 'f'.repeat(26) + '000000', requestedAt: REQUESTED_AT, now: REQUESTED_AT, ...changes });

describe('the polling interval', () => {
  test.each<[string, number, Partial<NextPoll>]>([
    ['a job before the first poll', 60, {}],
    ['a queued job', 60, { status: 'QUEUED' }],
    ['a job with an unknown status', 60, { status: 'PAUSED' }],
    ['a running job', 5, { status: 'IN_PROGRESS' }],
    ['a running job, after just under 10 minutes', 5, { status: 'IN_PROGRESS', now: REQUESTED_AT + 595 * SECOND }],
    ['a running job, after 10 minutes', 30, { status: 'IN_PROGRESS', now: REQUESTED_AT + 600 * SECOND }],
    ['a running job, after an earlier Wait resource', 30, { status: 'IN_PROGRESS', isContinued: true }],
    ['a queued job, after an earlier Wait resource', 60, { status: 'QUEUED', isContinued: true }],
    ['a job before the first poll, after 10 minutes', 60, { now: REQUESTED_AT + 600 * SECOND }],
  ])('for %s is %i seconds', (_what, seconds, changes) => {
    expect(untilNextPoll(next(changes))).toBe(seconds * SECOND);
    expect(untilNextPoll(next({ ...changes, now: (changes.now ?? REQUESTED_AT) + 1 }))).toBe(seconds * SECOND - 1);
  });

  test('is shifted by up to 45 s before the first poll, depending on the job id', () => {
    expect(untilNextPoll(next({ jobId: `${'f'.repeat(26)}000fa0` }))).toBe(4 * SECOND);
    expect(untilNextPoll(next({ jobId: `${'f'.repeat(26)}00afc7` }))).toBe(44_999);
    expect(untilNextPoll(next({ jobId: `${'f'.repeat(26)}00afc9` }))).toBe(1);
  });

  test('is between 0 and 60 s for any job id', () => {
    for (const jobId of ['UNKNOWN', '', 'x', 'zzzzzz', 'ffffff']) {
      expect(untilNextPoll(next({ jobId }))).toBeGreaterThan(0);
      expect(untilNextPoll(next({ jobId }))).toBeLessThanOrEqual(MINUTE);
    }
  });

  test('spreads the first polls of many jobs evenly', () => {
    const random = pseudoRandom(1);
    const bySecond = Array<number>(45).fill(0);
    for (let i = 0; i < 4500; i++) {
      bySecond[Math.floor(untilNextPoll(next({ jobId: hex(random, 32) })) / SECOND)]++;
    }
    expect(Math.min(...bySecond)).toBeGreaterThan(65);
    expect(Math.max(...bySecond)).toBeLessThan(135);
  });
});

describe('an invocation', () => {
  test.each<[string, number, Partial<NextPoll>, boolean]>([
    ['waits up to 15 s for its first poll', 15_000, {}, true],
    ['leaves a later first poll to another invocation', 15_001, {}, false],
    ['polls a running job for 45 s', 5_000, { status: 'IN_PROGRESS', firstPollAt: REQUESTED_AT, now: REQUESTED_AT + 40_000 }, true],
    ['does not poll a running job for longer', 5_000, { status: 'IN_PROGRESS', firstPollAt: REQUESTED_AT, now: REQUESTED_AT + 40_001 }, false],
    ['polls a long-running job twice', 30_000, { status: 'IN_PROGRESS', firstPollAt: REQUESTED_AT, now: REQUESTED_AT + 200 }, true],
    ['polls a queued job once', 60_000, { status: 'QUEUED', firstPollAt: REQUESTED_AT }, false],
  ])('polls or ends as expected: %s', (_what, delay, changes, expected) => {
    expect(isWorthWaiting(delay, next(changes))).toBe(expected);
  });
});

describe('polling, simulated with the framework\'s query interval of 10 s,', () => {
  const random = pseudoRandom(1815);
  const latency = () => random() * SECOND;
  const between = (least: number, most: number) => least + random() * (most - least);
  const jobOf = (duration: number): SimulatedImport => {
    const requestedAt = REQUESTED_AT + between(0, MINUTE);
    return { jobId: hex(random, 32), requestedAt, startsAt: requestedAt + between(0, 5 * SECOND), endsAt: requestedAt + duration };
  };
  const sorted = (numbers: number[]) => numbers.sort((a, b) => a - b);
  const median = (numbers: number[]) => sorted(numbers)[Math.floor(numbers.length / 2)];

  test.each([[20, 600], [60, 90], [60, 180]])('notices the end of a job of %i to %i s with a median delay of less than 5 s', (least, most) => {
    const delays = Array.from({ length: 600 }, () => noticeDelayOf(jobOf(between(least * SECOND, most * SECOND)), latency));
    expect(median(delays)).toBeLessThan(5 * SECOND);
    expect(median(delays)).toBeGreaterThan(0);
  });

  test('notices the end of a job of 10 to 50 minutes within about 30 s', () => {
    const delays = Array.from({ length: 600 }, () => noticeDelayOf(jobOf(between(10 * MINUTE, 50 * MINUTE)), latency));
    expect(Math.max(...delays)).toBeLessThanOrEqual(31 * SECOND);
  });

  test('after an earlier Wait resource, notices the end of a job within about a minute, and at once if the job has already ended', () => {
    const continued = (duration: number) => noticeDelayOf({ ...jobOf(duration), isContinued: true }, latency);
    const delays = Array.from({ length: 600 }, () => continued(between(0, 50 * MINUTE)));
    expect(Math.max(...delays)).toBeLessThanOrEqual(MINUTE + 2 * SECOND);
    expect(median(delays)).toBeLessThan(20 * SECOND);
    expect(Array.from({ length: 50 }, () => continued(0))).toEqual(Array(50).fill(0));
  });

  test('notices the end within about a minute if the job ended before the CloudFormation event, or was queued until 20 s before its end', () => {
    const queued = () => {
      const simulated = jobOf(30 * MINUTE);
      return { ...simulated, startsAt: simulated.endsAt - 20 * SECOND };
    };
    const delays = Array.from({ length: 200 }, () => [noticeDelayOf(jobOf(0), latency), noticeDelayOf(queued(), latency)]).flat();
    expect(Math.max(...delays)).toBeLessThan(62 * SECOND);
  });

  test.each([
    ['1-minute', 2, 11, MINUTE],
    ['50-minute', 165, 185, 50 * MINUTE - 20 * SECOND],
  ])('of a %s job takes %i to %i DescribeFHIRImportJob calls', (_what, least, most, duration) => {
    const calls = Array.from({ length: 300 }, () => pollsAt(jobOf(duration), Infinity, latency).length);
    expect(Math.min(...calls)).toBeGreaterThanOrEqual(least);
    expect(Math.max(...calls)).toBeLessThanOrEqual(most);
  });

  describe('100 imports in 4 data stores, each of which runs one import at a time,', () => {
    /** Returns, for each poll, the number of polls in the second before it, including the poll itself. */
    const windowsOf = (seed: number, together: number): number[] => {
      const draw = pseudoRandom(seed);
      const calls = sorted(Array.from({ length: 100 }, (_, index) => {
        const startsAt = REQUESTED_AT + Math.floor(index / 4) * 144 * SECOND;
        const simulated = { jobId: hex(draw, 32), requestedAt: REQUESTED_AT + draw() * together, startsAt, endsAt: startsAt + 144 * SECOND };
        return pollsAt(simulated, REQUESTED_AT + 60 * MINUTE, () => draw() * SECOND);
      }).flat());
      let first = 0;
      return calls.map((call, index) => {
        while (calls[first] <= call - SECOND) {
          first++;
        }
        return index - first + 1;
      });
    };

    // The times of the polls depend on random job ids, so the test runs 20 simulations and checks the distribution.
    test.each([1, 30])('rarely make more than 10 polls in a second, and about 2 on average, if all are requested within %i s', (together) => {
      const draws = Array.from({ length: 20 }, (_, seed) => windowsOf(seed + 1, together * SECOND));
      const peaks = sorted(draws.map((windows) => Math.max(...windows)));
      expect(peaks[10]).toBeLessThan(10);
      expect(peaks[17]).toBeLessThanOrEqual(10);
      const windows = draws.flat();
      expect(windows.filter((calls) => calls > 10).length / windows.length).toBeLessThan(0.0005);
      expect(windows.length / 20 / 3600).toBeLessThan(2.5);
    });
  });
});
