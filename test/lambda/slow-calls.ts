import { setTimeout as sleep } from 'node:timers/promises';

/** Returns a mock of a call that takes some milliseconds. The call takes effect after half of its duration. */
export function slow<I, O>(latency: number, act: (input: I) => O): (input: I) => Promise<O> {
  return async (input) => {
    await sleep(latency / 2);
    const output = act(input);
    await sleep(latency / 2);
    return output;
  };
}
