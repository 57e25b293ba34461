import { type Circumstances, hex, noticeDelayOf, pollsAt, pseudoRandom, type SimulatedImport } from './simulation';
import { firstOffset, isDue, nextPollAt, type PolledJob } from '../../../lambda/jobs/polling';
import type { LastPoll } from '../../../lambda/jobs/waiter-memory';

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const REQUESTED_AT = Date.UTC(2026, 0, 15, 12);

/** Returns a job that is polled at full minutes until it is known to be in progress. */
const jobOf = (changes: Partial<PolledJob> = {}): PolledJob => ({
  jobId: hexOf(0),
  requestedAt: REQUESTED_AT,
  deliveredAt: REQUESTED_AT,
  deadline: REQUESTED_AT + 50 * MINUTE,
  isContinued: false,
  ...changes,
});
const hexOf = (offset: number) => `${'f'.repeat(26)}${offset.toString(16).padStart(6, '0')}`;
const after = (ms: number) => REQUESTED_AT + ms;
const seen = (status: string | undefined, at: number): LastPoll => ({ status, at });

describe('a poll', () => {
  test.each<[string, number, LastPoll | undefined, Partial<PolledJob>, boolean]>([
    ['of a new job is not due at once', 1, undefined, {}, false],
    ['of a new job is due at the time that its job id determines', MINUTE, undefined, {}, true],
    ['of a job without an earlier poll is due in the 25 s after the time that its job id determines', MINUTE + 24_999, undefined, {}, true],
    ['of a job without an earlier poll is not due 25 s after the time that its job id determines', MINUTE + 25_000, undefined, {}, false],
    ['of a queued job is not due twice in one minute', MINUTE + 20_000, seen('QUEUED', after(MINUTE)), {}, false],
    ['of a queued job is due every minute in the first two minutes', MINUTE, seen('QUEUED', after(SECOND)), {}, true],
    ['of a queued job is not due every minute after the first two minutes', 3 * MINUTE, seen('QUEUED', after(2 * MINUTE)), {}, false],
    ['of a queued job is due every two minutes after the first two minutes', 4 * MINUTE, seen('QUEUED', after(2 * MINUTE)), {}, true],
    ['of a job with an unknown status is due as seldom as a poll of a queued job', 3 * MINUTE, seen('PAUSED', after(2 * MINUTE)), {}, false],
    ['of a running job is due 24 s after the last poll', 10 * MINUTE, seen('IN_PROGRESS', after(10 * MINUTE - 24_000)), {}, true],
    ['of a running job is not due less than 24 s after the last poll', 10 * MINUTE, seen('IN_PROGRESS', after(10 * MINUTE - 23_999)), {}, false],
    ['after an earlier Wait resource is due at once', 1, undefined, { isContinued: true }, true],
    ['after an earlier Wait resource is not due again 10 s later', 10 * SECOND, seen('QUEUED', after(1)), { isContinued: true }, false],
    ['after an earlier Wait resource is not due every minute', MINUTE, seen('QUEUED', after(1)), { isContinued: true }, false],
    ['is not due at the deadline if the job id determines a later last poll', 50 * MINUTE, seen('IN_PROGRESS', after(50 * MINUTE - 1)), { jobId: hexOf(49_000) }, false],
    ['is due up to 50 s after the deadline', 50 * MINUTE + 49_000, seen('IN_PROGRESS', after(50 * MINUTE + 48_000)), { jobId: hexOf(49_000) }, true],
  ])('%s', (_what, ms, last, changes, expected) => {
    expect(isDue(jobOf(changes), last, after(ms))).toBe(expected);
  });
});

describe('an invocation', () => {
  test.each<[string, string | undefined, number, Partial<PolledJob>, number | undefined]>([
    ['polls a running job every 5 s', 'IN_PROGRESS', 0, {}, 5 * SECOND],
    ['polls a running job for a minute', 'IN_PROGRESS', 55 * SECOND, {}, MINUTE],
    ['does not poll a running job for longer', 'IN_PROGRESS', 55_001, {}, undefined],
    ['polls a queued job once', 'QUEUED', 0, {}, undefined],
    ['polls once if the job could not be described', undefined, 0, {}, undefined],
    ['polls a running job once after 10 minutes', 'IN_PROGRESS', 0, { requestedAt: after(-10 * MINUTE) }, undefined],
    ['polls a running job once after an earlier Wait resource', 'IN_PROGRESS', 0, { isContinued: true }, undefined],
    ['polls a running job once after the deadline', 'IN_PROGRESS', 0, { deadline: REQUESTED_AT }, undefined],
  ])('%s', (_what, status, ms, changes, expected) => {
    const next = nextPollAt(jobOf(changes), { status, at: after(ms) }, REQUESTED_AT);
    expect(next).toBe(expected === undefined ? undefined : after(expected));
  });
});

describe('the first invocation', () => {
  test.each([[0, 10_000], [3, 3], [24_999, 24_999], [25_000, 0], [59_999, 9_999]])('for a job that is polled %i ms after full minutes sleeps for %i ms', (offset, sleep) => {
    expect(firstOffset(jobOf({ jobId: hexOf(offset) }), REQUESTED_AT)).toBe(sleep);
  });

  test('sleeps for less than 25 s for any job id, and not at all after an earlier Wait resource', () => {
    for (const jobId of ['UNKNOWN', '', 'x', 'zzzzzz', 'ffffff']) {
      expect(firstOffset(jobOf({ jobId }), REQUESTED_AT)).toBeGreaterThanOrEqual(0);
      expect(firstOffset(jobOf({ jobId }), REQUESTED_AT)).toBeLessThan(25 * SECOND);
      expect(firstOffset(jobOf({ jobId, isContinued: true }), REQUESTED_AT)).toBe(0);
    }
  });
});

describe('polling, simulated with the framework\'s query interval,', () => {
  const random = pseudoRandom(1815);
  const latency = () => random() * SECOND;
  const between = (least: number, most: number) => least + random() * (most - least);
  const importOf = (duration: number): SimulatedImport => {
    const requestedAt = REQUESTED_AT + between(0, MINUTE);
    return { jobId: hex(random, 32), requestedAt, startsAt: requestedAt + between(0, 5 * SECOND), endsAt: requestedAt + duration };
  };
  const sorted = (numbers: number[]) => numbers.sort((a, b) => a - b);
  const median = (numbers: number[]) => sorted(numbers)[Math.floor(numbers.length / 2)];
  const callsOf = (duration: number, circumstances: Circumstances = { latency }) =>
    sorted(Array.from({ length: 300 }, () => pollsAt(importOf(duration), circumstances).length));

  test.each([[20, 60], [20, 600], [60, 90], [60, 180]])('notices the end of a job of %i to %i s with a median delay of less than 5 s', (least, most) => {
    const delays = Array.from({ length: 600 }, () => noticeDelayOf(importOf(between(least * SECOND, most * SECOND)), { latency }));
    expect(median(delays)).toBeLessThan(5 * SECOND);
    expect(median(delays)).toBeGreaterThan(0);
  });

  test('notices the end of a job of 10 to 50 minutes within 30 s', () => {
    const delays = Array.from({ length: 600 }, () => noticeDelayOf(importOf(between(10 * MINUTE, 50 * MINUTE)), { latency }));
    expect(Math.max(...delays)).toBeLessThanOrEqual(28 * SECOND);
  });

  test('after an earlier Wait resource, notices the end of a job within 30 s, and at once if the job has already ended', () => {
    const continued = (duration: number) => noticeDelayOf({ ...importOf(duration), startsAt: 0, isContinued: true }, { latency });
    const delays = Array.from({ length: 600 }, () => continued(between(0, 50 * MINUTE)));
    expect(Math.max(...delays)).toBeLessThanOrEqual(28 * SECOND);
    expect(Array.from({ length: 50 }, () => continued(0))).toEqual(Array(50).fill(0));
  });

  test('notices the end of a job within two and a half minutes if the job was queued until 20 s before its end', () => {
    const queued = () => {
      const simulated = importOf(30 * MINUTE);
      return { ...simulated, startsAt: simulated.endsAt - 20 * SECOND };
    };
    const delays = Array.from({ length: 200 }, () => noticeDelayOf(queued(), { latency }));
    expect(Math.max(...delays)).toBeLessThan(150 * SECOND);
  });

  test.each([
    ['1-minute', 1, 14, MINUTE],
    ['50-minute', 170, 190, 50 * MINUTE - 20 * SECOND],
  ])('of a %s job takes %i to %i DescribeFHIRImportJob calls', (_what, least, most, duration) => {
    const calls = callsOf(duration);
    expect(calls[0]).toBeGreaterThanOrEqual(least);
    expect(calls.at(-1)).toBeLessThanOrEqual(most);
  });

  test('with the query interval of earlier versions, takes no more calls than their handlers', () => {
    const old = { latency, queryInterval: 10 * SECOND };
    expect(median(callsOf(50 * MINUTE - 20 * SECOND, old))).toBeLessThan(165);
    expect(median(callsOf(9 * MINUTE, old))).toBeLessThan(90);
  });

  test('of a job that is queued for 50 minutes takes at most 28 calls', () => {
    const queued = { ...importOf(50 * MINUTE), startsAt: Infinity };
    expect(pollsAt(queued, { latency }).length).toBeLessThanOrEqual(28);
  });

  describe('100 imports that are requested at the same moment', () => {
    /** Returns the maximum number of polls in any second, for each of 20 simulations. */
    function peaksOf(stores: number, minutes: number, timeouts: readonly number[], environments: number): number[] {
      return sorted(Array.from({ length: 20 }, (_, seed) => {
        const draw = pseudoRandom(7919 * (seed + 1));
        const calls = sorted(Array.from({ length: 100 }, (__, index) => {
          const startsAt = REQUESTED_AT + Math.floor(index / stores) * minutes * MINUTE;
          const simulated = { jobId: hex(draw, 32), requestedAt: REQUESTED_AT, startsAt, endsAt: startsAt + minutes * MINUTE, timeouts };
          return pollsAt(simulated, { latency: () => draw() * SECOND, environments, random: draw });
        }).flat());
        let first = 0;
        return Math.max(...calls.map((call, index) => {
          while (calls[first] <= call - SECOND) {
            first++;
          }
          return index - first + 1;
        }));
      }));
    }

    // The times of the polls depend on random job ids, so the test runs 20 simulations. In a rare simulation, a poll is throttled, and the SDK repeats it.
    test.each([[4, 2.4, 1, 8], [4, 15, 4, 8], [1, 2.4, 4, 1]])('and run in %i data stores for %d minutes each stay under 10 polls in any second, with %i resources in a row and %i execution environments',
      (stores, minutes, resources, environments) => {
        const peaks = peaksOf(stores, minutes, Array<number>(resources).fill(50 * MINUTE), environments);
        expect(peaks[17]).toBeLessThan(10);
        expect(peaks[18]).toBeLessThanOrEqual(10);
      });
  });
});
