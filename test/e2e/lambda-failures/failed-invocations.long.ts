import { type Poll, SERVICE_ERROR } from './lambda-calls';
import { RESPONSE_PATH } from '../../../packages/local-aws/src/cloudformation/cloudformation';
import { JOB_RESOURCE_TYPE, OUTCOME_RESOURCE_TYPE } from '../../../src/contract';
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
  { logicalIdPrefix: 'PatientsJob', type: JOB_RESOURCE_TYPE },
  { logicalIdPrefix: 'PatientsOutcome', type: OUTCOME_RESOURCE_TYPE },
])('$logicalIdPrefix fails at once when our function dies, and the same deployment succeeds later', async ({ logicalIdPrefix, type }) => {
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
    expect(change.minutes).toBeLessThan(1);

    expect(await laptop.deploy(importApp(data))).toBe(0);
    expect(laptop.jobStatuses().filter((status) => status === 'COMPLETED')).toHaveLength(1);
  })();
});

test.each([
  { answer: 'function-error', effect: 'fails the update, and the next deployment finds the job', exitCode: 1, status: 'UPDATE_ROLLBACK_COMPLETE' },
  { answer: 'service-error', effect: 'runs again if Lambda reports an error of the service', exitCode: 0, status: 'UPDATE_COMPLETE' },
] as const)('our function that dies right after HealthLake accepted the job $effect', async ({ answer, exitCode, status }) => {
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
])('Lambda repeats the framework\'s onEvent that dies $when, and there is one job', async ({ waiters }) => {
  // Both waiters wait for the data store. So both want to start the job, and neither sees it listed.
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
    expect(laptop.jobStatuses()).toEqual(['COMPLETED']);

    const started = laptop.aws.states.executions().filter(({ setup }) => (JSON.parse(setup.input) as Poll).ResourceType === JOB_RESOURCE_TYPE);
    expect(started).toHaveLength(waiters);
    await Promise.all(started.map(({ ended }) => ended));
    const ofJob = laptop.responses.filter(({ logicalId }) => logicalId === change.logicalId);
    expect(ofJob).toHaveLength(waiters);
    expect(new Set(ofJob.map(({ attributes }) => attributes.JobId))).toEqual(new Set([laptop.jobs()[0].JobId]));
  })();
});

test('the framework invokes our functions again when the Lambda service fails once', onLaptop({}, async (laptop, data) => {
  laptop.aws.lambda.beforeInvoke = ({ functionName, count }) => OUR_FUNCTION.test(functionName) && count === 1 ? SERVICE_ERROR : undefined;
  expect(await laptop.deploy(importApp(data))).toBe(0);
  expect(laptop.jobStatuses()).toEqual(['COMPLETED']);
}));

test.each([
  ['OnEvent', OUR_ON_EVENT], ['IsComplete', OUR_IS_COMPLETE],
])('the resource fails at once when the Lambda service never runs our %s', async (_, ours) => {
  await onLaptop({}, async (laptop, data) => {
    laptop.aws.lambda.beforeInvoke = ({ functionName }) => ours.test(functionName) ? SERVICE_ERROR : undefined;
    expect(await laptop.deploy(importApp(data))).toBe(1);
    expect(laptop.stack('Import').status).toBe('ROLLBACK_COMPLETE');
    const [change] = changesOf(laptop, 'Import', 'PatientsJob');
    expect(change).toMatchObject({ status: 'CREATE_FAILED', reason: expect.stringContaining('Service encountered an internal error') });
    expect(change.minutes).toBeLessThan(2);
    expect(laptop.responses).toHaveLength(1);
    expect(laptop.jobs()).toEqual([]);
  })();
});

test('a response bucket that fails for five minutes receives its responses, and there is one job', onLaptop({}, async (laptop, data) => {
  let since: number | undefined;
  laptop.aws.router.faults.hook = (service, operation) => {
    if (service !== RESPONSE_PATH || operation !== 'PUT') {
      return undefined;
    }
    since ??= laptop.aws.clock.now();
    return laptop.aws.clock.now() < since + 5 * MINUTE ? { kind: 'internal' } : undefined;
  };
  // The framework treats a response that it could not send as a failure, and sends that. Either may arrive.
  await laptop.deploy(importApp(data));
  const [change] = changesOf(laptop, 'Import', 'PatientsJob');
  expect(change.reason).not.toContain('CloudFormation did not receive a response from your custom resource');
  expect(change.minutes).toBeGreaterThanOrEqual(5);
  expect(change.minutes).toBeLessThan(20);

  expect(await laptop.deploy(importApp(data))).toBe(0);
  expect(laptop.jobStatuses()).toEqual(['COMPLETED']);
}));
