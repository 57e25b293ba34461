import { type App, CfnParameter, Duration, Stack } from 'aws-cdk-lib';
import { Bucket } from 'aws-cdk-lib/aws-s3';
import type { LocalAwsOptions } from '../../../packages/local-aws/src/aws';
import { RESPONSE_PATH } from '../../../packages/local-aws/src/cloudformation/cloudformation';
import type { InvocationFault, PendingInvocation } from '../../../packages/local-aws/src/lambda/lambda';
import { ServiceError } from '../../../packages/local-healthlake/src/service';
import { Completion, FhirImport, type FhirImportProps, FhirSource } from '../../../src';
import { JOB_RESOURCE_TYPE, OUTCOME_RESOURCE_TYPE } from '../../../src/contract';
import { type Answer, changesOf, noteAnswers } from '../harness/custom-resources';
import { type Existing, existing, type Laptop, on, patients } from '../harness/laptop';

jest.setTimeout(600_000);

/** CloudFormation reads no more of an answer. */
const LARGEST_ANSWER_BYTES = 4096;

const NO_ANSWER = 'CloudFormation did not receive a response from your custom resource';

const MINUTE = 60_000;

/** Minutes of the clock that a busy machine may take to notice that the time is up. */
const LATENESS = 2;

/** The functions, by their physical names. */
const FRAMEWORK_ON_EVENT = /ProviderframeworkonEvent/;
const FRAMEWORK_IS_COMPLETE = /ProviderframeworkisComplete/;
const OUR_ON_EVENT = /ImportProviderOnEvent/;
const OUR_IS_COMPLETE = /ImportProviderIsComplete/;
const OUR_FUNCTION = /ImportProvider(OnEvent|IsComplete)/;

/** What the framework hands to its isComplete function, as far as it is looked at. */
interface Poll {
  readonly RequestId: string;
  readonly ResourceType: string;
  readonly ResourceProperties: { readonly Revision?: string };
}

const SERVICE_ERROR: InvocationFault = { error: new ServiceError('ServiceException', 'Service encountered an internal error', 500) };

test.each([
  { what: 'the start, at every poll', type: JOB_RESOURCE_TYPE, from: 1, serviceTimeout: 20, jobs: 0 },
  { what: 'the start, from the third poll on', type: JOB_RESOURCE_TYPE, from: 3, serviceTimeout: 20, jobs: 0 },
  { what: 'the wait, at every poll', type: OUTCOME_RESOURCE_TYPE, from: 1, serviceTimeout: 10, jobs: 1 },
  { what: 'the wait, from the third poll on', type: OUTCOME_RESOURCE_TYPE, from: 3, serviceTimeout: 10, jobs: 1 },
])('while Lambda fails, $what, the resource fails at its service time-out', async ({ type, from, serviceTimeout, jobs }) => {
  const isStart = type === JOB_RESOURCE_TYPE;
  const neverStarts = isStart ? { datastoreCreationMs: 120 * MINUTE } : {};
  await watched({ timeScale: 40, healthlake: { ...neverStarts, pace: { minimumDurationMs: 120 * MINUTE } } }, async (laptop, data, answers) => {
    await laptop.upload(data.bucket, 'in/Patient.ndjson', patients(3));
    const polls = failPolls(laptop, ({ ResourceType: polled }, count) => polled === type && count >= from);
    const { exitCode, output } = await laptop.cdk('deploy', app(data, { completion: Completion.waitFor({ timeout: Duration.minutes(5) }) }));
    expect(exitCode).toBe(1);
    expect(output).toContain('ROLLBACK_COMPLETE');
    expect(laptop.stack('Import').status).toBe('ROLLBACK_COMPLETE');
    expect(polls.failed).toBeGreaterThan(40);

    const [change, ...more] = changesOf(laptop, 'Import', isStart ? 'PatientsJob' : 'PatientsOutcome');
    expect(change).toMatchObject({ status: 'CREATE_FAILED', reason: expect.stringContaining(NO_ANSWER) });
    expect(change.minutes).toBeGreaterThanOrEqual(serviceTimeout);
    expect(change.minutes).toBeLessThan(serviceTimeout + LATENESS);
    expect(more.map(({ status }) => status)).toEqual(['DELETE_SKIPPED']);
    expect(answers.filter(({ logicalId }) => logicalId === change.logicalId)).toEqual([]);
    expect(laptop.jobs()).toHaveLength(jobs);
  });
});

test.each([
  { what: 'of 50 minutes', completion: () => Completion.waitFor(), serviceTimeout: 55, polls: 300 },
  {
    what: 'that is a parameter of the template',
    completion: (stack: Stack) => Completion.waitFor({
      timeout: Duration.seconds(new CfnParameter(stack, 'Timeout', { type: 'Number', default: 3000 }).valueAsNumber),
    }),
    serviceTimeout: 60, // CloudFormation's own
    polls: 331, // all that the waiter has
  },
])('while Lambda fails to the last poll, CloudFormation ends the wait, after a time-out $what', async ({ completion, serviceTimeout, polls }) => {
  await watched({ timeScale: 60, healthlake: { pace: { minimumDurationMs: 120 * MINUTE } } }, async (laptop, data, answers) => {
    await laptop.upload(data.bucket, 'in/Patient.ndjson', patients(3));
    const lost = failPolls(laptop, ({ ResourceType: polled }) => polled === OUTCOME_RESOURCE_TYPE);
    expect((await laptop.cdk('deploy', app(data, (stack) => ({ completion: completion(stack) })))).exitCode).toBe(1);
    expect(laptop.stack('Import').status).toBe('ROLLBACK_COMPLETE');
    expect(lost.failed).toBeGreaterThanOrEqual(polls);

    const [change] = changesOf(laptop, 'Import', 'PatientsOutcome');
    expect(change).toMatchObject({ status: 'CREATE_FAILED', reason: expect.stringContaining(NO_ANSWER) });
    expect(change.minutes).toBeGreaterThanOrEqual(serviceTimeout);
    expect(change.minutes).toBeLessThan(serviceTimeout + LATENESS);
    expect(answers.filter(({ logicalId }) => logicalId === change.logicalId)).toEqual([]);
  });
});

test('a waiter that outlives the roll-back of an update fails without an answer, and starts nothing', async () => {
  await watched({ timeScale: 40 }, async (laptop, data, answers) => {
    await laptop.upload(data.bucket, 'in/Patient.ndjson', patients(3));
    expect((await laptop.cdk('deploy', app(data, { revision: '1' }))).exitCode).toBe(0);

    const polls = failPolls(laptop, ({ ResourceProperties: { Revision: revision } }) => revision === '2');
    expect((await laptop.cdk('deploy', app(data, { revision: '2' }))).exitCode).toBe(1);
    expect(laptop.stack('Import').status).toBe('UPDATE_ROLLBACK_COMPLETE');
    const [, change, rolledBack] = changesOf(laptop, 'Import', 'PatientsJob');
    expect(change).toMatchObject({ status: 'UPDATE_FAILED', reason: expect.stringContaining(NO_ANSWER) });
    expect(change.minutes).toBeGreaterThanOrEqual(20);
    expect(change.minutes).toBeLessThan(20 + LATENESS);
    expect(rolledBack).toMatchObject({ status: 'UPDATE_COMPLETE' });

    const waiter = laptop.aws.states.executions().find(({ setup }) => setup.input.includes(polls.requestId!))!;
    await waiter.ended;
    expect(waiter).toMatchObject({ status: 'FAILED', error: 'SyntaxError' }); // the framework reads the lost poll's error as its own JSON
    expect((waiter.stoppedAt! - waiter.startedAt) / MINUTE).toBeGreaterThan(54);
    expect(answers.filter(({ requestId }) => requestId === polls.requestId)).toEqual([]);
    expect(laptop.jobs()).toHaveLength(1);

    expect((await laptop.cdk('deploy', app(data, { revision: '3' }))).exitCode).toBe(0);
    expect(laptop.jobs()).toHaveLength(2);
  });
});

test('a waiter whose polls get through again only in the next deployment starts nothing', async () => {
  await watched({ timeScale: 40, healthlake: { pace: { minimumDurationMs: 3 * MINUTE } } }, async (laptop, data) => {
    await laptop.upload(data.bucket, 'in/Patient.ndjson', patients(3));
    expect((await laptop.cdk('deploy', app(data, { revision: '1' }))).exitCode).toBe(0);

    let isNext = false;
    const polls = failPolls(laptop, ({ ResourceProperties: { Revision: revision } }) =>
      revision === '2' && !(isNext && laptop.stack('Import').status === 'UPDATE_IN_PROGRESS'));
    expect((await laptop.cdk('deploy', app(data, { revision: '2' }))).exitCode).toBe(1);
    isNext = true;
    expect((await laptop.cdk('deploy', app(data, { revision: '3' }))).exitCode).toBe(0);
    const waiter = laptop.aws.states.executions().find(({ setup }) => setup.input.includes(polls.requestId!))!;
    expect(waiter.status).toBe('SUCCEEDED'); // the framework's function has run
    expect(laptop.jobs().map(({ SubmitTime: submitted }) => submitted!.getTime() - waiter.startedAt > 20 * MINUTE)).toEqual([false, true]);
  });
});

test.each([
  { what: 'before its deadline', until: 3, exitCode: 0, status: 'CREATE_COMPLETE', reason: '' },
  { what: 'after its deadline', until: 7, exitCode: 1, status: 'CREATE_FAILED', reason: 'the time is up and the job has not ended' },
])('a wait whose polls get through again $what has an answer of its own', async ({ until, exitCode, status, reason }) => {
  await watched({ healthlake: { pace: { minimumDurationMs: (exitCode === 0 ? 4 : 120) * MINUTE } } }, async (laptop, data) => {
    await laptop.upload(data.bucket, 'in/Patient.ndjson', patients(3));
    let since: number | undefined;
    failPolls(laptop, ({ ResourceType: polled }) => {
      const now = laptop.aws.clock.now();
      since ??= polled === OUTCOME_RESOURCE_TYPE ? now : undefined;
      return since !== undefined && now < since + until * MINUTE;
    });
    const run = await laptop.cdk('deploy', app(data, { completion: Completion.waitFor({ timeout: Duration.minutes(5) }) }));
    expect(run.exitCode).toBe(exitCode);
    const [change] = changesOf(laptop, 'Import', 'PatientsOutcome');
    expect(change).toMatchObject({ status, reason: expect.stringContaining(reason) });
    expect(change.minutes).toBeGreaterThanOrEqual(until);
    expect(change.minutes).toBeLessThan(10);
    expect(laptop.jobs()).toHaveLength(1);
  });
});

test.each([
  { logicalIdPrefix: 'PatientsJob', type: JOB_RESOURCE_TYPE },
  { logicalIdPrefix: 'PatientsOutcome', type: OUTCOME_RESOURCE_TYPE },
])('our function that dies for $logicalIdPrefix fails it at once, and the same deployment again succeeds', async ({ logicalIdPrefix, type }) => {
  await watched({}, async (laptop, data) => {
    await laptop.upload(data.bucket, 'in/Patient.ndjson', patients(3));
    let kills = 0;
    laptop.aws.lambda.beforeInvoke = ({ functionName, payload }) => {
      const isHit = OUR_IS_COMPLETE.test(functionName) && (payload as Poll).ResourceType === type && kills++ === 0;
      return isHit ? { killAfterMs: 0 } : undefined;
    };
    expect((await laptop.cdk('deploy', app(data))).exitCode).toBe(1);
    expect(laptop.stack('Import').status).toBe('ROLLBACK_COMPLETE');
    const [change] = changesOf(laptop, 'Import', logicalIdPrefix);
    expect(change).toMatchObject({ status: 'CREATE_FAILED', reason: expect.stringMatching(/Runtime exited with error: signal: killed\s+Logs: /) });
    expect(change.minutes).toBeLessThan(1);

    expect((await laptop.cdk('deploy', app(data))).exitCode).toBe(0);
    expect(laptop.jobs().filter(({ JobStatus: status }) => status === 'COMPLETED')).toHaveLength(1);
  });
});

test.each([
  { answer: 'function-error', how: 'fails the update, and the next deployment finds the job', exitCode: 1, status: 'UPDATE_ROLLBACK_COMPLETE' },
  { answer: 'service-error', how: 'is run again if Lambda says that it was its fault', exitCode: 0, status: 'UPDATE_COMPLETE' },
] as const)('our function that dies just after HealthLake has accepted the job, $how', async ({ answer, exitCode, status }) => {
  await watched({ healthlake: { listDelayMs: MINUTE } }, async (laptop, data) => {
    await laptop.upload(data.bucket, 'in/Patient.ndjson', patients(3));
    expect((await laptop.cdk('deploy', app(data, { revision: '1' }))).exitCode).toBe(0);

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
    expect((await laptop.cdk('deploy', app(data, { revision: '2' }))).exitCode).toBe(exitCode);
    expect(laptop.stack('Import').status).toBe(status);
    expect(laptop.jobs()).toHaveLength(2);

    expect((await laptop.cdk('deploy', app(data, { revision: '2' }))).exitCode).toBe(0);
    expect(laptop.jobs().map(({ JobStatus: end }) => end)).toEqual(['COMPLETED', 'COMPLETED']);
  });
});

test.each([
  { what: 'before it has done anything', waiters: 1 },
  { what: 'after it has started the waiter', waiters: 2 },
])('the framework\'s onEvent killed once, $what, is repeated, and there is one job', async ({ waiters }) => {
  // Both waiters wait for the data store, so that both want to start the job, and neither sees it listed.
  await watched({ healthlake: { datastoreCreationMs: 5 * MINUTE, listDelayMs: 2 * MINUTE } }, async (laptop, data, answers) => {
    await laptop.upload(data.bucket, 'in/Patient.ndjson', patients(3));
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
    expect((await laptop.cdk('deploy', app(data))).exitCode).toBe(0);
    const [change] = changesOf(laptop, 'Import', 'PatientsJob');
    expect(change).toMatchObject({ status: 'CREATE_COMPLETE' });
    expect(laptop.jobs()).toMatchObject([{ JobStatus: 'COMPLETED' }]);

    const started = laptop.aws.states.executions().filter(({ setup }) => (JSON.parse(setup.input) as Poll).ResourceType === JOB_RESOURCE_TYPE);
    expect(started).toHaveLength(waiters);
    await Promise.all(started.map(({ ended }) => ended));
    const ofJob = answers.filter(({ logicalId }) => logicalId === change.logicalId);
    expect(ofJob).toHaveLength(waiters);
    expect(new Set(ofJob.map(({ attributes }) => attributes.JobId))).toEqual(new Set([laptop.jobs()[0].JobId]));
  });
});

test('our functions that the Lambda service can\'t run once are run again by the framework', async () => {
  await watched({}, async (laptop, data) => {
    await laptop.upload(data.bucket, 'in/Patient.ndjson', patients(3));
    laptop.aws.lambda.beforeInvoke = ({ functionName, count }) => OUR_FUNCTION.test(functionName) && count === 1 ? SERVICE_ERROR : undefined;
    expect((await laptop.cdk('deploy', app(data))).exitCode).toBe(0);
    expect(laptop.jobs()).toMatchObject([{ JobStatus: 'COMPLETED' }]);
  });
});

test.each([
  ['OnEvent', OUR_ON_EVENT], ['IsComplete', OUR_IS_COMPLETE],
])('our %s that the Lambda service can\'t run at all fails the resource at once', async (_, ours) => {
  await watched({}, async (laptop, data, answers) => {
    await laptop.upload(data.bucket, 'in/Patient.ndjson', patients(3));
    laptop.aws.lambda.beforeInvoke = ({ functionName }) => ours.test(functionName) ? SERVICE_ERROR : undefined;
    expect((await laptop.cdk('deploy', app(data))).exitCode).toBe(1);
    expect(laptop.stack('Import').status).toBe('ROLLBACK_COMPLETE');
    const [change] = changesOf(laptop, 'Import', 'PatientsJob');
    expect(change).toMatchObject({ status: 'CREATE_FAILED', reason: expect.stringContaining('Service encountered an internal error') });
    expect(change.minutes).toBeLessThan(2);
    expect(answers).toHaveLength(1);
    expect(laptop.jobs()).toEqual([]);
  });
});

test('a response bucket that is out of order for five minutes gets its answers, and there is one job', async () => {
  await watched({}, async (laptop, data) => {
    await laptop.upload(data.bucket, 'in/Patient.ndjson', patients(3));
    let since: number | undefined;
    laptop.aws.router.faults.hook = (service, operation) => {
      if (service !== RESPONSE_PATH || operation !== 'PUT') {
        return undefined;
      }
      since ??= laptop.aws.clock.now();
      return laptop.aws.clock.now() < since + 5 * MINUTE ? { kind: 'internal' } : undefined;
    };
    // An answer that could not be sent is a failure to the framework, which it then sends: either may get through.
    await laptop.cdk('deploy', app(data));
    const [change] = changesOf(laptop, 'Import', 'PatientsJob');
    expect(change.reason).not.toContain(NO_ANSWER);
    expect(change.minutes).toBeGreaterThanOrEqual(5);
    expect(change.minutes).toBeLessThan(20);

    expect((await laptop.cdk('deploy', app(data))).exitCode).toBe(0);
    expect(laptop.jobs()).toMatchObject([{ JobStatus: 'COMPLETED' }]);
  });
});

test.each([
  { operation: 'StartFHIRImportJob', said: 'could not start the import job: AccessDeniedException' },
  { operation: 'DescribeFHIRImportJob', said: 'could not describe the job: AccessDeniedException' },
])('a refusal of $operation of 6,000 characters makes no answer that CloudFormation can\'t read', async ({ operation, said }) => {
  await watched({}, async (laptop, data, answers) => {
    await laptop.upload(data.bucket, 'in/Patient.ndjson', patients(3));
    const message = `with an explicit deny: ${'\u00e4\ud83d\udd25"\\ '.repeat(6000)}`.slice(0, 6000);
    const refusal = { kind: 'error', error: { name: 'AccessDeniedException', message } } as const;
    laptop.aws.router.faults.hook = (_service, called) => called === operation ? refusal : undefined;
    expect((await laptop.cdk('deploy', app(data))).exitCode).toBe(1);
    expect(laptop.reasons('Import').join('\n')).toContain(said);
    expect(failures(answers)).toEqual([expect.stringContaining('deploy again')]);
  });
});

test('a failed job whose message has 8,000 characters makes no answer that CloudFormation can\'t read', async () => {
  const message = 'The import failed because of \u00e4\ud83d\udd25"\\ in the data. '.repeat(8000).slice(0, 8000);
  await watched({ healthlake: { overrideJob: () => ({ outcome: { status: 'FAILED', message } }) } }, async (laptop, data, answers) => {
    await laptop.upload(data.bucket, 'in/Patient.ndjson', patients(3));
    expect((await laptop.cdk('deploy', app(data))).exitCode).toBe(1);
    expect(laptop.reasons('Import').join('\n')).toContain('HealthLake says (full text: aws healthlake describe-fhir-import-job): The import failed because of');
    expect(failures(answers)).toEqual([expect.stringContaining('deploy again')]);
  });
});

test('long locations and the longest revision make no answer that CloudFormation can\'t read', async () => {
  const folder = (length: number) => `${'f'.repeat(length - 1)}/`;
  await watched({}, async (laptop, data, answers) => {
    const props = (revision: string) => (stack: Stack): Partial<FhirImportProps> => ({
      source: FhirSource.bucket(Bucket.fromBucketName(stack, 'Source', data.bucket), folder(1000)),
      outputPrefix: folder(800), // HealthLake makes longer keys of it, and S3 takes 1,024
      revision: revision.repeat(256),
    });
    await laptop.upload(data.bucket, `${folder(1000)}Patient.ndjson`, patients(3));
    expect((await laptop.cdk('deploy', app(data, props('r')))).exitCode).toBe(0);
    expect(Math.max(...answers.map(({ bytes }) => bytes))).toBeGreaterThan(1200);

    await laptop.upload(data.bucket, `${folder(1000)}bad.ndjson`, [{ resourceType: 'Patient' }]);
    expect((await laptop.cdk('deploy', app(data, props('s')))).exitCode).toBe(1);
    expect(failures(answers)).toEqual([expect.stringMatching(/no errors are tolerated.*deploy again/)]);
  });
});

/** An app of one import; what it is made with may need its stack. */
function app(data: Existing, props: Partial<FhirImportProps> | ((stack: Stack) => Partial<FhirImportProps>) = {}) {
  return (root: App) => {
    const stack = new Stack(root, 'Import');
    const { datastore, data: bucket } = existing(stack, data);
    new FhirImport(stack, 'Patients', {
      datastore, source: FhirSource.bucket(bucket, 'in/'), ...(typeof props === 'function' ? props(stack) : props),
    });
  };
}

/** The reasons of the answers that are failures. */
function failures(answers: readonly Answer[]): string[] {
  return answers.filter(({ status }) => status === 'FAILED').map(({ reason }) => reason);
}

/** A test on a laptop of its own, in which no answer is too long. */
async function watched(options: LocalAwsOptions, scenario: (laptop: Laptop, data: Existing, answers: readonly Answer[]) => Promise<void>) {
  await on({ timeScale: 20, ...options }, async (laptop, data) => {
    const answers = noteAnswers(laptop);
    await scenario(laptop, data, answers);
    expect(answers.filter(({ bytes }) => bytes > LARGEST_ANSWER_BYTES)).toEqual([]);
  })();
}

/** The polls that never reached the framework's function. */
interface FailedPolls {
  failed: number;
  /** Of the newest. */
  requestId?: string;
}

/** Lambda answers the waiter with errors of its own instead of running the framework's isComplete function. */
function failPolls({ aws }: Laptop, fails: (poll: Poll, count: number) => boolean): FailedPolls {
  const polls: FailedPolls = { failed: 0 };
  const counts = new Map<string, number>();
  aws.lambda.beforeInvoke = ({ functionName, payload }: PendingInvocation) => {
    if (!FRAMEWORK_IS_COMPLETE.test(functionName)) {
      return undefined;
    }
    const poll = payload as Poll;
    const count = (counts.get(poll.RequestId) ?? 0) + 1;
    counts.set(poll.RequestId, count);
    if (!fails(poll, count)) {
      return undefined;
    }
    polls.failed += 1;
    polls.requestId = poll.RequestId;
    return SERVICE_ERROR;
  };
  return polls;
}
