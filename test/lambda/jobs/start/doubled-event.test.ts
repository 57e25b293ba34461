import { DescribeStacksCommand } from '@aws-sdk/client-cloudformation';
import {
  DescribeFHIRDatastoreCommand, type ImportJobProperties as ImportJob, ListFHIRImportJobsCommand, type ListFHIRImportJobsRequest,
  StartFHIRImportJobCommand,
} from '@aws-sdk/client-healthlake';
import { isComplete } from '../../../../lambda';
import type { IsCompleteRequest, IsCompleteResponse } from '../../../../lambda/framework/framework';
import { Aws, importJob, JOB, jobEvent, MINUTE, NO_ANSWER, report, SECOND, sdkError, T0 } from '../../harness';
import { slow } from '../../slow-calls';
import { pseudoRandom } from '../simulation';

/** The durations of the mocked calls, in milliseconds. A call takes effect after half of its duration. */
const LATENCY = { describe: 60, list: 80, stacks: 100, start: 400 };

/** The number of double deliveries that the test simulates. In an earlier run, 142 of 1,000 simulations started two jobs. */
const DRAWS = 200;

let aws: Aws;
/** All jobs that were started. The mock of HealthLake ignores client tokens. */
let jobs: ImportJob[];
let listDelay: number;

beforeEach(() => {
  aws = new Aws();
  [jobs, listDelay] = [[], 0];
  aws.healthlake.on(DescribeFHIRDatastoreCommand).callsFake(slow(LATENCY.describe, () => ({ DatastoreProperties: { DatastoreStatus: 'ACTIVE' } })));
  aws.healthlake.on(ListFHIRImportJobsCommand).callsFake(slow(LATENCY.list, list));
  aws.healthlake.on(StartFHIRImportJobCommand).callsFake(slow(LATENCY.start, submit));
  aws.cloudformation.on(DescribeStacksCommand).callsFake(slow(LATENCY.stacks, () => ({ Stacks: [{ StackStatus: 'CREATE_IN_PROGRESS' }] })));
});
afterEach(() => aws.close());

function list({ SubmittedAfter = new Date(0) }: ListFHIRImportJobsRequest) {
  const isListed = ({ SubmitTime }: ImportJob) => SubmitTime! > SubmittedAfter && SubmitTime!.getTime() + listDelay <= Date.now();
  return { ImportJobPropertiesList: jobs.filter(isListed) };
}

function submit(): { readonly JobId: string } {
  const JobId = `job ${jobs.length + 1}`;
  jobs.push(importJob({ JobId, SubmitTime: new Date() }));
  return { JobId };
}

/** Calls `isComplete` with all requests at the same moment. Returns the job id of each answer, or undefined for an incomplete answer. */
async function together(...requests: IsCompleteRequest[]): Promise<(string | undefined)[]> {
  let left = requests.length;
  const asked = requests.map((request) => isComplete(request).finally(() => {
    left -= 1;
  }));
  while (left > 0) {
    await jest.advanceTimersToNextTimerAsync();
  }
  return (await Promise.all(asked)).map((answer: IsCompleteResponse) => answer.IsComplete ? answer.Data.JobId : undefined);
}

const warnings = () => aws.lines.filter((line) => line.includes('"message":"warning: two jobs were started'));

/** Sets the random pause of each of the next invocations, as a fraction of the longest pause. */
function pauses(...fractions: number[]): void {
  const random = jest.spyOn(Math, 'random');
  fractions.forEach((fraction) => random.mockReturnValueOnce(fraction));
}

describe('a CloudFormation event that is delivered twice, if HealthLake ignores client tokens', () => {
  test('starts one job if the pauses of the two invocations differ by half of the longest pause', async () => {
    pauses(0.5, 0);
    expect(await together(await aws.begin(jobEvent()), await aws.begin(jobEvent()))).toEqual(['job 1', 'job 1']);
    expect(jobs).toHaveLength(1);
    expect(warnings()).toEqual([]);
  });

  test('starts two jobs if the pauses are almost equal; both invocations answer with the first job, and one logs a warning', async () => {
    pauses(0.02, 0);
    expect(await together(await aws.begin(jobEvent()), await aws.begin(jobEvent()))).toEqual(['job 1', 'job 1']);
    expect(jobs).toHaveLength(2);
    expect(warnings().map((line) => JSON.parse(line) as object)).toEqual([expect.objectContaining({ jobId: 'job 1', secondJobId: 'job 2' })]);
  });

  test('starts two jobs in less than 20 percent of the simulations, and both invocations always answer with the same job', async () => {
    const random = pseudoRandom(1);
    jest.spyOn(Math, 'random').mockImplementation(random);
    let twice = 0;
    for (let draw = 0; draw < DRAWS; draw++) {
      jobs = [];
      aws.healthlake.resetHistory();
      aws.cloudformation.resetHistory();
      const [one, other] = await together(await aws.begin(jobEvent()), await aws.begin(jobEvent()));
      expect([one, other]).toEqual(['job 1', 'job 1']);
      twice += jobs.length - 1;
    }
    // Without the pause and the second listing, every simulation would start two jobs.
    expect(twice).toBeLessThan(0.2 * DRAWS);
    expect(twice).toBeGreaterThan(0.07 * DRAWS); // if this fails, update the rate in docs/unverified.md
    expect(warnings()).toHaveLength(twice);
  });

  test('is answered with the started job if ListFHIRImportJobs fails after the start', async () => {
    aws.healthlake.on(StartFHIRImportJobCommand).callsFake(() => {
      aws.healthlake.on(ListFHIRImportJobsCommand).rejects(sdkError('ThrottlingException', 'Rate exceeded'));
      return submit();
    });
    expect(await together(await aws.begin(jobEvent()))).toEqual(['job 1']);
  });
});

test('two simultaneous invocations with the same request start one job', async () => {
  pauses(0.5, 0);
  const waiting = await aws.begin(jobEvent());
  expect(await together(waiting, waiting)).toEqual(['job 1', 'job 1']);
  expect(jobs).toHaveLength(1);
});

test('the handler pauses and lists the jobs again only if it starts a job', async () => {
  jest.spyOn(Math, 'random').mockReturnValue(1);
  jobs = [importJob({ JobId: 'old' })];
  const [jobId] = await together(await aws.begin(jobEvent()));
  expect(jobId).toBe('old');
  expect(Date.now() - T0).toBe(LATENCY.describe + LATENCY.list + LATENCY.stacks);
});

test('the handler starts a new job after a failed job, even if ListFHIRImportJobs ignores SubmittedAfter', async () => {
  const failed = importJob({ JobId: 'failed', JobStatus: 'COMPLETED_WITH_ERRORS', JobProgressReport: report(9, 8, 1) });
  jobs = [failed];
  aws.healthlake.on(ListFHIRImportJobsCommand).callsFake(() => ({ ImportJobPropertiesList: jobs }));
  expect(await together(await aws.begin(jobEvent({}, { ErrorTolerance: { Kind: 'NONE' } })))).toEqual(['job 2']);
  expect(jobs).toHaveLength(2);
});

describe('a job that is listed late, if HealthLake ignores client tokens', () => {
  test.each([
    ['gets no answer', NO_ANSWER],
    ['gets a server error', sdkError('InternalServerException', 'oh', 500)],
  ])('is found if StartFHIRImportJob %s', async (_what, error) => {
    listDelay = 45 * SECOND;
    aws.healthlake.on(StartFHIRImportJobCommand).callsFake(() => {
      submit();
      throw error;
    });
    expect(await aws.run(jobEvent())).toMatchObject({ data: { JobId: 'job 1' } });
    expect(jobs).toHaveLength(1);
  });

  test('is not started again if the first attempt to start the monitor fails', async () => {
    listDelay = 10 * MINUTE;
    const Watch = { StateMachineArn: 'arn:aws:states:eu-west-1:123456789012:stateMachine:watch', GiveUpAfterSeconds: '604800' };
    aws.states.rejectsOnce(NO_ANSWER).resolves({});
    expect(await aws.run(jobEvent({}, { ...JOB, Watch }))).toMatchObject({ data: { JobId: 'job 1' } });
    expect(jobs).toHaveLength(1);
  });
});

test.each([
  ['throttled', sdkError('ThrottlingException', 'Rate exceeded'), 25 * SECOND],
  ['refused', sdkError('ConflictException', 'not now'), 25 * SECOND],
  ['not answered', NO_ANSWER, MINUTE],
])('a StartFHIRImportJob call that is %s is retried after a pause', async (_what, error, after) => {
  const starts: number[] = [];
  aws.healthlake.on(StartFHIRImportJobCommand).callsFake(() => {
    starts.push(Date.now());
    if (starts.length === 1) {
      throw error;
    }
    return submit();
  });
  await aws.run(jobEvent());
  expect(starts).toHaveLength(2);
  expect(starts[1] - starts[0]).toBeGreaterThanOrEqual(after);
  expect(starts[1] - starts[0]).toBeLessThan(after + 26 * SECOND);
});

test('the failure reason names the network error if StartFHIRImportJob gets no answer and no job is listed', async () => {
  aws.healthlake.on(StartFHIRImportJobCommand).rejects(NO_ANSWER);
  const { reason } = await aws.run(jobEvent());
  expect(reason).toMatch(/^no import job was accepted within 15 minutes: .*Error: socket hang up/);
});
