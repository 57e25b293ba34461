import { CALM, type DeployStep, type Fault, type Plan, type Step } from './plan';
import type { UpdateReversal } from '../../../packages/local-aws/src/cloudformation/cloudformation';
import { CANARY } from '../../support/canary';

/** A plan that the suite always runs. The plan once found a defect, or it tests a limit that random plans rarely reach. */
export interface KnownPlan {
  readonly name: string;
  readonly plan: Plan;
}

const REVERSAL: UpdateReversal = { sendsUpdate: true, id: 'new', references: 'new' };

const DETACHED: DeployStep = { ...CALM, change: { completion: 'detached' } };

const EXPORT: DeployStep = { ...CALM, change: { kind: 'export' } };

const RESTORED: DeployStep = { ...CALM, change: { datastore: 'restored' } };

const START_KILLED: Fault = {
  on: 'request', operation: 'monitor.StartExecution', from: 1, lasting: { times: 1 }, what: { kind: 'killed', when: 'after', answer: 'service-error' },
};

const TWICE: Fault = { on: 'invocation', of: 'framework.onEvent', from: 1, times: 3, what: { kind: 'twice' } };

const LOST_START: Fault = {
  on: 'request', operation: 'healthlake.StartJob', from: 1, lasting: { times: 1 }, what: { kind: 'reset-after' },
};

export const KNOWN_PLANS: readonly KnownPlan[] = [
  {
    name: 'the waiter of a deployment that was rolled back starts no job in the next deployment',
    plan: inOrder(CALM, ...overtaken({
      on: 'request', operation: 'healthlake.StartJob', from: 1, lasting: { seconds: 1000 }, what: { kind: 'throttle' },
    }, 40)),
  },
  {
    name: 'an event that is delivered during the next deployment starts no job',
    plan: inOrder(CALM, ...overtaken({
      on: 'invocation', of: 'framework.onEvent', from: 1, times: 1, what: { kind: 'refused', error: 'ServiceException' },
    }, 5)),
  },
  {
    name: 'a failed job without a roll-back needs a new revision, and the reason says so',
    plan: inOrder(
      CALM, { ...CALM, change: { revision: '2' }, data: 'empty', rollbackDisabled: true }, CALM, { ...CALM, change: { revision: '3' } }),
  },
  {
    name: 'a deployment fails with a reason of the handler when its job outlasts the time-out',
    plan: inOrder({ ...CALM, change: { timeoutMinutes: 5 }, job: { seconds: 1000 } }),
  },
  {
    name: 'the next deployment waits for a running job when the roll-back before it sent no update',
    plan: where({ succeeded: { ...REVERSAL, sendsUpdate: false }, failed: REVERSAL }, CALM, { ...CALM, change: { revision: '2' }, job: { seconds: 700 } }, CALM),
  },
  {
    name: 'a roll-back while a Wait resource waits starts no job, and the next deployment adopts the job',
    plan: inOrder(
      CALM,
      { ...CALM, change: { revision: '2', completion: 'long wait' }, job: { seconds: 700 }, trouble: { kind: 'fails beside', afterSeconds: 60 } },
      CALM,
    ),
  },
  {
    name: 'a deployment fails with a reason of the handler when its start is throttled for longer than CloudFormation waits',
    plan: inOrder({
      ...CALM, faults: [{ on: 'request', operation: 'healthlake.StartJob', from: 1, lasting: { seconds: 2000 }, what: { kind: 'throttle' } }],
    }),
  },
  {
    name: 'a long message with object names is shortened and masked',
    plan: inOrder({
      ...CALM, job: { seconds: 10, outcome: { status: 'FAILED', message: `HealthLake could not read s3://hospital-data/in/${CANARY}.ndjson\n`.repeat(80) } },
    }),
  },
  {
    name: 'a job whose cancellation failed counts as ended',
    plan: inOrder({ ...CALM, job: { seconds: 10, outcome: { status: 'CANCEL_FAILED' } } }),
  },
  {
    name: 'when client tokens are ignored, a doubled event starts one job, or two at the same moment',
    plan: withoutTokens(0,
      { ...CALM, faults: [TWICE] },
      { ...CALM, change: { revision: '2' }, job: { seconds: 100 }, faults: [{ ...TWICE, of: 'isComplete' }] },
      { ...DETACHED, change: { revision: '3', completion: 'detached' }, faults: [TWICE] },
    ),
  },
  {
    name: 'when client tokens are ignored and jobs are listed late, a start whose answer is lost creates one job',
    plan: withoutTokens(30, { ...CALM, job: { seconds: 100 }, faults: [LOST_START] }),
  },
  {
    name: 'when client tokens are ignored and a job is listed late, starting its monitor starts no second job',
    plan: withoutTokens(50, {
      ...DETACHED,
      job: { seconds: 200 },
      faults: [{ on: 'request', operation: 'monitor.StartExecution', from: 1, lasting: { seconds: 40 }, what: { kind: 'throttle' } }],
    }),
  },
  {
    name: 'the handler starts no second execution when the answer to a start of the monitor is lost or its function dies',
    plan: inOrder(
      { ...DETACHED, faults: [{ on: 'request', operation: 'monitor.StartExecution', from: 1, lasting: { times: 1 }, what: { kind: 'reset-after' } }] },
      { ...DETACHED, change: { revision: '2' }, faults: [START_KILLED] },
    ),
  },
  {
    name: 'the function that judges a job emits the same event again when it died after the first one',
    plan: inOrder({
      ...DETACHED,
      change: { completion: 'detached', tolerance: 'one resource' },
      data: 'one bad',
      faults: [{
        on: 'request', operation: 'judge.PutEvents', from: 1, lasting: { times: 1 }, what: { kind: 'killed', when: 'after', answer: 'function-error' },
      }],
    }),
  },
  {
    name: 'a job that cannot be described for a while gets a correct event',
    plan: inOrder({
      ...DETACHED,
      faults: [
        { on: 'request', operation: 'monitor.DescribeJob', from: 1, lasting: { times: 1 }, what: { kind: 'throttle' } },
        { on: 'request', operation: 'judge.DescribeJob', from: 1, lasting: { seconds: 120 }, what: { kind: 'internal' } },
      ],
    }),
  },
  {
    name: 'an event that EventBridge refuses for a quarter of an hour is emitted later',
    plan: inOrder({
      ...DETACHED,
      faults: [{ on: 'request', operation: 'judge.PutEvents', from: 1, lasting: { seconds: 900 }, what: { kind: 'internal' } }],
    }),
  },
  {
    name: 'a deployment while the monitor runs starts no second job and no second execution',
    plan: inOrder(
      { ...DETACHED, job: { seconds: 700 } }, { ...CALM, pauseSeconds: 60, change: { tolerance: 'one resource' } }, { ...CALM, change: { tolerance: 'any' } }),
  },
  {
    name: 'a detached deployment monitors the job of a deployment that timed out',
    plan: inOrder(
      CALM,
      { ...CALM, change: { revision: '2', timeoutMinutes: 5 }, job: { seconds: 700 } },
      { ...CALM, change: { revision: '2', completion: 'detached' } },
    ),
  },
  {
    name: 'a monitor execution goes on after a roll-back, and ends when its stack is deleted',
    plan: inOrder(
      DETACHED,
      { ...CALM, change: { revision: '2' }, job: { seconds: 100 }, trouble: { kind: 'fails after' } },
      { ...CALM, change: { revision: '3' }, job: { seconds: 700 } },
      { kind: 'destroy', pauseSeconds: 60, faults: [] },
    ),
  },
  {
    name: 'an import into a restored data store is refused, starts no job with alreadyImported, and imports a later revision',
    plan: inOrder(
      CALM, RESTORED, { ...CALM, change: { declares: true } }, { ...CALM, change: { revision: '2' } }, { ...CALM, change: { declares: false, tolerance: 'any' } }),
  },
  {
    name: 'an import into a restored data store is refused again after --no-rollback',
    plan: inOrder(CALM, { ...RESTORED, rollbackDisabled: true }, { ...CALM, rollbackDisabled: true }, { ...CALM, change: { declares: true } }),
  },
  {
    name: 'no job is started after a roll-back to a data set with alreadyImported',
    plan: inOrder(
      CALM,
      { ...RESTORED, change: { datastore: 'restored', declares: true } },
      { ...CALM, change: { revision: '2' }, trouble: { kind: 'fails after' } },
      { ...CALM, change: { revision: '1', tolerance: 'any' } },
    ),
  },
  {
    name: 'no job is started after a roll-back to a data set that once had alreadyImported, and the property can be set again',
    plan: inOrder(
      CALM,
      { ...RESTORED, change: { datastore: 'restored', declares: true } },
      { ...CALM, change: { declares: false } },
      { ...CALM, change: { revision: '2' }, trouble: { kind: 'fails after' } },
      { ...CALM, change: { revision: '1', tolerance: 'any' } },
      { ...CALM, change: { declares: true } },
    ),
  },
  {
    name: 'a detached import with alreadyImported emits an event without a monitor execution, and a later revision has both',
    plan: inOrder({ ...DETACHED, change: { completion: 'detached', datastore: 'restored', declares: true } }, { ...CALM, change: { revision: '2' } }),
  },
  {
    name: 'a replaced data store of the stack is empty, and the data set is imported into it',
    plan: inOrder({ ...CALM, change: { datastore: 'own 1' } }, { ...CALM, change: { datastore: 'own 2' } }, { ...CALM, change: { datastore: 0 } }),
  },
  {
    name: 'a roll-back starts no export, and the next deployment adopts the job that runs',
    plan: inOrder(
      EXPORT,
      { ...CALM, change: { revision: '2' }, job: { seconds: 100 }, trouble: { kind: 'fails beside', afterSeconds: 30 } },
      CALM,
      {
        ...CALM,
        change: { revision: '3' },
        faults: [{ on: 'request', operation: 'healthlake.StartJob', from: 1, lasting: { seconds: 1000 }, what: { kind: 'throttle' } }],
        trouble: { kind: 'fails beside', afterSeconds: 40 },
      },
      { ...CALM, pauseSeconds: 600, change: { revision: '4' } },
    ),
  },
  {
    name: 'an empty export fails, succeeds with allowEmpty, and is not repeated',
    plan: inOrder(
      { ...EXPORT, data: 'empty' },
      { ...CALM, data: 'empty', change: { tolerance: 'any' } },
      { ...CALM, change: { tolerance: 'none' } },
      { ...CALM, change: { revision: '2', completion: 'detached', tolerance: 'any' }, data: 'empty' },
      { ...CALM, change: { revision: '3', tolerance: 'none' }, data: 'empty' },
    ),
  },
  {
    name: 'an incomplete export fails, and its revision is exported again',
    plan: inOrder({ ...EXPORT, data: 'one bad' }, CALM, { ...CALM, change: { revision: '2', completion: 'detached' }, data: 'one bad' }),
  },
  {
    name: 'a copy in another bucket does not count, and the first bucket has its copy again after a roll-back',
    plan: inOrder(
      EXPORT,
      { ...CALM, change: { storage: 'Elsewhere' }, trouble: { kind: 'fails after' } },
      CALM,
      { ...CALM, change: { outputPrefix: 'elsewhere/' } },
      { ...CALM, change: { storage: 'of the stack' } },
    ),
  },
  {
    name: 'an export of a stack that is created again writes a new copy, because the first one is in another bucket',
    plan: inOrder(EXPORT, { kind: 'destroy', pauseSeconds: 0, faults: [] }, CALM),
  },
  {
    name: 'an export replaces the import of the stack and starts one job, even if the answer to the start is lost',
    plan: inOrder(CALM, { ...EXPORT, change: { kind: 'export', completion: 'detached' }, faults: [LOST_START, START_KILLED] }, { ...CALM, change: { kind: 'import' } }),
  },
];

function inOrder(...steps: Step[]): Plan {
  return where({ succeeded: REVERSAL, failed: REVERSAL }, ...steps);
}

/** Returns a plan in which HealthLake ignores client tokens and lists each job only after a delay. */
function withoutTokens(listDelaySeconds: number, ...steps: Step[]): Plan {
  const { environment } = inOrder();
  return { environment: { ...environment, listDelaySeconds, ignoresClientTokens: true }, steps };
}

function where(rollbackAfterUpdate: Plan['environment']['rollbackAfterUpdate'], ...steps: Step[]): Plan {
  return {
    environment: {
      rollbackAfterUpdate,
      reusesRequestId: true,
      propagationSeconds: 0,
      listDelaySeconds: 0,
      clientTokenMismatch: 'validation',
      ignoresClientTokens: false,
    },
    steps,
  };
}

/**
 * Returns two deployments. A fault delays the first one. CloudFormation rolls it back, because another resource fails. The second deployment follows at once.
 */
function overtaken(fault: Fault, cancelledAfterSeconds: number): Step[] {
  return [
    { ...CALM, change: { revision: '2' }, faults: [fault], trouble: { kind: 'fails beside', afterSeconds: cancelledAfterSeconds } },
    { ...CALM, change: { revision: '3' }, job: { seconds: 200 } },
  ];
}
