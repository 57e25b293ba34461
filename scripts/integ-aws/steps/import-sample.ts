import { DescribeFHIRDatastoreCommand } from '@aws-sdk/client-healthlake';
import type { Context, Data, Imported } from './context';
import { describeJob, listJobs, waitForEnd } from '../aws/jobs';
import { keysUnder, parseS3Uri, uploadSample } from '../aws/objects';
import { findStack, valueOf } from '../aws/stacks';
import { LINE } from '../lines';
import { noteAcceptance, noteEndpoint } from '../observe/deployment';
import { noteCompleted, noteOutput, noteSample, outputOf, summaryOf } from '../observe/job';

/** Deploys the import of the sample. Returns undefined if the deployment failed. */
export async function importSample(context: Context, data: Data): Promise<Imported | undefined> {
  const { clients: { cloudformation, healthlake, s3 }, quickstart, observations, signal } = context;
  const { datastoreId, inputBucket } = data;
  const sample = await uploadSample(s3, 'synthea', { bucket: inputBucket, key: 'input/' });
  console.log(`\nUploaded ${sample.lines} lines to s3://${inputBucket}/input/.`);

  const deployment = await quickstart.deployImport('1');
  const { DatastoreProperties: datastore } = await healthlake.send(new DescribeFHIRDatastoreCommand({ DatastoreId: datastoreId }));
  const jobId = deployment.succeeded
    ? valueOf(await findStack(cloudformation, 'Import'), 'JobId')
    : (await listJobs(healthlake, datastoreId)).at(-1)?.JobId;
  const job = jobId === undefined ? undefined : await waitForEnd(healthlake, datastoreId, jobId, signal);
  noteEndpoint(observations, datastore!);
  noteAcceptance(observations, deployment, datastore!, job);
  if (!job) {
    return undefined;
  }
  console.log(summaryOf(job));
  noteSample(observations, job, sample);
  await noteFiles(context, job);
  await noteList(context, data);
  return deployment.succeeded ? { ...data, job, lines: sample.lines } : undefined;
}

/** Records observations of the output of an ended job. Returns the object keys in the job's folder. */
export async function noteFiles({ clients: { s3 }, observations }: Context, job: Imported['job']): Promise<string[]> {
  const folder = parseS3Uri(outputOf(job));
  const keys = await keysUnder(s3, folder);
  if (job.JobStatus?.startsWith('COMPLETED')) {
    noteCompleted(observations, job, keys);
  }
  noteOutput(observations, job, await keysUnder(s3, { ...folder, key: folder.key.replace(/[^/]*\/$/, '') }));
  return keys;
}

const DAY_MS = 24 * 60 * 60_000;

async function noteList({ clients: { healthlake }, observations }: Context, { datastoreId }: Data): Promise<void> {
  const [oldest] = await listJobs(healthlake, datastoreId);
  const described = await describeJob(healthlake, datastoreId, oldest.JobId!);
  observations.note(LINE.listedReport, Boolean(oldest.JobProgressReport ?? described.JobProgressReport),
    `the progress report is in ${oldest.JobProgressReport ? 'List' : described.JobProgressReport ? 'Describe only' : 'neither call'}`);
  const days = (Date.now() - oldest.SubmitTime!.getTime()) / DAY_MS;
  if (days < 1) {
    [LINE.jobsStayListed, LINE.jobsStayDescribed].forEach((line) =>
      observations.miss(line, 'the first job is less than a day old; run the script again in some weeks, before --destroy'));
    return;
  }
  observations.note(LINE.jobsStayListed, true, `the oldest job in the list was submitted ${Math.floor(days)} days ago`);
  observations.note(LINE.jobsStayDescribed, described.JobStatus !== undefined, `Describe shows the oldest job as ${described.JobStatus}`);
}
