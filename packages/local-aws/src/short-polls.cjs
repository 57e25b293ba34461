'use strict';

// Preloaded into the CDK CLI. The CLI polls a stack every 2 or 5 seconds and has no option for this interval. A local AWS with a fast clock
// needs shorter intervals. Timers of other lengths stay unchanged, because they are time-outs of requests.

const POLLING_PAUSES = [2000, 5000];

const scale = Number(process.env.LOCAL_AWS_POLL_SCALE);
const realSetTimeout = globalThis.setTimeout;

globalThis.setTimeout = Object.assign(
  (callback, delay, ...args) => realSetTimeout(callback, POLLING_PAUSES.includes(delay) ? delay / scale : delay, ...args),
  realSetTimeout,
);
