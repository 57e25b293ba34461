import type { ImportJobProperties } from '@aws-sdk/client-healthlake';
import { PutObjectCommand } from '@aws-sdk/client-s3';
import type { Context, Imported } from './context';
import { waitForEnd } from '../aws/jobs';
import { placeOf, readText } from '../aws/objects';
import { type Answer, Starter, wordsOf } from '../aws/starter';
import { deleteObjects } from '../deletion';
import { LINE } from '../lines';
import { outputOf, summaryOf } from '../observe/job';
import { noteListTime, noteSubmittedAfter, noteTokenAge } from '../observe/list';
import { noteErrorStatus, noteLag, noteUnusableRole } from '../observe/start';

const PATIENT = '{"resourceType":"Patient","id":"integ-aws-1"}';

const BUNDLE = JSON.stringify({
  resourceType: 'Bundle',
  id: 'integ-aws-bundle',
  type: 'collection',
  entry: ['3', '4'].map((id) => ({ resource: JSON.parse(PATIENT.replace('-1', `-${id}`)) })),
});

/** Starts some jobs of a few lines on HealthLake itself, to see what no deployment shows. */
export async function experiment(context: Context, imported: Imported): Promise<void> {
  const { clients: { s3 }, stamp } = context;
  const folder = { bucket: imported.inputBucket, key: `input/integ-aws-${stamp}/` };
  const put = async (path: string, body: string, archived = false) => s3.send(new PutObjectCommand({
    Bucket: folder.bucket, Key: folder.key + path, Body: body, ...(archived && { StorageClass: 'GLACIER' }),
  }));
  console.log('\nStarting some jobs of a few lines, which takes minutes.');
  try {
    await put('lines/Patient.ndjson', `${PATIENT}\n\n${PATIENT.replace('-1', '-2')}`);
    await put('lines/notes.txt', 'not FHIR\n');
    await put('odd/Bundle.ndjson', `${BUNDLE}\n`);
    await put('odd/PATIENT.NDJSON', `${PATIENT}\n`);
    await put('unreadable/Patient.ndjson', `${PATIENT}\n`);
    await put('unreadable/Archived.ndjson', `${PATIENT}\n`, true);
    await startAll(context, imported, folder.key);
  } finally {
    await deleteObjects(s3, folder);
  }
}

async function startAll(context: Context, imported: Imported, key: string): Promise<void> {
  const { clients, sightings, signal, stamp } = context;
  const starter = new Starter(clients, imported, signal);
  const request = starter.request(`${key}lines/`, `integ-aws-lines-${stamp}`, `integ-aws-lines-${stamp}`);
  const startedAt = Date.now();
  const first = await starter.start(request);
  if (!('jobId' in first)) {
    throw new Error(`HealthLake refused a job like that of the import: ${wordsOf(first)}`);
  }
  await noteLag(context, imported.datastoreId, first.jobId);
  await noteSubmittedAfter(context, imported.datastoreId, first.jobId);
  const place = await noteListTime(context, imported.datastoreId);
  const again = await starter.start(request);
  const twins = await startTwice(starter, starter.request(`${key}lines/`, `integ-aws-twins-${stamp}`, `integ-aws-twins-${stamp}`));
  const isOneJob = (...answers: Answer[]) => answers.every((answer) => 'jobId' in answer) && new Set(answers.map(wordsOf)).size === 1;
  sightings.note(LINE.tokenReplayed, isOneJob(first, again) && isOneJob(...twins.answers),
    `first ${wordsOf(first)}, then ${wordsOf(again)}; ${twins.when} ${twins.answers.map(wordsOf).join(' and ')}`);
  const other = await starter.start({ ...request, JobName: `integ-aws-other-${stamp}` });
  sightings.note(LINE.tokenWithOtherParameters, !('jobId' in other) || other.jobId === first.jobId, wordsOf(other));

  const unreadable = await starter.start(starter.request(`${key}unreadable/`, `integ-aws-unreadable-${stamp}`, `integ-aws-unreadable-${stamp}`));
  const odd = await starter.start(starter.request(`${key}odd/`, `integ-aws-odd-${stamp}`, `integ-aws-odd-${stamp}`));
  const none = await starter.start(starter.request(`${key}none/`, `integ-aws-none-${stamp}`, `integ-aws-none-${stamp}`));
  sightings.note(LINE.startRate, starter.throttled === 0, `of ${starter.starts} Starts in a row ${starter.throttled} were throttled`);
  await noteUnusableRole(context, imported, starter, key);
  await noteErrorStatus(context, imported.datastoreId);

  const ended = async (jobId: string) => {
    const job = await waitForEnd(clients.healthlake, imported.datastoreId, jobId, signal);
    console.log(summaryOf(job));
    return job;
  };
  await noteLines(context, await ended(first.jobId));
  if ('jobId' in odd) {
    noteOdd(context, await ended(odd.jobId));
  }
  if ('jobId' in unreadable) {
    noteUnreadable(context, await ended(unreadable.jobId));
  }
  if ('jobId' in none) {
    noteNoFiles(context, await ended(none.jobId));
  } else {
    sightings.note(LINE.noFiles, true, `Start refused it: ${wordsOf(none)}`);
  }
  const late = await starter.start(request);
  const minutes = Math.round((Date.now() - startedAt) / 60_000);
  sightings.note(LINE.tokenLifetime, 'jobId' in late && late.jobId === first.jobId, `after ${minutes} minutes, the job ended: ${wordsOf(late)}`);
  await noteTokenAge(context, imported.datastoreId, place, minutes);
  for (const answer of [other, late, ...twins.answers]) {
    if ('jobId' in answer) {
      await ended(answer.jobId);
    }
  }
}

/** Sends one request twice at the same moment, as two waiters of a doubled event do. */
async function startTwice(starter: Starter, request: ReturnType<Starter['request']>): Promise<{ readonly answers: readonly Answer[]; readonly when: string }> {
  const { throttled } = starter;
  const answers = await Promise.all([starter.start(request), starter.start(request)]);
  return { answers, when: starter.throttled === throttled ? 'at the same moment' : 'throttled, so at other moments' };
}

/** Two patients with an empty line between them, and an object of another kind. */
async function noteLines({ clients: { s3 }, sightings }: Context, job: ImportJobProperties): Promise<void> {
  const { TotalNumberOfScannedFiles: files, TotalNumberOfResourcesImported: imported, TotalNumberOfResourcesWithCustomerError: failed } =
    job.JobProgressReport ?? {};
  sightings.note(LINE.blankLines, imported === 2 && failed === 1, summaryOf(job));
  sightings.note(LINE.otherObjects, files === 1, summaryOf(job));
  const folder = placeOf(outputOf(job));
  const failure = failed === 1 ? await readText(s3, { ...folder, key: `${folder.key}FAILURE/Patient.ndjson` }) : 'no line failed';
  sightings.note(LINE.lineNumbers, /"lineId"\s*:\s*2\b/.test(failure), failure.trim());
}

/** A Bundle of two patients, and an object of another case. */
function noteOdd({ sightings }: Context, job: ImportJobProperties): void {
  const { TotalNumberOfScannedFiles: files, TotalNumberOfResourcesScanned: scanned, TotalNumberOfResourcesImported: imported } =
    job.JobProgressReport ?? {};
  sightings.note(LINE.otherCase, files === 1, summaryOf(job));
  sightings.note(LINE.bundleLine, scanned === 1 && imported === 1, summaryOf(job));
}

function noteUnreadable({ sightings }: Context, job: ImportJobProperties): void {
  const files = job.JobProgressReport?.TotalNumberOfFilesReadWithCustomerError ?? 0;
  sightings.note(LINE.unreadableFile, job.JobStatus === 'FAILED' || (job.JobStatus === 'COMPLETED_WITH_ERRORS' && files > 0), summaryOf(job));
}

function noteNoFiles({ sightings }: Context, job: ImportJobProperties): void {
  sightings.note(LINE.noFiles, job.JobStatus === 'FAILED' || job.JobProgressReport?.TotalNumberOfResourcesScanned === 0, summaryOf(job));
}
