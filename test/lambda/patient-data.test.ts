import { inspect } from 'node:util';
import { DescribeStacksCommand, ListStackResourcesCommand } from '@aws-sdk/client-cloudformation';
import { PutEventsCommand } from '@aws-sdk/client-eventbridge';
import {
  DescribeFHIRDatastoreCommand, DescribeFHIRExportJobCommand, DescribeFHIRImportJobCommand, type ImportJobProperties as ImportJob,
  ListFHIRExportJobsCommand, ListFHIRImportJobsCommand, StartFHIRExportJobCommand, StartFHIRImportJobCommand,
} from '@aws-sdk/client-healthlake';
import { InvokeCommand } from '@aws-sdk/client-lambda';
import { GetObjectCommand, ListObjectsV2Command, PutObjectCommand } from '@aws-sdk/client-s3';
import { StartExecutionCommand } from '@aws-sdk/client-sfn';
import { Uint8ArrayBlobAdapter } from '@smithy/core/serde';
import * as fc from 'fast-check';
import * as exported from './export/harness';
import { Aws, importJob, JOB_ID, jobEvent, MINUTE, OUTCOME, outcomeEvent, report, STACK, T0, waitEvent } from './harness';
import { progress, row, TICK } from './job-monitor/job-lists';
import { partsShown, plantedText } from './planted-names';
import { mockResponses } from './responses';
import { IMPORT } from './service-text/service-texts';
import { isComplete, onEvent } from '../../lambda';
import { handler as guardHandler } from '../../lambda/datastore';
import { fingerprintOf } from '../../lambda/export/fingerprint';
import type { IsCompleteRequest, OnEventRequest } from '../../lambda/framework/framework';
import { handler as monitorJobs } from '../../lambda/job-monitor';
import { handler as reportHandler } from '../../lambda/report';
import { type ImportOutcomeProperties, REPLACEMENT_GUARD_RESOURCE_TYPE, type WatchedExport, type WatchedImport } from '../../src/contract';

let aws: Aws;
beforeEach(() => {
  aws = new Aws();
  aws.healthlake.on(ListFHIRExportJobsCommand).resolves({});
  described({ JobStatus: 'COMPLETED_WITH_ERRORS', JobProgressReport: report(9, 8, 1) });
});
afterEach(() => aws.close());

/** Properties with a limited error tolerance. Because of the limit, the handler logs the reason if it judges without a failure report. */
const OUTCOME_PROPERTIES: Partial<ImportOutcomeProperties> = {
  EventBusArn: IMPORT.EventBusArn, Report: IMPORT.Report, InputS3Uri: IMPORT.InputS3Uri, ErrorTolerance: { Kind: 'RESOURCES', Limit: '0' },
};

function described(job: Partial<ImportJob>): void {
  aws.healthlake.on(DescribeFHIRImportJobCommand).resolves({ ImportJobProperties: importJob(job) });
}

function describedExport(changes: Parameters<typeof exported.exportJob>[0]): void {
  aws.healthlake.on(DescribeFHIRExportJobCommand).resolves({ ExportJobProperties: exported.exportJob(changes) });
}

function payload(text: string, FunctionError?: string): void {
  aws.lambda.on(InvokeCommand).resolves({ FunctionError, Payload: Uint8ArrayBlobAdapter.fromString(text) });
}

/** Returns a request whose deadline has passed, so that one invocation is enough to report an error. */
function late(event: OnEventRequest): IsCompleteRequest {
  return { ...event, PhysicalResourceId: 'x', RequestedAt: Date.now() - 60 * MINUTE, Deadline: Date.now() - MINUTE };
}

const job = () => isComplete(late(jobEvent({}, IMPORT)));
const update = (event: OnEventRequest): OnEventRequest => ({ ...event, RequestType: 'Update', OldResourceProperties: event.ResourceProperties });
const outcome = () => isComplete(late(outcomeEvent({}, OUTCOME_PROPERTIES)));
const wait = async () => aws.run(waitEvent({}, { LegsBefore: '1' }));
const judge = () => isComplete({
  Import: { ...OUTCOME, ...OUTCOME_PROPERTIES, Report: undefined }, RequestedAt: T0, Deadline: T0 + MINUTE, GiveUpAt: '', Poll: { Seconds: 30, FailingSince: 0 },
} satisfies WatchedImport);
const makeReport = () => reportHandler({
  DatastoreId: IMPORT.DatastoreId, JobId: JOB_ID, OutputLocation: `${IMPORT.OutputS3Uri}job/`, InputS3Uri: IMPORT.InputS3Uri, ReportRoleArn: IMPORT.Report!.RoleArn,
}, { getRemainingTimeInMillis: () => 300_000 });

const makeExportReport = () => reportHandler({
  Kind: 'EXPORT', DatastoreId: IMPORT.DatastoreId, JobId: JOB_ID, JobStatus: 'COMPLETED', OutputLocation: `${IMPORT.OutputS3Uri}job/`, ReportRoleArn: IMPORT.Report!.RoleArn,
}, { getRemainingTimeInMillis: () => 300_000 });

const exportOutcome = () => isComplete(late(exported.outcomeEvent()));
const startExport = () => isComplete(late(exported.jobEvent()));

const guardEvent = (): OnEventRequest => ({
  RequestType: 'Update',
  StackId: STACK,
  LogicalResourceId: 'Guard',
  ResourceType: REPLACEMENT_GUARD_RESOURCE_TYPE,
  ResourceProperties: { DatastoreLogicalId: 'Datastore', DatastoreTypeVersion: 'R4', AllowReplacement: 'false' },
});
/** Calls the replacement guard, and returns its response to CloudFormation. Each error in `outcomes` ends an attempt to send the response. */
const guard = async (event = guardEvent(), ...outcomes: Error[]) => {
  const sent = mockResponses(...outcomes);
  await guardHandler({ ...event, RequestId: '1', ResponseURL: 'https://response.example.com/' });
  return sent.map(({ body }) => body);
};

/** Returns an error that has the text in each of its properties. */
function thrown(text: string, name = 'AccessDeniedException'): Error {
  const error = new Error(text, { cause: new Error(text) });
  return Object.assign(error, { name, Message: text, $response: { body: text }, $metadata: { httpStatusCode: 400, requestId: text } });
}

/** Makes the event throw `what` when this resource property is read. */
function throwing(event: OnEventRequest, property: string, what: unknown): OnEventRequest {
  Object.defineProperty(event.ResourceProperties, property, {
    get: () => {
      throw what;
    },
  });
  return event;
}

/** Returns a scenario in which a call to AWS fails with the text. */
const failing = (call: () => { rejects(error: Error): unknown }, invocation: () => Promise<unknown>) => (text: string): Promise<unknown> => {
  call().rejects(thrown(text));
  return invocation();
};

/** Scenarios by name. In each scenario, the handler gets the text from an AWS service or in an unexpected error. */
const SCENARIOS: Record<string, (text: string, name: string) => Promise<unknown>> = {
  'Start fails': failing(() => aws.healthlake.on(StartFHIRImportJobCommand), job),
  'Start fails under the name': (text, name) => {
    aws.healthlake.on(StartFHIRImportJobCommand).rejects(thrown(text, name)); return job();
  },
  'List fails': failing(() => aws.healthlake.on(ListFHIRImportJobsCommand), job),
  'DescribeFHIRDatastore fails': failing(() => aws.healthlake.on(DescribeFHIRDatastoreCommand), job),
  'DescribeStacks fails': failing(() => aws.cloudformation.on(DescribeStacksCommand), job),
  'StartExecution fails': failing(() => aws.states.on(StartExecutionCommand), job),
  'S3 fails before the start': (text, name) => {
    aws.s3.rejects(thrown(text, name));
    return isComplete(late(jobEvent({}, { ...IMPORT, Quotas: { MaxFiles: '10', MaxFileSizeInGB: '1', MaxTotalSizeInGB: '5' } })));
  },
  'the job fails with a message': (text) => {
    described({ JobStatus: 'FAILED', Message: text, JobName: text }); return outcome();
  },
  'Describe fails': failing(() => aws.healthlake.on(DescribeFHIRImportJobCommand), outcome),
  'Describe fails in an update': (text) => {
    aws.healthlake.on(DescribeFHIRImportJobCommand).rejects(thrown(text));
    aws.cloudformation.on(DescribeStacksCommand).rejects(thrown(text));
    return isComplete(late(update(outcomeEvent({}, OUTCOME_PROPERTIES))));
  },
  'Describe fails in Wait': failing(() => aws.healthlake.on(DescribeFHIRImportJobCommand), wait),
  'the event is refused': failing(() => aws.events.on(PutEventsCommand), outcome),
  'the judge\'s event is refused': (text, name) => {
    aws.events.on(PutEventsCommand).rejects(thrown(text, name)); return judge();
  },
  'the judge\'s event is not accepted': (text, name) => {
    aws.events.on(PutEventsCommand).resolves({ FailedEntryCount: 1, Entries: [{ ErrorCode: name, ErrorMessage: text }] });
    return judge();
  },
  'the judge sees a message': (text) => {
    described({ JobStatus: 'FAILED', Message: text, JobName: text }); return judge();
  },
  'the report function answers invalid JSON': (text) => {
    payload(text); return outcome();
  },
  'the report function answers text': (text) => {
    payload(JSON.stringify(text)); return outcome();
  },
  'the report function throws': (text, name) => {
    payload(JSON.stringify({ errorType: name, errorMessage: text, trace: [text] }), name); return outcome();
  },
  'the report function can\'t be asked': failing(() => aws.lambda.on(InvokeCommand), outcome),
  'the report can\'t list': (text, name) => {
    aws.s3.on(ListObjectsV2Command).rejects(thrown(text, name)); return makeReport();
  },
  'the report can\'t read, list the rest or write': (text, name) => {
    const prefix = 'Import/job/';
    aws.s3.on(GetObjectCommand).rejects(thrown(text, name)).on(PutObjectCommand).rejects(thrown(text));
    aws.s3.on(ListObjectsV2Command).callsFake(({ Prefix, Delimiter }) => {
      if (Delimiter !== undefined) {
        return { CommonPrefixes: [{ Prefix: `${prefix}FAILURE/` }, { Prefix: `${prefix}SUCCESS_WITH_SEARCH_VALIDATION_FAILURES/` }] };
      }
      if (Prefix === `${prefix}FAILURE/`) {
        return { Contents: [{ Key: `${Prefix}${name}.ndjson`, Size: 1 }] };
      }
      throw thrown(text);
    });
    return makeReport();
  },
  'the report can\'t read the manifest': (text) => {
    aws.s3.on(GetObjectCommand).rejects(thrown(text)).on(ListObjectsV2Command).resolves({ Contents: [{ Key: 'Import/job/Manifest.json', Size: 1 }] });
    return makeReport();
  },
  'the start of an export fails under the name': (text, name) => {
    aws.s3.rejects(thrown('no bucket'));
    aws.healthlake.on(StartFHIRExportJobCommand).rejects(thrown(text, name));
    return startExport();
  },
  'the list of exports fails': failing(() => aws.healthlake.on(ListFHIRExportJobsCommand), startExport),
  'S3 fails before the start of an export': (text, name) => {
    aws.s3.rejects(thrown(text, name)); return startExport();
  },
  'an earlier export has the text everywhere': (text) => {
    const S3Uri = `s3://${text}`;
    const earlier = exported.exportJob({ JobName: `${text}-${fingerprintOf(exported.JOB)}`, JobStatus: 'COMPLETED', Message: text, DataAccessRoleArn: text });
    aws.healthlake.on(ListFHIRExportJobsCommand).resolves({
      ExportJobPropertiesList: [
        { ...earlier, OutputDataConfig: { S3Configuration: { S3Uri, KmsKeyId: text } } }, { ...earlier, JobStatus: text as 'FAILED' }, earlier,
      ],
    });
    describedExport({ ...earlier, Message: text });
    payload(JSON.stringify({ errorType: text, errorMessage: text }), text);
    return startExport();
  },
  'an export fails with a message': (text) => {
    describedExport({ JobStatus: 'FAILED', Message: text, JobName: text }); return exportOutcome();
  },
  'an export can\'t be described': failing(() => aws.healthlake.on(DescribeFHIRExportJobCommand), exportOutcome),
  'the report function throws for an export': (text, name) => {
    describedExport({ JobStatus: 'COMPLETED', Message: text });
    payload(JSON.stringify({ errorType: name, errorMessage: text, trace: [text] }), name);
    return exportOutcome();
  },
  'the judge sees the message of an export': (text) => {
    describedExport({ JobStatus: 'COMPLETED_WITH_ERRORS', Message: text, JobName: text });
    return isComplete({ Export: exported.OUTCOME, RequestedAt: T0, Deadline: T0 + MINUTE, GiveUpAt: '', Poll: { Seconds: 30, FailingSince: 0 } } satisfies WatchedExport);
  },
  'the report on an export can\'t list': (text, name) => {
    aws.s3.on(ListObjectsV2Command).rejects(thrown(text, name)); return makeExportReport();
  },
  'the report on an export can\'t list the rest or write': (text, name) => {
    aws.s3.on(PutObjectCommand).rejects(thrown(text));
    aws.s3.on(ListObjectsV2Command).callsFake(({ Prefix, ContinuationToken }) => {
      if (ContinuationToken !== undefined) {
        throw thrown(text);
      }
      return { Contents: [{ Key: `${Prefix}${name}/${name}.ndjson`, Size: 1 }], NextContinuationToken: Prefix.endsWith('/') ? 'next' : undefined };
    });
    return makeExportReport();
  },
  'the report on an export can\'t read or write': (text, name) => {
    aws.s3.on(GetObjectCommand).rejects(thrown(text, name)).on(PutObjectCommand).rejects(thrown(text));
    aws.s3.on(ListObjectsV2Command).callsFake(({ Prefix }) => ({ Contents: [{ Key: `${Prefix}Patient/${name}.ndjson`, Size: 1 }] }));
    return makeExportReport();
  },
  'the job monitor can\'t list the jobs': (text, name) => {
    aws.healthlake.on(ListFHIRImportJobsCommand).rejects(thrown(text, name)).on(ListFHIRExportJobsCommand).rejects(thrown(text));
    return monitorJobs(TICK);
  },
  'the job monitor can\'t describe a job that has the text everywhere': (text, name) => {
    const Job = row(text, 'IN_PROGRESS', 9, { JobName: text, Message: text, InputDataConfig: { S3Uri: text }, DataAccessRoleArn: text });
    aws.lists(Job);
    aws.healthlake.on(ListFHIRExportJobsCommand).resolves({ ExportJobPropertiesList: [{ ...Job, ...progress(1, 1), JobStatus: text as 'FAILED' }] });
    aws.healthlake.on(DescribeFHIRImportJobCommand).rejects(thrown(text, name));
    return monitorJobs(TICK);
  },
  'something unknown is thrown': (text) => isComplete(late(throwing(outcomeEvent(), 'ErrorTolerance', thrown(text)))),
  'a string is thrown': (text) => isComplete(late(throwing(outcomeEvent(), 'ErrorTolerance', text))),
  'the guard can\'t list the resources and can\'t describe the stack': (text, name) => {
    aws.cloudformation.on(ListStackResourcesCommand).rejects(thrown(text, name)).on(DescribeStacksCommand).callsFake(() => {
      jest.setSystemTime(Date.now() + 5 * MINUTE); // after this time, the guard makes no further attempt
      throw thrown(text);
    });
    return guard();
  },
  'the guard can\'t send its response': (text, name) => guard({ ...guardEvent(), RequestType: 'Delete' }, ...Array<Error>(5).fill(thrown(text, name))),
  'something unknown is thrown in the guard': (text) => guard(throwing(guardEvent(), 'AllowReplacement', thrown(text))),
  'something unknown is thrown by onEvent': (text) => onEvent(throwing(jobEvent(), 'Revision', thrown(text))),
};

/** Runs a scenario and returns all output: the answer or the logged error, the other log lines, and the inputs of PutEvents and StartExecution. */
async function seenOf(scenario: (text: string, name: string) => Promise<unknown>, text: string, name: string): Promise<string> {
  aws.lines.splice(0);
  for (const client of [aws.events, aws.states]) {
    client.resetHistory();
  }
  const settled = { ended: false };
  const answer = scenario(text, name)
    .then((value) => JSON.stringify(value), (error: unknown) => inspect(error, { depth: null, showHidden: true }))
    .finally(() => {
      settled.ended = true;
    });
  while (!settled.ended) {
    await jest.advanceTimersToNextTimerAsync();
  }
  return [await answer, ...aws.lines, JSON.stringify([aws.sent('PutEvents'), aws.sent('StartExecution')])].join('\n');
}

test.each(Object.entries(SCENARIOS))('in the scenario "%s", no output contains the name that the test inserted into the text', async (_what, scenario) => {
  const saidAnyway = await seenOf(scenario, 'Access Denied', 'AccessDenied');
  expect(saidAnyway).toMatch(/\w{6}/);
  await fc.assert(fc.asyncProperty(plantedText(), async ({ text, without, name }) => {
    expect(partsShown(await seenOf(scenario, text, name), name, saidAnyway + without)).toEqual([]);
  }), { numRuns: 20 });
});

test.each([
  ['Start fails', 'could not start the import job: AccessDeniedException (full text: CloudTrail): *** Access Denied; likely causes: '],
  ['List fails', 'could not list the import jobs: AccessDeniedException (full text: CloudTrail): *** Access Denied'],
  ['DescribeStacks fails', 'does not say whether the stack is rolled back: AccessDeniedException (full text: CloudTrail): *** Access Denied'],
  ['StartExecution fails', `could not start the monitor of the import job ${JOB_ID}: AccessDeniedException (full text: CloudTrail): *** Access Denied`],
  ['the job fails with a message', 'HealthLake says (full text: aws healthlake describe-fhir-import-job): *** Access Denied; '],
  ['Describe fails', 'could not describe the job: AccessDeniedException (full text: CloudTrail): *** Access Denied'],
  ['Describe fails in Wait', '"why":"could not describe the job: AccessDeniedException (full text: CloudTrail): *** Access Denied"'],
  ['the event is refused', 'the event could not be put","construct":"ImportOutcome","why":"AccessDeniedException (full text: CloudTrail): *** Access Denied"'],
  ['the report function can\'t be asked', 'because the report function could not be asked: AccessDeniedException (full text: CloudTrail): *** Access Denied; '],
  ['the report function answers invalid JSON', 'because the report function could not be asked: SyntaxError: Unexpected token *** is not valid JSON; '],
  ['the report function throws', 'because the report function failed: Error; '],
  ['the judge\'s event is refused', 'failed with Error (full text: CloudTrail): *** Access Denied; log group: fhir-import-logs'],
  ['the report can\'t read, list the rest or write', '1 of 1 or more files could not be read (Error); not all files could be listed: AccessDeniedException (full text: CloudTrail): *** Access Denied'],
  ['the start of an export fails under the name', 'could not start the export job: Error (full text: CloudTrail): *** Access Denied; no export job is known'],
  ['the list of exports fails', 'could not list the export jobs: AccessDeniedException (full text: CloudTrail): *** Access Denied'],
  ['an export fails with a message', 'HealthLake says (full text: aws healthlake describe-fhir-export-job): *** Access Denied; '],
  ['the report function throws for an export', '"judgedByJobBecause":"the report function failed: Error"'],
  ['the report on an export can\'t list the rest or write', 'not all objects could be listed: AccessDeniedException (full text: CloudTrail): *** Access Denied; the report could not be written: '],
  ['the report on an export can\'t read or write', 'the resources could not be counted: a file could not be read (Error); the report could not be written: AccessDeniedException (full text: CloudTrail): *** Access Denied'],
  ['the guard can\'t list the resources and can\'t describe the stack', 'replace the data store: Error (full text: CloudTrail): *** Access Denied; the data store'],
  ['something unknown is thrown', 'failed with AccessDeniedException (full text: CloudTrail): *** Access Denied; log group'],
])('in the scenario "%s", the output contains the text without the inserted name', async (what, expected) => {
  expect(await seenOf(SCENARIOS[what], 'Lovelace Access Denied', 'Lovelace')).toContain(expected);
});
