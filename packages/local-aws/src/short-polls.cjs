'use strict';

// Preloaded into the CDK CLI, which polls a stack every 2 or 5 seconds and has no option for it. A local AWS with a fast clock needs
// shorter pauses. Timers of other lengths stay as they are, because they limit requests.

const POLLING_PAUSES = [2000, 5000];

const scale = Number(process.env.LOCAL_AWS_POLL_SCALE);
const realSetTimeout = globalThis.setTimeout;

globalThis.setTimeout = Object.assign(
  (callback, delay, ...args) => realSetTimeout(callback, POLLING_PAUSES.includes(delay) ? delay / scale : delay, ...args),
  realSetTimeout,
);
