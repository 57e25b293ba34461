'use strict';

// Preloaded into the CDK CLI. It asks every 2 and 5 seconds how a stack is doing, and offers no way to say otherwise; on a local
// AWS whose clock runs faster, the stack is ready long before. Only those pauses shrink: timers of other lengths bound requests.

const POLLING_PAUSES = [2000, 5000];

const scale = Number(process.env.LOCAL_AWS_POLL_SCALE);
const realSetTimeout = globalThis.setTimeout;

globalThis.setTimeout = Object.assign(
  (callback, delay, ...args) => realSetTimeout(callback, POLLING_PAUSES.includes(delay) ? delay / scale : delay, ...args),
  realSetTimeout,
);
