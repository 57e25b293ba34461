import { setTimeout as sleep } from 'node:timers/promises';
import { CfnParameter, Duration, type Stack } from 'aws-cdk-lib';
import { type Poll, SERVICE_ERROR } from './lambda-calls';
import { Completion } from '../../../src';
import { IMPORT_RESOURCE_TYPES, QUERY_INTERVAL_SECONDS } from '../../../src/contract';
import { changesOf } from '../harness/changes';
import { importApp } from '../harness/import-app';
import { type Laptop, onLaptop } from '../harness/laptop';
import { skippingPauses } from '../harness/pauses';

jest.setTimeout(600_000);

const NO_RESPONSE = 'CloudFormation did not receive a response from your custom resource';

const MINUTE = 60_000;

/** The delay of a time-out that tests tolerate on a busy machine, in minutes of the scaled clock. */
const LATENESS = 2;

const LONG_JOBS = { pace: { minimumDurationMs: 120 * MINUTE } };
const WAIT_5_MINUTES = Completion.waitFor({ timeout: Duration.minutes(5) });

const FRAMEWORK_IS_COMPLETE = /ProviderframeworkisComplete/;

const START = { type: IMPORT_RESOURCE_TYPES.job, logicalIdPrefix: 'PatientsJob', serviceTimeout: 20, healthlake: { ...LONG_JOBS, datastoreCreationMs: 120 * MINUTE } };
const WAIT = { type: IMPORT_RESOURCE_TYPES.outcome, logicalIdPrefix: 'PatientsOutcome', serviceTimeout: 10, healthlake: LONG_JOBS };

test.each([
  { polls: 'the third and every later poll of the job resource', ...START, from: 3, jobs: 0 },
  { polls: 'every poll of the outcome resource', ...WAIT, from: 1, jobs: 1 },
])('a custom resource fails at its service time-out when $polls fails', async ({ type, logicalIdPrefix, from, serviceTimeout, jobs, healthlake }) => {
  await onLaptop({ healthlake }, async (laptop, data) => {
    const lost = losePolls(laptop, ({ ResourceType: polled }, count) => polled === type && count >= from);
    const { exitCode, output } = await laptop.cdk('deploy', importApp(data, { completion: WAIT_5_MINUTES }));
    expect(exitCode).toBe(1);
    expect(output).toContain('ROLLBACK_COMPLETE');
    expect(laptop.stack('Import').status).toBe('ROLLBACK_COMPLETE');
    expect(lost.count).toBeGreaterThan(0.7 * serviceTimeout * 60 / QUERY_INTERVAL_SECONDS); // polls before the lost ones take up to a minute each

    const [change, ...more] = changesOf(laptop, 'Import', logicalIdPrefix);
    expect(change).toMatchObject({ status: 'CREATE_FAILED', reason: expect.stringContaining(NO_RESPONSE) });
    expect(change.minutes).toBeGreaterThanOrEqual(serviceTimeout);
    expect(change.minutes).toBeLessThan(serviceTimeout + LATENESS);
    expect(more.map(({ status }) => status)).toEqual(['DELETE_SKIPPED']);
    expect(laptop.responses.filter(({ logicalId }) => logicalId === change.logicalId)).toEqual([]);
    expect(laptop.jobs()).toHaveLength(jobs);
  })();
});

test.each([
  { timeout: 'of 50 minutes', completion: () => Completion.waitFor(), serviceTimeout: 55, polls: 120 },
  {
    timeout: 'that is a parameter of the template',
    completion: (stack: Stack) => Completion.waitFor({
      timeout: Duration.seconds(new CfnParameter(stack, 'Timeout', { type: 'Number', default: 3000 }).valueAsNumber),
    }),
    serviceTimeout: 60, // CloudFormation's default service time-out, in minutes
    polls: 133, // the framework polls at most this many times
  },
])('an import with a time-out $timeout fails at the service time-out of its outcome when every poll fails', async ({ completion, serviceTimeout, polls }) => {
  await onLaptop({ healthlake: LONG_JOBS }, async (laptop, data) => {
    const lost = losePolls(laptop, ({ ResourceType: polled }) => polled === IMPORT_RESOURCE_TYPES.outcome);
    expect(await laptop.deploy(importApp(data, (stack) => ({ completion: completion(stack) })))).toBe(1);
    expect(laptop.stack('Import').status).toBe('ROLLBACK_COMPLETE');
    expect(lost.count).toBeGreaterThanOrEqual(polls);

    const [change] = changesOf(laptop, 'Import', 'PatientsOutcome');
    expect(change).toMatchObject({ status: 'CREATE_FAILED', reason: expect.stringContaining(NO_RESPONSE) });
    expect(change.minutes).toBeGreaterThanOrEqual(serviceTimeout);
    expect(change.minutes).toBeLessThan(serviceTimeout + LATENESS);
    expect(laptop.responses.filter(({ logicalId }) => logicalId === change.logicalId)).toEqual([]);
  })();
});

test('a framework waiter that still runs after the roll-back of an update sends no response and starts no job', onLaptop({}, async (laptop, data) => {
  expect(await laptop.deploy(importApp(data, { revision: '1' }))).toBe(0);

  const lost = losePolls(laptop, ({ ResourceProperties: { Revision: revision } }) => revision === '2');
  expect(await laptop.deploy(importApp(data, { revision: '2' }))).toBe(1);
  expect(laptop.stack('Import').status).toBe('UPDATE_ROLLBACK_COMPLETE');
  const [, change, rolledBack] = changesOf(laptop, 'Import', 'PatientsJob');
  expect(change).toMatchObject({ status: 'UPDATE_FAILED', reason: expect.stringContaining(NO_RESPONSE) });
  expect(change.minutes).toBeGreaterThanOrEqual(20);
  expect(change.minutes).toBeLessThan(20 + LATENESS);
  expect(rolledBack).toMatchObject({ status: 'UPDATE_COMPLETE' });

  const waiter = waiterOf(laptop, lost.requestId!);
  await skippingPauses(laptop, waiter.ended);
  expect(waiter).toMatchObject({ status: 'FAILED', error: 'SyntaxError' }); // the framework cannot parse the error of the last failed poll as JSON
  expect((waiter.stoppedAt! - waiter.startedAt) / MINUTE).toBeGreaterThan(54);
  expect(laptop.responses.filter(({ requestId }) => requestId === lost.requestId)).toEqual([]);
  expect(laptop.jobs()).toHaveLength(1);

  expect(await laptop.deploy(importApp(data, { revision: '3' }))).toBe(0);
  expect(laptop.jobs()).toHaveLength(2);
}));

test('a framework waiter whose polls fail until the next deployment starts no job', onLaptop(
  { skipsPauses: false, timeScale: 40, healthlake: { pace: { minimumDurationMs: 3 * MINUTE } } }, async (laptop, data) => {
    expect(await laptop.deploy(importApp(data, { revision: '1' }))).toBe(0);

    let isNext = false;
    const lost = losePolls(laptop, ({ ResourceProperties: { Revision: revision } }) =>
      revision === '2' && !(isNext && laptop.stack('Import').status === 'UPDATE_IN_PROGRESS'));
    const deployment = laptop.deploy(importApp(data, { revision: '2' }));
    await skippingPauses(laptop, untilRolledBack(laptop)); // no longer, because the waiter would time out while the CLI ends
    expect(await deployment).toBe(1);
    isNext = true;
    expect(await laptop.deploy(importApp(data, { revision: '3' }))).toBe(0);
    const waiter = waiterOf(laptop, lost.requestId!);
    expect(waiter.status).toBe('SUCCEEDED'); // the framework's function has run
    expect(laptop.jobs().map(({ SubmitTime: submitted }) => submitted!.getTime() - waiter.startedAt > 20 * MINUTE)).toEqual([false, true]);
  }));

test.each([
  { when: 'before its deadline', until: 3, exitCode: 0, status: 'CREATE_COMPLETE', reason: '' },
  { when: 'after its deadline', until: 7, exitCode: 1, status: 'CREATE_FAILED', reason: 'the time is up and the job has not ended' },
])('the outcome resource sends its response when its polls succeed again $when', async ({ until, exitCode, status, reason }) => {
  await onLaptop({ healthlake: { pace: { minimumDurationMs: (exitCode === 0 ? 4 : 120) * MINUTE } } }, async (laptop, data) => {
    let since: number | undefined;
    losePolls(laptop, ({ ResourceType: polled }) => {
      const now = laptop.aws.clock.now();
      since ??= polled === IMPORT_RESOURCE_TYPES.outcome ? now : undefined;
      return since !== undefined && now < since + until * MINUTE;
    });
    expect(await laptop.deploy(importApp(data, { completion: WAIT_5_MINUTES }))).toBe(exitCode);
    const [change] = changesOf(laptop, 'Import', 'PatientsOutcome');
    expect(change).toMatchObject({ status, reason: expect.stringContaining(reason) });
    expect(change.minutes).toBeGreaterThanOrEqual(until);
    expect(change.minutes).toBeLessThan(10);
    expect(laptop.jobs()).toHaveLength(1);
  })();
});

async function untilRolledBack(laptop: Laptop): Promise<void> {
  while (laptop.stack('Import').status !== 'UPDATE_ROLLBACK_COMPLETE') {
    await sleep(2);
  }
}

interface LostPolls {
  count: number;
  /** The custom resource request id of the last lost poll. */
  requestId?: string;
}

/** Makes Lambda return a service error for each poll for which `isLost` is true, without running the framework's isComplete function. */
function losePolls({ aws }: Laptop, isLost: (poll: Poll, count: number) => boolean): LostPolls {
  const lost: LostPolls = { count: 0 };
  const counts = new Map<string, number>();
  aws.lambda.beforeInvoke = ({ functionName, payload }) => {
    if (!FRAMEWORK_IS_COMPLETE.test(functionName)) {
      return undefined;
    }
    const poll = payload as Poll;
    const count = (counts.get(poll.RequestId) ?? 0) + 1;
    counts.set(poll.RequestId, count);
    if (!isLost(poll, count)) {
      return undefined;
    }
    lost.count += 1;
    lost.requestId = poll.RequestId;
    return SERVICE_ERROR;
  };
  return lost;
}

function waiterOf({ aws }: Laptop, requestId: string) {
  return aws.states.executions().find(({ setup }) => setup.input.includes(requestId))!;
}
