import type { ImportJobProperties } from '@aws-sdk/client-healthlake';
import { PutObjectCommand } from '@aws-sdk/client-s3';
import type { Context, Imported } from './context';
import { type Answer, JobStarter, textOf } from './job-starter';
import { waitForEnd } from '../aws/jobs';
import { deleteObjects, parseS3Uri, readText } from '../aws/objects';
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

/** Starts small jobs through the HealthLake API, to observe behaviour that no deployment shows. */
export async function experiment(context: Context, imported: Imported): Promise<void> {
  const { clients: { s3 }, stamp } = context;
  const folder = { bucket: imported.inputBucket, key: `input/integ-aws-${stamp}/` };
  const put = async (path: string, body: string, archived = false) => s3.send(new PutObjectCommand({
    Bucket: folder.bucket, Key: folder.key + path, Body: body, ...(archived && { StorageClass: 'GLACIER' }),
  }));
  console.log('\nStarting jobs of a few lines, which takes minutes.');
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
  const { clients, observations, signal } = context;
  const starter = new JobStarter(context, imported, key);
  const request = starter.request('lines');
  const startedAt = Date.now();
  const first = await starter.start(request);
  if (!('jobId' in first)) {
    throw new Error(`HealthLake refused a job like the quickstart's: ${textOf(first)}`);
  }
  await noteLag(context, imported.datastoreId, first.jobId);
  await noteSubmittedAfter(context, imported.datastoreId, first.jobId);
  const position = await noteListTime(context, imported.datastoreId);
  const again = await starter.start(request);
  const twins = await startTwice(starter, starter.request('lines', 'twins'));
  const isOneJob = (...answers: Answer[]) => answers.every((answer) => 'jobId' in answer) && new Set(answers.map(textOf)).size === 1;
  observations.note(LINE.tokenReplayed, isOneJob(first, again) && isOneJob(...twins.answers),
    `first ${textOf(first)}, then ${textOf(again)}; ${twins.when} ${twins.answers.map(textOf).join(' and ')}`);
  const other = await starter.start({ ...request, JobName: `integ-aws-other-${context.stamp}` });
  observations.note(LINE.tokenWithOtherParameters, !('jobId' in other) || other.jobId === first.jobId, textOf(other));

  const unreadable = await starter.start(starter.request('unreadable'));
  const odd = await starter.start(starter.request('odd'));
  const none = await starter.start(starter.request('none'));
  observations.note(LINE.startRate, starter.throttled === 0, `${starter.throttled} of ${starter.starts} starts in a row were throttled`);
  await noteUnusableRole(context, imported, starter);
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
    observations.note(LINE.noFiles, true, `Start refused the job: ${textOf(none)}`);
  }
  const late = await starter.start(request);
  const minutes = Math.round((Date.now() - startedAt) / 60_000);
  observations.note(LINE.tokenLifetime, 'jobId' in late && late.jobId === first.jobId, `${minutes} minutes after the first start, with the job ended: ${textOf(late)}`);
  await noteTokenAge(context, imported.datastoreId, position, minutes);
  for (const answer of [other, late, ...twins.answers]) {
    if ('jobId' in answer) {
      await ended(answer.jobId);
    }
  }
}

/** Sends the same Start request twice at once. Returns both answers, and whether throttling delayed one of the requests. */
async function startTwice(starter: JobStarter, request: ReturnType<JobStarter['request']>): Promise<{ readonly answers: readonly Answer[]; readonly when: string }> {
  const { throttled } = starter;
  const answers = await Promise.all([starter.start(request), starter.start(request)]);
  return { answers, when: starter.throttled === throttled ? 'at the same moment' : 'at different moments because of throttling' };
}

/** Records how HealthLake imported the folder `lines`. `Patient.ndjson` has an empty line between two patients. A second file isn't named `.ndjson`. */
async function noteLines({ clients: { s3 }, observations }: Context, job: ImportJobProperties): Promise<void> {
  const { TotalNumberOfScannedFiles: files, TotalNumberOfResourcesImported: imported, TotalNumberOfResourcesWithCustomerError: failed } =
    job.JobProgressReport ?? {};
  observations.note(LINE.blankLines, imported === 2 && failed === 1, summaryOf(job));
  observations.note(LINE.otherObjects, files === 1, summaryOf(job));
  const folder = parseS3Uri(outputOf(job));
  const failure = failed === 1 ? await readText(s3, { ...folder, key: `${folder.key}FAILURE/Patient.ndjson` }) : 'no line failed';
  observations.note(LINE.lineNumbers, /"lineId"\s*:\s*2\b/.test(failure), failure.trim());
}

/** Records how HealthLake imported the folder `odd`. One object is a Bundle of two patients. The other has the extension `.NDJSON` in upper case. */
function noteOdd({ observations }: Context, job: ImportJobProperties): void {
  const { TotalNumberOfScannedFiles: files, TotalNumberOfResourcesScanned: scanned, TotalNumberOfResourcesImported: imported } =
    job.JobProgressReport ?? {};
  observations.note(LINE.otherCase, files === 1, summaryOf(job));
  observations.note(LINE.bundleLine, scanned === 1 && imported === 1, summaryOf(job));
}

function noteUnreadable({ observations }: Context, job: ImportJobProperties): void {
  const files = job.JobProgressReport?.TotalNumberOfFilesReadWithCustomerError ?? 0;
  observations.note(LINE.unreadableFile, job.JobStatus === 'FAILED' || (job.JobStatus === 'COMPLETED_WITH_ERRORS' && files > 0), summaryOf(job));
}

function noteNoFiles({ observations }: Context, job: ImportJobProperties): void {
  observations.note(LINE.noFiles, job.JobStatus === 'FAILED' || job.JobProgressReport?.TotalNumberOfResourcesScanned === 0, summaryOf(job));
}
