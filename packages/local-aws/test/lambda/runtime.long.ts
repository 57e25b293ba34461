import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { RESPONSE_HOST } from '../../src/lambda/lambda';
import { eventually, Foundation } from '../foundation';

const SCALE = 60;
/** The tolerated delay on a busy machine, in milliseconds of the local AWS clock: 300 ms of real time. */
const CLOCK_TOLERANCE = 300 * SCALE;
/** The tolerated time between two statements, in milliseconds of the local AWS clock: 50 ms of real time. */
const STATEMENT_TOLERANCE = 50 * SCALE;

let aws: Foundation;

afterEach(() => aws.close());

const invoke = (arn: string, payload: unknown = {}) => aws.lambda.invoke(aws.iam.admin, arn, payload);

describe('time in a function', () => {
  beforeEach(async () => {
    aws = await Foundation.start({ timeScale: SCALE });
  });

  test('passes faster: a sleep of half a minute ends in less than two seconds of real time', async () => {
    const arn = await aws.function('sleeping', 'exports.handler = async ({ ms }) => { await new Promise(r => setTimeout(r, ms)); };', { Timeout: 120 });
    await invoke(arn, { ms: 0 }); // starts the process
    const begin = performance.now();
    expect(await invoke(arn, { ms: 30_000 })).toEqual({ payload: null });
    expect(performance.now() - begin).toBeGreaterThan(475);
    expect(performance.now() - begin).toBeLessThan(2000);
  });

  test('is the same for all kinds of timers, for Date and for performance.now', async () => {
    const waits = {
      setTimeout: 'await new Promise(r => setTimeout(r, 30000));',
      promisified: 'await require("util").promisify(setTimeout)(30000);',
      timersPromises: 'await require("timers/promises").setTimeout(30000);',
      imported: 'const { setTimeout: wait } = await import("node:timers/promises"); await wait(30000);',
      scheduler: 'await require("timers/promises").scheduler.wait(30000);',
      setInterval: 'await new Promise(r => { let n = 0; const t = setInterval(() => { if (++n === 6) { clearInterval(t); r(); } }, 5000); });',
      asyncInterval: 'let n = 0; for await (const _ of require("timers/promises").setInterval(5000)) if (++n === 6) break;',
      abortSignal: 'const s = AbortSignal.timeout(30000); await new Promise(r => s.addEventListener("abort", r)); if (s.reason.name !== "TimeoutError") throw s.reason;',
    };
    const measure = async ([name, wait]: [string, string]) => {
      const { payload } = await invoke(await aws.function(name, `
        exports.handler = async () => {
          const date = Date.now(), precise = performance.now();
          ${wait}
          return { date: Date.now() - date, precise: performance.now() - precise };
        };`, { Timeout: 300 }));
      const { date, precise } = payload as { date: number; precise: number };
      const isRight = date >= 30_000 - SCALE && date < 30_000 + CLOCK_TOLERANCE && Math.abs(date - precise) < STATEMENT_TOLERANCE;
      return [name, isRight ? 'right' : payload];
    };
    const measured = [];
    for (const wait of Object.entries(waits)) {
      measured.push(await measure(wait)); // one after the other, because starting processes delay the timers of others
    }
    expect(Object.fromEntries(measured)).toEqual(Object.fromEntries(Object.keys(waits).map((name) => [name, 'right'])));
  });

  test('follows the local AWS clock, and `instanceof Date` still works', async () => {
    const arn = await aws.function('dated', `exports.handler = async () => [
      Date.now(), new Date().getTime(), Date.parse(Date()), new Date(2020, 0, 2) instanceof Date, new Date(0).constructor === Date,
      new (class extends Date {})().getTime(), new Date('2020-01-02T03:04:05Z').toISOString()];`);
    await aws.clock.sleep(15_000);
    const before = aws.clock.now();
    // The function returns numbers, a text and booleans.
    const [now, constructed, text, isDate, isConstructor, extended, fixed] = (await invoke(arn)).payload as any[];
    const after = aws.clock.now();
    for (const moment of [now, constructed, extended]) {
      expect(moment).toBeGreaterThanOrEqual(before - CLOCK_TOLERANCE);
      expect(moment).toBeLessThanOrEqual(after + CLOCK_TOLERANCE);
    }
    expect(Math.abs(text - now)).toBeLessThan(CLOCK_TOLERANCE);
    expect([isDate, isConstructor, fixed]).toEqual([true, true, '2020-01-02T03:04:05.000Z']);
  });

  test('includes the time that the local AWS clock skips between two invocations', async () => {
    const arn = await aws.function('skipped', 'exports.handler = async () => [process.pid, Date.now()];');
    const [process, first] = (await invoke(arn)).payload as number[];
    aws.clock.skip(3_600_000);
    const before = aws.clock.now();
    const [sameProcess, second] = (await invoke(arn)).payload as number[];
    expect(sameProcess).toBe(process);
    expect(second - first).toBeGreaterThanOrEqual(3_600_000);
    expect(second).toBeGreaterThanOrEqual(before - CLOCK_TOLERANCE);
    expect(second).toBeLessThanOrEqual(aws.clock.now() + CLOCK_TOLERANCE);
  });

  test('counts towards the timeout of the function', async () => {
    const arn = await aws.function('bounded', `
      exports.handler = async ({ ms }, context) => { await new Promise(r => setTimeout(r, ms)); return context.getRemainingTimeInMillis(); };`, { Timeout: 60 });
    await Promise.all([1000, 1000].map((ms) => invoke(arn, { ms }))); // starts both processes
    const begin = performance.now();
    const [inTime, tooLate] = await Promise.all([30_000, 300_000].map(async (ms) => (await invoke(arn, { ms })).payload));
    expect(performance.now() - begin).toBeLessThan(2500);
    expect(inTime).toBeLessThanOrEqual(30_000);
    expect(inTime).toBeGreaterThan(30_000 - CLOCK_TOLERANCE);
    expect(tooLate).toMatchObject({ errorType: 'Sandbox.Timedout' });
  });

  test('passes slowly enough that a timeout of 10 s allows a response that takes 350 ms of real time', async () => {
    const server = createServer((_, response) => setTimeout(() => response.end('late'), 350));
    const port = await listening(server);
    const arn = await aws.function('requesting', `
      exports.handler = ({ port }) => new Promise((resolve, reject) => {
        const request = require('http').request({ host: '127.0.0.1', port }, response => { clearTimeout(timer); response.resume(); resolve('answered'); });
        const timer = setTimeout(() => { request.destroy(); reject(new Error('gave up')); }, 10000);
        request.end();
      });`, { Timeout: 600 });
    try {
      expect((await invoke(arn, { port })).payload).toBe('answered');
    } finally {
      await closed(server);
    }
  });
});

test('Lambda retries a failed asynchronous invocation after one minute and then after two minutes', async () => {
  aws = await Foundation.start({ timeScale: 600 });
  const arn = await aws.function('eventful', `
    let runs = 0;
    exports.handler = async (event, context) => {
      console.log([Date.now(), context.awsRequestId].join(' '));
      if (++runs < 3) throw new Error('not yet');
    };`);
  const runs = () => aws.logs.events('/aws/lambda/eventful').map(({ message }) => message.split('\t')).filter(([, , level]) => level === 'INFO')
    .map((fields) => fields[3].split(' '));
  await aws.lambda.invokeEvent(aws.iam.admin, arn, {});
  await eventually(() => runs().length === 3);
  const times = runs().map(([time]) => Number(time));
  expect(times[1] - times[0]).toBeGreaterThanOrEqual(60_000 - 600);
  expect(times[2] - times[1]).toBeGreaterThanOrEqual(120_000 - 600);
  expect(new Set(runs().map(([, requestId]) => requestId)).size).toBe(1);
});

describe('the local bucket for responses to CloudFormation', () => {
  beforeEach(async () => {
    aws = await Foundation.start();
  });

  test.each([
    ['options', 'https.request({ hostname: host, path: "/key?sig=1", method: "PUT", headers }, answer)'],
    ['options with an agent and host', 'https.request({ host, port: 443, agent: new https.Agent(), path: "/key?sig=1", method: "PUT", headers }, answer)'],
    ['a text and options', 'https.request("https://" + host + "/key?sig=1", { method: "PUT", headers }, answer)'],
    ['a URL and options', 'https.request(new URL("https://" + host + "/key?sig=1"), { method: "PUT", headers }, answer)'],
  ])('receives a response that a function sends with https.request, called with %s', async (_, call) => {
    const received: unknown[] = [];
    aws.router.registerUnsigned('/key', {
      handle: async ({ method, path, query, headers, body }) => {
        received.push([method, path, query.get('sig'), headers.host, headers['content-type'], body.toString()]);
        return { status: 200 };
      },
    });
    const arn = await aws.function('responding', `
      const https = require('https');
      exports.handler = () => new Promise((resolve, reject) => {
        const host = '${RESPONSE_HOST}', headers = { 'content-type': '', 'content-length': 4 };
        const answer = response => { response.resume(); resolve(response.statusCode); };
        const request = ${call};
        request.on('error', reject);
        request.end('body');
      });`);
    expect((await invoke(arn)).payload).toBe(200);
    expect(received).toEqual([['PUT', '/key', '1', RESPONSE_HOST, '', 'body']]);
  });

  test('receives no requests that a function sends to other hosts', async () => {
    const arn = await aws.function('elsewhere', `
      exports.handler = () => new Promise(resolve => require('https').get('https://127.0.0.1:1/').on('error', error => resolve(error.code)));`);
    expect((await invoke(arn)).payload).toBe('ECONNREFUSED');
  });
});

async function listening(server: Server): Promise<number> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return (server.address() as AddressInfo).port;
}

async function closed(server: Server): Promise<void> {
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
}
