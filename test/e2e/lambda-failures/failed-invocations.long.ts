import { type Poll, SERVICE_ERROR } from './lambda-calls';
import { RESPONSE_PATH } from '../../../packages/local-aws/src/cloudformation/cloudformation';
import { IMPORT_RESOURCE_TYPES } from '../../../src/contract';
import { changesOf } from '../harness/changes';
import { importApp } from '../harness/import-app';
import { onLaptop } from '../harness/laptop';

jest.setTimeout(300_000);

const MINUTE = 60_000;

const FRAMEWORK_ON_EVENT = /ProviderframeworkonEvent/;
const OUR_ON_EVENT = /ImportProviderOnEvent/;
const OUR_IS_COMPLETE = /ImportProviderIsComplete/;
const OUR_FUNCTION = /ImportProvider(OnEvent|IsComplete)/;

test.each([
  { logicalIdPrefix: 'PatientsJob', type: IMPORT_RESOURCE_TYPES.job },
  { logicalIdPrefix: 'PatientsOutcome', type: IMPORT_RESOURCE_TYPES.outcome },
])('the resource $logicalIdPrefix fails at once when our isComplete function dies, and a repeated deployment succeeds', async ({ logicalIdPrefix, type }) => {
  await onLaptop({}, async (laptop, data) => {
    let kills = 0;
    laptop.aws.lambda.beforeInvoke = ({ functionName, payload }) => {
      const isHit = OUR_IS_COMPLETE.test(functionName) && (payload as Poll).ResourceType === type && kills++ === 0;
      return isHit ? { killAfterMs: 0 } : undefined;
    };
    expect(await laptop.deploy(importApp(data))).toBe(1);
    expect(laptop.stack('Import').status).toBe('ROLLBACK_COMPLETE');
    const [change] = changesOf(laptop, 'Import', logicalIdPrefix);
    expect(change).toMatchObject({ status: 'CREATE_FAILED', reason: expect.stringMatching(/Runtime exited with error: signal: killed\s+Logs: /) });
    expect(kills).toBe(1); // the resource failed at the first call

    expect(await laptop.deploy(importApp(data))).toBe(0);
    expect(laptop.jobStatuses().filter((status) => status === 'COMPLETED')).toHaveLength(1);
  })();
});

test.each([
  { answer: 'function-error', effect: 'the update fails, and the next deployment adopts the job', exitCode: 1, status: 'UPDATE_ROLLBACK_COMPLETE' },
  { answer: 'service-error', effect: 'Lambda reports a service error, and the framework invokes the function again', exitCode: 0, status: 'UPDATE_COMPLETE' },
] as const)('when our isComplete function dies right after it has started the job, $effect', async ({ answer, exitCode, status }) => {
  await onLaptop({ healthlake: { listDelayMs: MINUTE } }, async (laptop, data) => {
    expect(await laptop.deploy(importApp(data, { revision: '1' }))).toBe(0);

    let running = '';
    laptop.aws.lambda.beforeInvoke = ({ functionName }) => {
      running = OUR_IS_COMPLETE.test(functionName) ? functionName : running;
      return undefined;
    };
    laptop.aws.router.faults.hook = (_service, operation) => {
      if (operation !== 'StartFHIRImportJob') {
        return undefined;
      }
      laptop.aws.router.faults.clear();
      void laptop.aws.lambda.killEnvironments(running, answer);
      return { kind: 'reset-after' };
    };
    expect(await laptop.deploy(importApp(data, { revision: '2' }))).toBe(exitCode);
    expect(laptop.stack('Import').status).toBe(status);
    expect(laptop.jobs()).toHaveLength(2);

    expect(await laptop.deploy(importApp(data, { revision: '2' }))).toBe(0);
    expect(laptop.jobStatuses()).toEqual(['COMPLETED', 'COMPLETED']);
  })();
});

test.each([
  { when: 'before it has done anything', waiters: 1 },
  { when: 'after it has started the waiter', waiters: 2 },
])('only one job starts when the framework\'s onEvent function dies $when and Lambda invokes it again', async ({ waiters }) => {
  // If the function starts a waiter before it dies, two waiters run. Both try to start the job before HealthLake lists it.
  await onLaptop({ healthlake: { datastoreCreationMs: 5 * MINUTE, listDelayMs: 2 * MINUTE } }, async (laptop, data) => {
    let kills = 0;
    laptop.aws.lambda.beforeInvoke = ({ functionName }) =>
      waiters === 1 && FRAMEWORK_ON_EVENT.test(functionName) && kills++ === 0 ? { killAfterMs: 0 } : undefined;
    laptop.aws.router.faults.hook = (_service, operation) => {
      if (waiters === 1 || operation !== 'StartExecution' || kills++ > 0) {
        return undefined;
      }
      void laptop.aws.lambda.killEnvironments();
      return { kind: 'reset-after' };
    };
    expect(await laptop.deploy(importApp(data))).toBe(0);
    const [change] = changesOf(laptop, 'Import', 'PatientsJob');
    expect(change).toMatchObject({ status: 'CREATE_COMPLETE' });

    const started = laptop.aws.states.executions()
      .filter(({ setup }) => (JSON.parse(setup.input) as Poll).ResourceType === IMPORT_RESOURCE_TYPES.job);
    expect(started).toHaveLength(waiters);
    await Promise.all(started.map(({ ended }) => ended));
    expect(laptop.jobStatuses()).toEqual(['COMPLETED']);
    const [first, ...ignored] = laptop.responses.filter(({ logicalId }) => logicalId === change.logicalId);
    const [{ JobId }] = laptop.jobs();
    expect(first).toMatchObject({ status: 'SUCCESS', attributes: { JobId } });
    expect(ignored).toHaveLength(waiters - 1);
    // The second waiter finds the job, or fails if it gets to the start of the job after the stack is complete.
    ignored.forEach(({ status, attributes, reason }) =>
      expect(status === 'SUCCESS' ? attributes.JobId : reason).toMatch(new RegExp(`^${JobId}$|the stack is CREATE_COMPLETE`)));
  })();
});

test('the framework invokes each of our functions again after one Lambda service error', onLaptop({}, async (laptop, data) => {
  laptop.aws.lambda.beforeInvoke = ({ functionName, count }) => OUR_FUNCTION.test(functionName) && count === 1 ? SERVICE_ERROR : undefined;
  expect(await laptop.deploy(importApp(data))).toBe(0);
  expect(laptop.jobStatuses()).toEqual(['COMPLETED']);
}));

test.each([
  ['OnEvent', OUR_ON_EVENT], ['IsComplete', OUR_IS_COMPLETE],
])('the job resource fails at once when every invocation of our %s function ends in a Lambda service error', async (_, ours) => {
  await onLaptop({}, async (laptop, data) => {
    laptop.aws.lambda.beforeInvoke = ({ functionName }) => ours.test(functionName) ? SERVICE_ERROR : undefined;
    expect(await laptop.deploy(importApp(data))).toBe(1);
    expect(laptop.stack('Import').status).toBe('ROLLBACK_COMPLETE');
    const [change] = changesOf(laptop, 'Import', 'PatientsJob');
    expect(change).toMatchObject({ status: 'CREATE_FAILED', reason: expect.stringContaining('Service encountered an internal error') });
    expect(change.minutes).toBeLessThan(5);
    expect(laptop.responses).toHaveLength(1);
    expect(laptop.jobs()).toEqual([]);
  })();
});

test('CloudFormation still receives a response, and only one job starts, if the response URL returns errors for 5 minutes', onLaptop({}, async (laptop, data) => {
  let since: number | undefined;
  laptop.aws.router.faults.hook = (service, operation) => {
    if (service !== RESPONSE_PATH || operation !== 'PUT') {
      return undefined;
    }
    since ??= laptop.aws.clock.now();
    return laptop.aws.clock.now() < since + 5 * MINUTE ? { kind: 'internal' } : undefined;
  };
  // The test ignores the exit code: if the framework can't send a success response, it sends a failure response instead.
  await laptop.deploy(importApp(data));
  const [change] = changesOf(laptop, 'Import', 'PatientsJob');
  expect(change.reason).not.toContain('CloudFormation did not receive a response from your custom resource');
  expect(change.minutes).toBeGreaterThanOrEqual(5);
  expect(change.minutes).toBeLessThan(20);

  expect(await laptop.deploy(importApp(data))).toBe(0);
  expect(laptop.jobStatuses()).toEqual(['COMPLETED']);
}));
