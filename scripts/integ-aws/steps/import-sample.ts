import { DescribeFHIRDatastoreCommand } from '@aws-sdk/client-healthlake';
import type { Context, Data, Imported } from './context';
import { describeJob, listJobs, waitForEnd } from '../aws/jobs';
import { keysUnder, placeOf, uploadSample } from '../aws/objects';
import { findStack, valueOf } from '../aws/stacks';
import { LINE } from '../lines';
import { noteAcceptance } from '../observe/deployment';
import { noteCompleted, noteOutput, noteSample, outputOf, summaryOf } from '../observe/job';

/** Imports the sample as a user does; undefined if nothing more can be learned. */
export async function importSample(context: Context, data: Data): Promise<Imported | undefined> {
  const { clients: { cloudformation, healthlake, s3 }, quickstart, sightings, signal } = context;
  const { datastoreId, inputBucket } = data;
  const lines = await uploadSample(s3, 'synthea', { bucket: inputBucket, key: 'input/' });
  console.log(`\nUploaded ${lines} lines to s3://${inputBucket}/input/.`);

  const deployment = await quickstart.deployImport('1');
  const { DatastoreProperties: datastore } = await healthlake.send(new DescribeFHIRDatastoreCommand({ DatastoreId: datastoreId }));
  const jobId = deployment.succeeded
    ? valueOf(await findStack(cloudformation, 'Import'), 'JobId')
    : (await listJobs(healthlake, datastoreId)).at(-1)?.JobId;
  const job = jobId === undefined ? undefined : await waitForEnd(healthlake, datastoreId, jobId, signal);
  noteAcceptance(sightings, deployment, datastore!, job);
  if (!job) {
    return undefined;
  }
  console.log(summaryOf(job));
  noteSample(sightings, job, lines);
  await noteFiles(context, job);
  await noteList(context, data);
  return deployment.succeeded ? { ...data, job, lines } : undefined;
}

/** What lies in the output of a job that has ended. */
export async function noteFiles({ clients: { s3 }, sightings }: Context, job: Imported['job']): Promise<string[]> {
  const folder = placeOf(outputOf(job));
  const keys = await keysUnder(s3, folder);
  if (job.JobStatus?.startsWith('COMPLETED')) {
    noteCompleted(sightings, job, keys);
  }
  noteOutput(sightings, job, await keysUnder(s3, { ...folder, key: folder.key.replace(/[^/]*\/$/, '') }));
  return keys;
}

const DAY = 24 * 60 * 60_000;

async function noteList({ clients: { healthlake }, sightings }: Context, { datastoreId }: Data): Promise<void> {
  const [oldest] = await listJobs(healthlake, datastoreId);
  const described = await describeJob(healthlake, datastoreId, oldest.JobId!);
  sightings.note(LINE.listedReport, Boolean(oldest.JobProgressReport ?? described.JobProgressReport),
    `a progress report is in ${oldest.JobProgressReport ? 'the list too' : 'Describe only'}`);
  const days = (Date.now() - oldest.SubmitTime!.getTime()) / DAY;
  if (days < 1) {
    [LINE.jobsStayListed, LINE.jobsStayDescribed].forEach((line) =>
      sightings.miss(line, 'the first job is of today; run this again in some weeks, before --destroy'));
    return;
  }
  sightings.note(LINE.jobsStayListed, true, `the oldest job in the list was submitted ${Math.floor(days)} days ago`);
  sightings.note(LINE.jobsStayDescribed, described.JobStatus !== undefined, `it is described as ${described.JobStatus}`);
}
