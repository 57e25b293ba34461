import type { DeployStep, Fault, Plan, Step } from './plan';
import type { UpdateReversal } from '../../../packages/local-aws/src/cloudformation/cloudformation';
import { CANARY } from '../run/data';

/** A plan that is always played: of a defect that was found, or to a bound that random plans seldom reach. */
export interface KnownPlan {
  readonly name: string;
  readonly plan: Plan;
}

const REVERSAL: UpdateReversal = { sendsUpdate: true, id: 'new', references: 'new' };

const CALM: DeployStep = {
  kind: 'deploy', faults: [], pauseSeconds: 0, change: {}, data: 'good', job: { seconds: 10 }, rollbackDisabled: false, afterFailure: 'deploy on top',
};

const DETACHED: DeployStep = { ...CALM, change: { completion: 'detached' } };

const RESTORED: DeployStep = { ...CALM, change: { datastore: 'restored' } };

const START_KILLED: Fault = {
  on: 'request', operation: 'watch.StartExecution', from: 1, lasting: { times: 1 }, what: { kind: 'killed', when: 'after', answer: 'service-error' },
};

const TWICE: Fault = { on: 'invocation', of: 'framework.onEvent', from: 1, times: 3, what: { kind: 'twice' } };

const LOST_START: Fault = {
  on: 'request', operation: 'healthlake.StartFHIRImportJob', from: 1, lasting: { times: 1 }, what: { kind: 'reset-after' },
};

export const KNOWN_PLANS: readonly KnownPlan[] = [
  {
    name: 'the waiter of a deployment that was rolled back starts nothing in the next one',
    plan: inOrder(CALM, ...overtaken({
      on: 'request', operation: 'healthlake.StartFHIRImportJob', from: 1, lasting: { seconds: 1000 }, what: { kind: 'throttle' },
    }, 40)),
  },
  {
    name: 'an event that is delivered only in the next deployment starts nothing',
    plan: inOrder(CALM, ...overtaken({
      on: 'invocation', of: 'framework.onEvent', from: 1, times: 1, what: { kind: 'refused', error: 'ServiceException' },
    }, 5)),
  },
  {
    name: 'without a roll-back a job that failed needs a new revision, and the reason says so',
    plan: inOrder(
      CALM, { ...CALM, change: { revision: '2' }, data: 'empty', rollbackDisabled: true }, CALM, { ...CALM, change: { revision: '3' } }),
  },
  {
    name: 'a job that takes longer than the time-out fails the deployment in our words',
    plan: inOrder({ ...CALM, change: { timeoutMinutes: 5 }, job: { seconds: 1000 } }),
  },
  {
    name: 'a job that outlasted a deployment that was rolled back is waited for by the next one, whatever the roll-back left in the properties',
    plan: where({ succeeded: { ...REVERSAL, sendsUpdate: false }, failed: REVERSAL }, CALM, { ...CALM, change: { revision: '2' }, job: { seconds: 700 } }, CALM),
  },
  {
    name: 'an update that is rolled back while a leg waits starts nothing; the next one finds its job, which outlasts the leg again',
    plan: inOrder(
      CALM,
      { ...CALM, change: { revision: '2', completion: 'long wait' }, job: { seconds: 700 }, trouble: { kind: 'fails beside', afterSeconds: 60 } },
      CALM,
    ),
  },
  {
    name: 'a start that is refused for longer than CloudFormation waits fails the deployment in our words',
    plan: inOrder({
      ...CALM, faults: [{ on: 'request', operation: 'healthlake.StartFHIRImportJob', from: 1, lasting: { seconds: 2000 }, what: { kind: 'throttle' } }],
    }),
  },
  {
    name: 'a long message with names of objects is cut and masked',
    plan: inOrder({
      ...CALM, job: { seconds: 10, outcome: { status: 'FAILED', message: `HealthLake could not read s3://hospital-data/in/${CANARY}.ndjson\n`.repeat(80) } },
    }),
  },
  {
    name: 'a job whose cancellation failed has ended',
    plan: inOrder({ ...CALM, job: { seconds: 10, outcome: { status: 'CANCEL_FAILED' } } }),
  },
  {
    name: 'an event that is delivered twice makes one job, or two at the same moment, where client tokens are ignored',
    plan: withoutTokens(0,
      { ...CALM, faults: [TWICE] },
      { ...CALM, change: { revision: '2' }, job: { seconds: 100 }, faults: [{ ...TWICE, of: 'isComplete' }] },
      { ...DETACHED, change: { revision: '3', completion: 'detached' }, faults: [TWICE] },
    ),
  },
  {
    name: 'a start whose answer is lost makes one job where client tokens are ignored and jobs are listed late',
    plan: withoutTokens(30, { ...CALM, job: { seconds: 100 }, faults: [LOST_START] }),
  },
  {
    name: 'a job that is listed late is not started again for its watch where client tokens are ignored',
    plan: withoutTokens(50, {
      ...DETACHED,
      job: { seconds: 200 },
      faults: [{ on: 'request', operation: 'watch.StartExecution', from: 1, lasting: { seconds: 40 }, what: { kind: 'throttle' } }],
    }),
  },
  {
    name: 'a start of a watch whose answer is lost, or that dies with the function, is made again and does no harm',
    plan: inOrder(
      { ...DETACHED, faults: [{ on: 'request', operation: 'watch.StartExecution', from: 1, lasting: { times: 1 }, what: { kind: 'reset-after' } }] },
      { ...DETACHED, change: { revision: '2' }, faults: [START_KILLED] },
    ),
  },
  {
    name: 'a judge that dies when it has put its event puts the same again',
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
    name: 'a job that nobody can describe for a while is announced as it ended',
    plan: inOrder({
      ...DETACHED,
      faults: [
        { on: 'request', operation: 'watch.DescribeFHIRImportJob', from: 1, lasting: { times: 1 }, what: { kind: 'throttle' } },
        { on: 'request', operation: 'judge.DescribeFHIRImportJob', from: 1, lasting: { seconds: 120 }, what: { kind: 'internal' } },
      ],
    }),
  },
  {
    name: 'an event that nobody takes for a quarter of an hour is put later',
    plan: inOrder({
      ...DETACHED,
      faults: [{ on: 'request', operation: 'judge.PutEvents', from: 1, lasting: { seconds: 900 }, what: { kind: 'internal' } }],
    }),
  },
  {
    name: 'a deployment while a watch runs starts neither job nor watch again',
    plan: inOrder(
      { ...DETACHED, job: { seconds: 700 } }, { ...CALM, pauseSeconds: 60, change: { tolerance: 'one resource' } }, { ...CALM, change: { tolerance: 'any' } }),
  },
  {
    name: 'a deployment that waited for too long becomes a detached one, which has the running job watched',
    plan: inOrder(
      CALM,
      { ...CALM, change: { revision: '2', timeoutMinutes: 5 }, job: { seconds: 700 } },
      { ...CALM, change: { revision: '2', completion: 'detached' } },
    ),
  },
  {
    name: 'a watch outlives a deployment that is rolled back, and ends with its stack',
    plan: inOrder(
      DETACHED,
      { ...CALM, change: { revision: '2' }, job: { seconds: 100 }, trouble: { kind: 'fails after' } },
      { ...CALM, change: { revision: '3' }, job: { seconds: 700 } },
      { kind: 'destroy', pauseSeconds: 60, faults: [] },
    ),
  },
  {
    name: 'an import that is pointed to a restored data store is refused, and declared starts nothing; a later revision is imported',
    plan: inOrder(
      CALM, RESTORED, { ...CALM, change: { declares: true } }, { ...CALM, change: { revision: '2' } }, { ...CALM, change: { declares: false, tolerance: 'any' } }),
  },
  {
    name: 'an import that is pointed to a restored data store is refused again after --no-rollback',
    plan: inOrder(CALM, { ...RESTORED, rollbackDisabled: true }, { ...CALM, rollbackDisabled: true }, { ...CALM, change: { declares: true } }),
  },
  {
    name: 'a roll-back to a declared data set starts nothing later, whatever id it is handed',
    plan: inOrder(
      CALM,
      { ...RESTORED, change: { datastore: 'restored', declares: true } },
      { ...CALM, change: { revision: '2' }, trouble: { kind: 'fails after' } },
      { ...CALM, change: { revision: '1', tolerance: 'any' } },
    ),
  },
  {
    name: 'a roll-back to a data set that was declared once starts nothing later, and is declared again',
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
    name: 'a declared detached import is announced and not watched, and a later revision is both',
    plan: inOrder({ ...DETACHED, change: { completion: 'detached', datastore: 'restored', declares: true } }, { ...CALM, change: { revision: '2' } }),
  },
  {
    name: 'a data store of the stack that is replaced is empty, and the data set is imported into it',
    plan: inOrder({ ...CALM, change: { datastore: 'own 1' } }, { ...CALM, change: { datastore: 'own 2' } }, { ...CALM, change: { datastore: 0 } }),
  },
];


function inOrder(...steps: Step[]): Plan {
  return where({ succeeded: REVERSAL, failed: REVERSAL }, ...steps);
}

/** With a HealthLake that ignores client tokens, and lists jobs late. */
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

/** A deployment that is held up and rolled back because of another resource, and at once the next one. */
function overtaken(fault: Fault, cancelledAfterSeconds: number): Step[] {
  return [
    { ...CALM, change: { revision: '2' }, faults: [fault], trouble: { kind: 'fails beside', afterSeconds: cancelledAfterSeconds } },
    { ...CALM, change: { revision: '3' }, job: { seconds: 200 } },
  ];
}
