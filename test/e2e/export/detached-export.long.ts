import { setTimeout as sleep } from 'node:timers/promises';
import { CfnOutput, Duration, type Stack } from 'aws-cdk-lib';
import { LambdaFunction } from 'aws-cdk-lib/aws-events-targets';
import { Code, determineLatestNodeRuntime, Function } from 'aws-cdk-lib/aws-lambda';
import { Topic } from 'aws-cdk-lib/aws-sns';
import { Completion, type FhirExportProps } from '../../../src';
import { exportApp, withPatients } from '../harness/export-app';
import type { Existing, Laptop } from '../harness/laptop';
import { alarmState, events, executions, monitor } from '../harness/monitors';
import { TimedJobs } from '../harness/time-lapse';

jest.setTimeout(180_000);

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

/** Returns a rule target that logs the detail of each event after the given word. */
const logger = (stack: Stack, word: string) => new LambdaFunction(new Function(stack, `Log${word}`, {
  runtime: determineLatestNodeRuntime(stack),
  handler: 'index.handler',
  timeout: Duration.minutes(5),
  code: Code.fromInline(`exports.handler = async ({ detail }) => console.log('${word}', JSON.stringify(detail));`),
}));

/** Returns an app with a detached export, targets of its events, a notification topic and both alarms. */
const app = (data: Existing, props: Partial<FhirExportProps> = {}) => exportApp(data, (stack) => {
  const notificationTopic = new Topic(stack, 'Topic');
  new CfnOutput(stack, 'topicArn', { value: notificationTopic.topicArn });
  return { completion: Completion.detached(), notificationTopic, ...props };
}, (stack, fhirExport) => {
  new CfnOutput(stack, 'jobId', { value: fhirExport.jobId });
  fhirExport.onSucceeded('Succeeded', { target: logger(stack, 'SUCCESS') });
  fhirExport.onFailed('Failed', { target: logger(stack, 'FAILURE') });
  fhirExport.alarmOnFailure();
  fhirExport.provider.exportMonitorAlarm();
});

/** Returns the details that the targets have logged after a word, when there are as many as expected. */
async function logged(laptop: Laptop, word: string, expected: number): Promise<unknown[]> {
  const found = () => laptop.logs().split('\n').filter((line) => line.includes(`${word} {`)).map((line) => JSON.parse(line.slice(line.indexOf('{'))) as unknown);
  for (const until = Date.now() + 10_000; found().length < expected && Date.now() < until;) {
    await sleep(10);
  }
  return found();
}

const alarms = (laptop: Laptop) => [/^CopyFailureAlarm/, /WatchExportsAlarm/].map((logicalId) => alarmState(laptop, 'Export', logicalId));

const notified = (laptop: Laptop) => laptop.aws.sns.published(laptop.output('Export', 'topicArn')).map(({ message }) => message);

const jobs = new TimedJobs();

test('a detached deployment ends before its export of six hours, and the event with the counts reaches the target', withPatients(
  jobs.options, async (laptop, data) => {
    jobs.minutes = 360;
    const startedAt = laptop.aws.clock.now();
    expect(await laptop.deploy(app(data))).toBe(0);
    expect(laptop.aws.clock.now() - startedAt).toBeLessThan(HOUR);
    const [{ JobId: jobId, JobStatus: status }] = laptop.exports();
    expect(status).not.toBe('COMPLETED');
    expect(laptop.output('Export', 'jobId')).toBe(jobId);
    await monitor(laptop, 30 * MINUTE);
    expect(await laptop.deploy(app(data, { jobNamePrefix: 'other' }))).toBe(0);

    await monitor(laptop);
    const [{ SubmitTime: submittedAt, EndTime: endedAt }, ...others] = laptop.exports();
    expect(others).toEqual([]);
    expect(executions(laptop)).toMatchObject([{ status: 'SUCCEEDED' }]);
    const detail = {
      version: '1',
      constructPath: 'Export/Copy',
      datastoreId: data.datastoreId,
      jobId,
      jobStatus: 'COMPLETED',
      filesExported: 1,
      bytesExported: expect.any(Number),
      resourcesExported: 3,
      durationInSeconds: expect.any(Number),
      submitted: submittedAt!.toISOString(),
      ended: endedAt!.toISOString(),
    };
    expect(endedAt!.getTime() - submittedAt!.getTime()).toBeGreaterThanOrEqual(6 * HOUR);
    expect(executions(laptop)[0].stoppedAt! - endedAt!.getTime()).toBeLessThan(6 * MINUTE);
    expect(events(laptop)).toEqual([['FHIR Export Succeeded', detail]]);
    expect(await logged(laptop, 'SUCCESS', 1)).toEqual([detail]);
    expect(notified(laptop)).toEqual([expect.stringMatching(
      `^"FHIR Export Succeeded: job ${jobId} of data store ${data.datastoreId} \\(Export/Copy\\), status COMPLETED, files 1, bytes \\d+, resources 3"$`)]);
    expect(laptop.calls('healthlake', 'DescribeFHIRExportJob')).toBeLessThan(150);
    expect(alarms(laptop)).not.toContain('ALARM');
  }));

test('an export that fails after hours reaches the target of onFailed and the alarms, and a new revision exports again', async () => {
  const statuses = (['FAILED', undefined] as const).values();
  await withPatients({
    ...jobs.options,
    healthlake: {
      overrideJob: () => {
        const { value: status } = statuses.next();
        return { pace: { minimumDurationMs: 3 * HOUR }, outcome: status && { status } };
      },
    },
  }, async (laptop, data) => {
    expect(await laptop.deploy(app(data))).toBe(0);
    await monitor(laptop);
    expect(executions(laptop)).toMatchObject([{ status: 'FAILED' }]);
    const [{ JobId: jobId }] = laptop.exports();
    const detail = expect.objectContaining({ jobId, jobStatus: 'FAILED' });
    expect(events(laptop)).toEqual([['FHIR Export Failed', detail]]);
    expect(await logged(laptop, 'FAILURE', 1)).toEqual([detail]);
    expect(alarms(laptop)).toEqual(['ALARM', 'ALARM']);
    expect(notified(laptop)).toEqual([expect.stringContaining(`FHIR Export Failed: job ${jobId}`), expect.stringContaining('could not be watched')]);
    expect(laptop.stack('Export').status).toBe('CREATE_COMPLETE');

    expect(await laptop.deploy(app(data, { revision: '2' }))).toBe(0);
    await monitor(laptop);
    expect(events(laptop).map(([detailType]) => detailType)).toEqual(['FHIR Export Failed', 'FHIR Export Succeeded']);
    expect(await logged(laptop, 'SUCCESS', 1)).toHaveLength(1);
  })();
});
