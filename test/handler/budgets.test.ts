import { PutEventsCommand } from '@aws-sdk/client-eventbridge';
import {
  DescribeFHIRDatastoreCommand, DescribeFHIRImportJobCommand, ListFHIRImportJobsCommand, StartFHIRImportJobCommand,
} from '@aws-sdk/client-healthlake';
import { InvokeCommand } from '@aws-sdk/client-lambda';
import { StartExecutionCommand } from '@aws-sdk/client-sfn';
import { Aws, importJob, JOB, JOB_ID, jobEvent, MINUTE, OUTCOME, outcomeEvent, SECOND, sdkError } from './harness';
import { isComplete } from '../../lambda';
import { WatchedImport } from '../../src/import-contract';

/** The time-out of the function. */
const TIMEOUT = 5 * MINUTE;

const Report = { FunctionArn: 'arn:aws:lambda:eu-west-1:123456789012:function:report', RoleArn: 'arn:aws:iam::123456789012:role/report' };
const EventBusArn = 'arn:aws:events:eu-west-1:123456789012:event-bus/default';
const Watch = { StateMachineArn: 'arn:aws:states:eu-west-1:123456789012:stateMachine:watch', GiveUpAfterSeconds: '604800' };
const Import = { ...OUTCOME, Report, EventBusArn };

let aws: Aws;

beforeEach(() => {
  aws = new Aws();
  // Node's own are not on the clock of the test.
  jest.spyOn(AbortSignal, 'timeout').mockImplementation((ms) => {
    const controller = new AbortController();
    setTimeout(() => controller.abort(), ms);
    return controller.signal;
  });
  aws.healthlake.on(DescribeFHIRDatastoreCommand).callsFake(() => ({ DatastoreProperties: { DatastoreStatus: 'ACTIVE' } }));
  aws.healthlake.on(ListFHIRImportJobsCommand).resolves({});
  aws.healthlake.on(StartFHIRImportJobCommand).resolves({ JobId: JOB_ID });
  aws.healthlake.on(DescribeFHIRImportJobCommand).resolves({ ImportJobProperties: importJob({ JobStatus: 'COMPLETED' }) });
  aws.reports({ kind: 'unreadable', why: 'no' });
});
afterEach(() => aws.close());

/** A call of this client that is answered only when the handler gives it up. */
function hanging(client: 'healthlake' | 'lambda' | 'events' | 'states'): () => Promise<never> {
  return () => new Promise((_, reject) => {
    const { args } = aws[client].calls().at(-1)! as unknown as { readonly args: [object, { readonly abortSignal: AbortSignal }] };
    args[1].abortSignal.addEventListener('abort', () => reject(sdkError('AbortError', 'Request aborted')));
  });
}

const HANGS = {
  DescribeFHIRImportJob: () => aws.healthlake.on(DescribeFHIRImportJobCommand).callsFake(hanging('healthlake')),
  ListFHIRImportJobs: () => aws.healthlake.on(ListFHIRImportJobsCommand).callsFake(hanging('healthlake')),
  StartFHIRImportJob: () => aws.healthlake.on(StartFHIRImportJobCommand).callsFake(hanging('healthlake')),
  Invoke: () => aws.lambda.on(InvokeCommand).callsFake(hanging('lambda')),
  PutEvents: () => aws.events.on(PutEventsCommand).callsFake(hanging('events')),
  StartExecution: () => aws.states.on(StartExecutionCommand).callsFake(hanging('states')),
} as const;

/** How long one invocation takes, in milliseconds. */
async function timeOf(invocation: () => Promise<unknown>): Promise<number> {
  const began = Date.now();
  let settled = false;
  const asked = invocation().catch(() => undefined).finally(() => { settled = true; });
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
const wait = async () => isComplete(await aws.begin(outcomeEvent({}, { ...Import, LegsBefore: '1' }))); // which looks at once

test.each<[string, (keyof typeof HANGS)[], number, () => Promise<unknown>]>([
  ['judges a detached import', ['DescribeFHIRImportJob'], 120, judge],
  ['judges a detached import', ['PutEvents'], 15, judge],
  ['judges a detached import', ['Invoke', 'PutEvents'], 210, judge],
  ['starts a detached import', ['ListFHIRImportJobs'], 60, start],
  ['starts a detached import', ['StartFHIRImportJob'], 15, start],
  ['starts a detached import', ['StartExecution'], 15, start],
  ['judges an import that is waited for', ['Invoke', 'PutEvents'], 210, wait],
])('an invocation that %s ends before the time-out of the function: with %j not answered, after %i s', async (_what, hang, after, invocation) => {
  hang.forEach((call) => HANGS[call]());
  const milliseconds = await timeOf(invocation);
  hang.forEach((call) => expect(aws.sent(call)).toHaveLength(1));
  expect(milliseconds).toBe(after * SECOND);
  expect(milliseconds).toBeLessThan(TIMEOUT - MINUTE); // with room for the credentials, and for what else takes its time
});
