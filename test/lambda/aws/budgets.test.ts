import { DescribeStacksCommand } from '@aws-sdk/client-cloudformation';
import { PutEventsCommand } from '@aws-sdk/client-eventbridge';
import {
  DescribeFHIRDatastoreCommand, DescribeFHIRImportJobCommand, ListFHIRImportJobsCommand, StartFHIRImportJobCommand,
} from '@aws-sdk/client-healthlake';
import { InvokeCommand } from '@aws-sdk/client-lambda';
import { ListObjectsV2Command } from '@aws-sdk/client-s3';
import { StartExecutionCommand } from '@aws-sdk/client-sfn';
import { isComplete } from '../../../lambda';
import { SETTLING_MS } from '../../../lambda/aws/errors';
import { BUDGETS } from '../../../lambda/budgets';
import { ANSWER_MARGIN_MINUTES, QUERY_INTERVAL_SECONDS, type WatchedImport } from '../../../src/contract';
import { Aws, FINGERPRINT, importJob, JOB, JOB_ID, jobEvent, MINUTE, OUTCOME, outcomeEvent, report, SECOND, sdkError } from '../harness';

/** The time-out of the handler function, in milliseconds. */
const TIMEOUT = 5 * MINUTE;

const Report = { FunctionArn: 'arn:aws:lambda:eu-west-1:123456789012:function:report', RoleArn: 'arn:aws:iam::123456789012:role/report' };
const EventBusArn = 'arn:aws:events:eu-west-1:123456789012:event-bus/default';
const Watch = { StateMachineArn: 'arn:aws:states:eu-west-1:123456789012:stateMachine:watch', GiveUpAfterSeconds: '604800' };
const Import = { ...OUTCOME, Report, EventBusArn };

let aws: Aws;

beforeEach(() => {
  aws = new Aws();
  // The original AbortSignal.timeout() ignores Jest's fake clock.
  jest.spyOn(AbortSignal, 'timeout').mockImplementation((ms) => {
    const controller = new AbortController();
    setTimeout(() => controller.abort(), ms);
    return controller.signal;
  });
  aws.healthlake.on(DescribeFHIRImportJobCommand).resolves({ ImportJobProperties: importJob({ JobStatus: 'COMPLETED' }) });
  aws.reports({ kind: 'unreadable', why: 'no' });
  aws.s3.onAnyCommand().resolves({});
});
afterEach(() => aws.close());

/** Returns a mock of a call that never gets an answer and rejects when the handler aborts it. */
function hanging(client: 'healthlake' | 'lambda' | 'events' | 'states' | 'cloudformation' | 's3'): () => Promise<never> {
  return () => new Promise((_, reject) => {
    const { args } = aws[client].calls().at(-1)! as unknown as { readonly args: [object, { readonly abortSignal: AbortSignal }?] };
    const abort = () => reject(sdkError('AbortError', 'Request aborted'));
    if (args[1]?.abortSignal.aborted) {
      abort();
    }
    args[1]?.abortSignal.addEventListener('abort', abort);
  });
}

const HANGS = {
  DescribeFHIRImportJob: () => aws.healthlake.on(DescribeFHIRImportJobCommand).callsFake(hanging('healthlake')),
  ListFHIRImportJobs: () => aws.healthlake.on(ListFHIRImportJobsCommand).callsFake(hanging('healthlake')),
  StartFHIRImportJob: () => aws.healthlake.on(StartFHIRImportJobCommand).callsFake(hanging('healthlake')),
  Invoke: () => aws.lambda.on(InvokeCommand).callsFake(hanging('lambda')),
  PutEvents: () => aws.events.on(PutEventsCommand).callsFake(hanging('events')),
  StartExecution: () => aws.states.on(StartExecutionCommand).callsFake(hanging('states')),
  DescribeFHIRDatastore: () => aws.healthlake.on(DescribeFHIRDatastoreCommand).callsFake(hanging('healthlake')),
  DescribeStacks: () => aws.cloudformation.on(DescribeStacksCommand).callsFake(hanging('cloudformation')),
  ListObjectsV2: () => aws.s3.on(ListObjectsV2Command).callsFake(hanging('s3')),
} as const;

/** Runs an invocation and returns its duration in milliseconds. */
async function timeOf(invocation: () => Promise<unknown>): Promise<number> {
  const began = Date.now();
  let settled = false;
  const asked = invocation().catch(() => undefined).finally(() => {
    settled = true;
  });
  while (!settled) {
    await jest.advanceTimersToNextTimerAsync();
  }
  await asked;
  return Date.now() - began;
}

async function judge(): Promise<unknown> {
  const Deadline = Date.now() + 60 * MINUTE;
  const watched: WatchedImport = {
    Import, RequestedAt: Date.now(), Deadline, GiveUpAt: new Date(Deadline).toISOString(), Poll: { Seconds: 30, FailingSince: 0 },
  };
  return isComplete(watched);
}

const start = async () => isComplete(await aws.begin(jobEvent({}, { ...JOB, EventBusArn, Watch })));
const CHECKED = { ...JOB, Quotas: { MaxFiles: '1', MaxFileSizeInGB: '1', MaxTotalSizeInGB: '1' } };
/** Runs an invocation that inspects the buckets and then starts a job. */
const check = async () => isComplete(await aws.begin(jobEvent({}, CHECKED)));
/** Runs an invocation that answers from the physical id. */
const compare = async () => isComplete(await aws.begin(jobEvent(
  { RequestType: 'Update', OldResourceProperties: JOB, PhysicalResourceId: `${JOB.DatastoreId}/${JOB_ID}/${FINGERPRINT}` }, CHECKED)));
/** Runs an invocation that judges an earlier job by its failure report. */
const adopt = async () => isComplete(await aws.begin(jobEvent({}, { ...JOB, Report, ErrorTolerance: { Kind: 'RESOURCES', Limit: '1' } })));
/** Runs an invocation of `Outcome` after a `Wait` resource. Such an invocation polls at once. */
const wait = async () => isComplete(await aws.begin(outcomeEvent({}, { ...Import, LegsBefore: '1' })));

test.each<[string, (keyof typeof HANGS)[], number, () => Promise<unknown>]>([
  ['judges a detached import', ['DescribeFHIRImportJob'], 120, judge],
  ['judges a detached import', ['PutEvents'], 15, judge],
  ['judges a detached import', ['DescribeFHIRDatastore', 'Invoke', 'PutEvents'], 225, judge],
  ['starts a detached import', ['ListFHIRImportJobs'], 30, start],
  ['starts a detached import', ['StartFHIRImportJob'], 15, start],
  ['starts a detached import', ['StartExecution'], 15, start],
  ['starts an import', ['DescribeFHIRDatastore'], 15, start],
  ['starts an import', ['DescribeStacks'], 30, start],
  ['starts an import', ['ListObjectsV2'], 30, check],
  ['compares the input with an adopted job', ['DescribeFHIRImportJob'], 30, compare],
  ['compares the input with an adopted job', ['ListObjectsV2'], 30, compare],
  ['judges an import for which the deployment waits', ['DescribeFHIRDatastore', 'Invoke', 'PutEvents'], 225, wait],
])('an invocation that %s and gets no answer to %j ends after %i s', async (_what, hang, after, invocation) => {
  hang.forEach((call) => HANGS[call]());
  const milliseconds = await timeOf(invocation);
  hang.forEach((call) => expect(aws.sent(call)).toHaveLength(1));
  expect(milliseconds).toBe(after * SECOND);
  expect(milliseconds).toBeLessThan(TIMEOUT - MINUTE); // leaves a minute for AssumeRole and the handler's own work
});

test.each(['Invoke', 'DescribeFHIRImportJob'] as const)('the handler takes 90 s to judge three earlier jobs if no %s call gets an answer', async (call) => {
  const old = (JobId: string) => importJob({
    JobId, JobStatus: 'COMPLETED_WITH_ERRORS', JobProgressReport: call === 'Invoke' ? report(9, 8, 2) : undefined,
  });
  aws.healthlake.on(ListFHIRImportJobsCommand).callsFake(({ SubmittedAfter }) => ({
    ImportJobPropertiesList: SubmittedAfter ? [] : ['a', 'b', 'c'].map(old),
  }));
  HANGS[call]();
  expect(await timeOf(adopt)).toBe(90 * SECOND);
});

test.each(['DescribeFHIRImportJob', 'Invoke'] as const)('an answer after the deadline reaches CloudFormation in time if no %s call gets an answer', async (call) => {
  const request = await aws.begin(outcomeEvent({}, Import));
  // The last poll of a job is due at most `DEADLINE_SPREAD` after the deadline, and the invocation may begin one query interval later.
  for (const late of [0, 2 * QUERY_INTERVAL_SECONDS, 3 * QUERY_INTERVAL_SECONDS, 120 + QUERY_INTERVAL_SECONDS]) {
    jest.setSystemTime(request.Deadline + late * SECOND);
    HANGS[call]();
    await timeOf(() => isComplete(request));
    expect(aws.sent(call).length).toBeGreaterThan(0);
    expect(Date.now() + BUDGETS.handler.call.describeStacksMs).toBeLessThanOrEqual(request.Deadline + ANSWER_MARGIN_MINUTES * MINUTE);
  }
});

test('the time budgets of all calls in an invocation add up to less than the time-out of the handler function', () => {
  const { timeoutMs, call, start: { steps, listingOnlyMs, listPageMs, compareInputMs }, poll } = BUDGETS.handler;
  const allSteps = Object.values(steps).reduce((sum, step) => sum + step, 0);
  expect(timeoutMs).toBe(TIMEOUT);
  // The handler describes the stack a second time if it cannot start the monitor.
  expect(allSteps + call.describeStacksMs + call.startExecutionMs + call.describeStacksMs).toBeLessThan(timeoutMs);
  // An invocation that compares the input describes the stack before and after the comparison, and skips the steps after `judgeEarlierJobsMs`.
  const adopting = steps.describeDatastoreMs + steps.listJobsMs + steps.judgeEarlierJobsMs + call.describeStacksMs;
  expect(adopting + call.describeStacksMs + compareInputMs + call.startExecutionMs + call.describeStacksMs).toBeLessThan(timeoutMs);
  expect(steps.describeDatastoreMs + listingOnlyMs + listPageMs + call.describeStacksMs).toBeLessThan(timeoutMs);
  expect(poll.resultsMs + call.describeStacksMs + call.putEventsMs).toBeLessThan(timeoutMs);
  expect(poll.report.attemptMs).toBeLessThan(poll.report.totalMs);
});

test('the time budgets of the replacement guard, including a response that is repeated, add up to less than the time-out of its function', () => {
  const { guard: { timeoutMs, call, pauseMs }, response: { attempts, attemptMs, firstPauseMs } } = BUDGETS;
  const lastAttempt = pauseMs + call.listResourcesMs + call.describeDatastoreMs + BUDGETS.handler.call.describeStacksMs;
  expect(SETTLING_MS + lastAttempt + attempts * attemptMs + firstPauseMs * (2 ** (attempts - 1) - 1)).toBeLessThan(timeoutMs);
});
