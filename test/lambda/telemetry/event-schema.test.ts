import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ImportJobProperties as ImportJob } from '@aws-sdk/client-healthlake';
import type { Fact } from '../../../lambda/aws/errors';
import { EXPORT } from '../../../lambda/export/kind';
import { IMPORT } from '../../../lambda/import/kind';
import { evidenceOf } from '../../../lambda/jobs/evidence';
import { judgePoll } from '../../../lambda/jobs/outcome/decision';
import type { Evidence, Verdict } from '../../../lambda/jobs/verdict';
import type { ReportAnswer } from '../../../lambda/report/types';
import { announcementOf } from '../../../lambda/telemetry/announcement';
import { ALREADY_IMPORTED, EXPORT_EVENTS, type ExportEventDetail, IMPORT_EVENTS, type ImportEventDetail, UNKNOWN } from '../../../src/contract';
import { type JsonSchema, violations } from '../../support/json-schema';
import { COPY, EMPTY, exportJob, OUTCOME as EXPORT_OUTCOME } from '../export/harness';
import { importJob, MINUTE, OUTCOME, PATIENT, report, sdkError, SECOND, T0 } from '../harness';

const DOCS = join(__dirname, '../../../docs');
const SCHEMA = JSON.parse(readFileSync(join(DOCS, 'event.schema.json'), 'utf8')) as JsonSchema;
const DETAIL_TYPES = [IMPORT_EVENTS, EXPORT_EVENTS].flatMap((types) => Object.values(types));
const EVENTS = readFileSync(join(DOCS, 'events.md'), 'utf8');

const EndTime = new Date(T0 + 90 * SECOND);

interface Announced {
  readonly detailType: string;
  readonly detail: ImportEventDetail & ExportEventDetail;
}

/** Returns the EventBridge event that the handler puts after a poll, if any. `after` is the time from the start of the import to the poll. */
function eventOf(poll: Fact<Evidence> | undefined, after = MINUTE, properties = OUTCOME): Announced | undefined {
  const terms = { settledBy: T0 + 5 * MINUTE, deadline: T0 + 50 * MINUTE };
  const verdict: Verdict = poll ? judgePoll(poll, (evidence) => IMPORT.judge(evidence, properties), terms, T0 + after) : { kind: 'failed', why: 'it is not known' };
  const announcement = announcementOf(IMPORT, properties, verdict);
  return announcement && JSON.parse(JSON.stringify(announcement)) as Announced;
}

/** Returns the EventBridge event of a data set that was declared with `alreadyImported`. */
function eventOfDeclared(): Announced {
  return JSON.parse(JSON.stringify(announcementOf(IMPORT, { ...OUTCOME, JobId: ALREADY_IMPORTED }, { kind: 'already imported' }))) as Announced;
}

/** Returns the EventBridge event of a completed export with the report on its files, if any. A run of a schedule has a scheduled time. */
function eventOfExport(answer?: ReportAnswer, ScheduledTime?: string): Announced {
  const evidence = evidenceOf(EXPORT, exportJob({ JobStatus: 'COMPLETED', SubmitTime: new Date(T0), EndTime }), answer);
  const announcement = announcementOf(EXPORT, { ...EXPORT_OUTCOME, ScheduledTime }, EXPORT.judge(evidence, EXPORT_OUTCOME));
  return JSON.parse(JSON.stringify(announcement)) as Announced;
}

function seen(job: Partial<ImportJob>): Fact<Evidence> {
  return { value: { ...evidenceOf(IMPORT, importJob({ SubmitTime: new Date(T0), ...job })), restorePoint: job.EndTime && new Date(T0 - MINUTE) } };
}

const SUCCEEDED = seen({ JobStatus: 'COMPLETED', JobProgressReport: report(10, 10, 0), EndTime });

describe('docs/event.schema.json', () => {
  test.each<[string, Announced | undefined, string, Partial<ImportEventDetail>, (keyof ImportEventDetail)[]]>([
    ['of success', eventOf(SUCCEEDED), 'FHIR Import Succeeded',
      { jobStatus: 'COMPLETED', resourcesScanned: 10, resourcesImported: 10, resourcesFailed: 0, durationInSeconds: 90, submitted: '2026-01-15T12:00:00.000Z', ended: '2026-01-15T12:01:30.000Z', restorePoint: '2026-01-15T11:59:00.000Z' }, []],
    ['of errors', eventOf(seen({ JobStatus: 'COMPLETED_WITH_ERRORS', JobProgressReport: report(10, 7, 3), EndTime })), 'FHIR Import Failed',
      { jobStatus: 'COMPLETED_WITH_ERRORS', resourcesScanned: 10, resourcesImported: 7, resourcesFailed: 3 }, []],
    ['of a job that failed', eventOf(seen({ JobStatus: 'FAILED', Message: `no ${PATIENT}`, JobProgressReport: undefined, EndTime })), 'FHIR Import Failed',
      { jobStatus: 'FAILED', durationInSeconds: 90 }, ['resourcesScanned', 'resourcesImported', 'resourcesFailed']],
    ['of a cancelled job', eventOf(seen({ JobStatus: 'CANCEL_COMPLETED', EndTime })), 'FHIR Import Failed', { jobStatus: 'CANCEL_COMPLETED' }, []],
    ['of a job that runs at the deadline', eventOf(seen({ JobStatus: 'IN_PROGRESS', JobProgressReport: report(5, 5, 0), EndTime: undefined }), 50 * MINUTE),
      'FHIR Import Failed', { jobStatus: 'IN_PROGRESS', resourcesScanned: 5, submitted: '2026-01-15T12:00:00.000Z' }, ['durationInSeconds', 'ended', 'restorePoint']],
    ['of a job that could not be described', eventOf({ error: sdkError('ThrottlingException', PATIENT) }, 50 * MINUTE), 'FHIR Import Failed', { jobStatus: UNKNOWN },
      ['resourcesScanned', 'resourcesImported', 'resourcesFailed', 'durationInSeconds', 'submitted', 'ended', 'restorePoint']],
    ['of a declared data set', eventOfDeclared(), 'FHIR Import Succeeded', { jobId: ALREADY_IMPORTED, jobStatus: ALREADY_IMPORTED },
      ['resourcesScanned', 'resourcesImported', 'resourcesFailed', 'durationInSeconds']],
    ['of an unknown job', eventOf(undefined, MINUTE, { ...OUTCOME, JobId: UNKNOWN }), 'FHIR Import Failed', { jobId: UNKNOWN, jobStatus: UNKNOWN },
      ['resourcesScanned']],
  ])('matches the event %s', (_, event, detailType, detail, missing) => {
    expect(event?.detailType).toBe(detailType);
    expect(event?.detail).toMatchObject({
      version: '1', constructPath: OUTCOME.ConstructPath, datastoreId: OUTCOME.DatastoreId, jobId: OUTCOME.JobId, ...detail,
    });
    missing.forEach((member) => expect(event?.detail).not.toHaveProperty(member));
    expect(violations(event?.detail, SCHEMA)).toEqual([]);
    expect(JSON.stringify(event)).not.toContain(PATIENT);
  });

  test.each<[string, Announced, string, Partial<ExportEventDetail>, (keyof ExportEventDetail)[]]>([
    ['with files', eventOfExport(COPY), 'FHIR Export Succeeded',
      { filesExported: 3, bytesExported: 6000, resourcesExported: 40, durationInSeconds: 90, submitted: '2026-01-15T12:00:00.000Z', ended: '2026-01-15T12:01:30.000Z' }, ['restorePoint']],
    ['without files', eventOfExport(EMPTY), 'FHIR Export Failed', { filesExported: 0, bytesExported: 0, resourcesExported: 0 }, []],
    ['whose resources were not counted', eventOfExport({ ...COPY, resources: undefined }), 'FHIR Export Succeeded', { filesExported: 3 }, ['resourcesExported']],
    ['of a schedule', eventOfExport(COPY, '2026-01-15T12:00:00Z'), 'FHIR Export Succeeded', { scheduledTime: '2026-01-15T12:00:00Z' }, []],
    ['whose files are not known', eventOfExport(), 'FHIR Export Succeeded', {}, ['filesExported', 'bytesExported', 'resourcesExported']],
  ])('matches the event of an export %s', (_, { detailType, detail }, expectedType, expected, missing) => {
    const { ConstructPath: constructPath, DatastoreId: datastoreId, JobId: jobId } = EXPORT_OUTCOME;
    expect(detailType).toBe(expectedType);
    expect(detail).toMatchObject({ version: '1', constructPath, datastoreId, jobId, jobStatus: 'COMPLETED', ...expected });
    missing.forEach((member) => expect(detail).not.toHaveProperty(member));
    expect(violations(detail, SCHEMA)).toEqual([]);
  });

  test('rejects an event with wrong, missing or unknown members', () => {
    const { version, jobId, ...rest } = eventOf(SUCCEEDED)!.detail;
    const wrong = { ...rest, version: 1, jobStatus: 'completed', resourcesFailed: -1, resourcesScanned: 1.5, reason: PATIENT };

    expect([version, typeof jobId]).toEqual(['1', 'string']);
    expect(violations(wrong, SCHEMA).sort()).toEqual([
      '$ has reason', '$ lacks jobId', '$.jobStatus does not look like ^[A-Z_]+$', '$.resourcesFailed is less than 0', '$.resourcesScanned is no integer',
      '$.version is not 1',
    ]);
  });

  test('defines exactly the members that complete events of imports and exports have', () => {
    const members = [eventOf(SUCCEEDED)!, eventOfExport(COPY, '2026-01-15T12:00:00Z')].flatMap(({ detail }) => Object.keys(detail));
    expect([...new Set(members)].sort()).toEqual(Object.keys(SCHEMA.properties!).sort());
  });

  test('names the detail types of imports and exports', () => {
    expect([...SCHEMA.description!.matchAll(/`(FHIR [^`]+)`/g)].map(([, detailType]) => detailType)).toEqual(DETAIL_TYPES);
  });
});

test.each([
  ['a job that runs', eventOf(seen({ JobStatus: 'IN_PROGRESS' }))],
  ['a failed poll that is retried', eventOf({ error: sdkError('ThrottlingException', 'slow down') })],
  ['an import without a construct path', eventOf(SUCCEEDED, MINUTE, { ...OUTCOME, ConstructPath: undefined })],
])('the handler puts no EventBridge event for %s', (_, event) => {
  expect(event).toBeUndefined();
});

describe('docs/events.md', () => {
  const [example, topicPolicy, keyStatement] = [...EVENTS.matchAll(/```json\n(.*?)\n```/gs)].map(([, json]) => JSON.parse(json) as Record<string, unknown>);

  test('shows an event that matches the schema', () => {
    expect(example).toMatchObject({ 'source': 'cdk-healthlake-import', 'detail-type': 'FHIR Import Failed' });
    expect(violations(example.detail, SCHEMA)).toEqual([]);
    expect(Object.keys(example.detail as object).sort()).toEqual(Object.keys(eventOf(SUCCEEDED)!.detail).sort());
  });

  test('has a row for each detail type of imports and exports', () => {
    expect([...EVENTS.matchAll(/^\| `(FHIR [^`]+)` \|/gm)].map(([, detailType]) => detailType)).toEqual(DETAIL_TYPES);
  });

  test('names the members that only the events of exports have', () => {
    const members = Object.keys(eventOfExport(COPY).detail).filter((member) => !(member in eventOf(SUCCEEDED)!.detail));
    expect(EVENTS).toContain(`has ${members.map((member) => `\`${member}\``).join(', ').replace(/, ([^,]*)$/, ' and $1')} instead of`);
  });

  test('shows the statements of the topic policy and of the key policy', () => {
    const Principal = { Service: ['events.amazonaws.com', 'cloudwatch.amazonaws.com'] };

    expect(topicPolicy.Statement).toMatchObject([
      { Effect: 'Allow', Principal: { Service: 'events.amazonaws.com' }, Action: 'sns:Publish' },
      {
        Effect: 'Allow',
        Principal: { Service: 'cloudwatch.amazonaws.com' },
        Action: 'sns:Publish',
        Condition: { StringEquals: { 'aws:SourceAccount': '111122223333' } },
      },
    ]);
    expect(keyStatement).toEqual({ Sid: 'FhirImports', Effect: 'Allow', Principal, Action: ['kms:Decrypt', 'kms:GenerateDataKey*'], Resource: '*' });
  });
});
