'use strict';

// Makes Date and the timers follow the clock of the local AWS. Preloaded before the SDK and the function's code.

const { syncBuiltinESMExports } = require('node:module');
const { performance } = require('node:perf_hooks');
const timers = require('node:timers');
const timersPromises = require('node:timers/promises');
const http = require('node:http');
const https = require('node:https');
const { promisify } = require('node:util');

// Requests to the local AWS take real time: a timer that limits a request must leave a busy machine this many milliseconds.
const SHORTEST_REQUEST_TIMEOUT = 1000;

// The newest reading of the clock of the local AWS.
let reading;

function scaleTime(scale) {
  const realPerformanceNow = performance.now.bind(performance);
  const performanceEpoch = realPerformanceNow();
  const realSetTimeout = globalThis.setTimeout;
  const realSetInterval = globalThis.setInterval;
  const realTimers = { ...timersPromises };
  const realWait = timersPromises.scheduler.wait.bind(timersPromises.scheduler);
  const realAbortTimeout = AbortSignal.timeout.bind(AbortSignal);

  const now = () => Math.floor(reading.clockEpoch + (performance.timeOrigin + realPerformanceNow() - reading.realEpoch) * scale);
  // Rounded up, because Node cuts off fractions and a timer must not fire early.
  const shorten = (delay) => Math.ceil((Number(delay) || 0) / scale);

  let startingRequest = false;
  const noteRequests = (module) => {
    for (const method of ['request', 'get']) {
      const start = module[method];
      module[method] = function (...args) {
        startingRequest = true;
        queueMicrotask(() => { startingRequest = false; });
        return start.apply(this, args);
      };
    }
  };
  noteRequests(http);
  noteRequests(https);

  const RealDate = globalThis.Date;
  RealDate.now = now;
  globalThis.Date = new Proxy(RealDate, {
    apply: () => new RealDate(now()).toString(),
    construct: (target, args, newTarget) =>
      Reflect.construct(target, args.length > 0 ? args : [now()], newTarget === globalThis.Date ? target : newTarget),
  });
  RealDate.prototype.constructor = globalThis.Date;

  performance.now = () => performanceEpoch + (realPerformanceNow() - performanceEpoch) * scale;

  const setTimeout = (callback, delay, ...args) => {
    const shortened = shorten(delay);
    const bounded = startingRequest ? Math.max(shortened, Math.min(Number(delay) || 0, SHORTEST_REQUEST_TIMEOUT)) : shortened;
    return realSetTimeout(callback, bounded, ...args);
  };
  const setInterval = (callback, delay, ...args) => realSetInterval(callback, shorten(delay), ...args);

  timersPromises.setTimeout = (delay, ...rest) => realTimers.setTimeout(shorten(delay), ...rest);
  timersPromises.setInterval = (delay, ...rest) => realTimers.setInterval(shorten(delay), ...rest);
  timersPromises.scheduler.wait = (delay, ...rest) => realWait(shorten(delay), ...rest);
  setTimeout[promisify.custom] = timersPromises.setTimeout;

  globalThis.setTimeout = timers.setTimeout = setTimeout;
  globalThis.setInterval = timers.setInterval = setInterval;
  AbortSignal.timeout = (delay) => realAbortTimeout(shorten(delay));
  syncBuiltinESMExports();
}

const { time } = JSON.parse(process.argv[2]);
reading = time;
if (time.scale !== 1) scaleTime(time.scale);

module.exports = {
  // Follows a clock that has skipped time. A clock in real time never does.
  setClock: (newReading) => { reading = newReading; },
};
