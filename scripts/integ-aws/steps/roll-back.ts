import type { Context, Imported } from './context';
import { noteFiles } from './import-sample';
import { describeJob, listJobs } from '../aws/jobs';
import { deleteObjects, parseS3Uri, readText, uploadSample } from '../aws/objects';
import { LINE } from '../lines';
import { failedOf, outputOf, summaryOf } from '../observe/job';
import { noteRollback } from '../observe/roll-back';

/** The assumed error text for a resource type that R4 doesn't have. */
const UNKNOWN_TYPE_TEXT = /'resourceType' failed to satisfy constraint/;

/** Deploys the import with bad data, so that the deployment must fail and roll back. Then deploys it again without the bad data. */
export async function rollBack(context: Context, imported: Imported): Promise<void> {
  const { clients: { healthlake, s3 }, quickstart, observations, stamp } = context;
  const { datastoreId, inputBucket, lines } = imported;
  const bad = { bucket: inputBucket, key: 'input/bad/' };
  const before = (await listJobs(healthlake, datastoreId)).length;

  await uploadSample(s3, 'bad', bad);
  try {
    console.log('\nThe next deployment must fail, because some lines of its data are invalid.');
    const { events } = await quickstart.deployImport(stamp);
    const jobs = await listJobs(healthlake, datastoreId);
    noteRollback(observations, events, jobs.length - before);
    await noteBadLines(context, await describeJob(healthlake, datastoreId, jobs.at(-1)!.JobId!));
  } finally {
    await deleteObjects(s3, bad);
  }

  const { succeeded } = await quickstart.deployImport(stamp);
  const jobs = await listJobs(healthlake, datastoreId);
  const again = await describeJob(healthlake, datastoreId, jobs.at(-1)!.JobId!);
  console.log(summaryOf(again));
  const started = jobs.length - before - 1;
  observations.note(LINE.deployAgain, succeeded && started === 1 && again.JobName === jobs.at(-2)?.JobName,
    `jobs started: ${started}, the last with the name ${again.JobName}; the deployment ${succeeded ? 'succeeded' : 'failed'}`);
  observations.note(LINE.upsert, again.JobStatus === 'COMPLETED' && failedOf(again) === 0,
    `the same ${lines} resources were imported a second time: ${summaryOf(again)}`);
}

async function noteBadLines(context: Context, job: Imported['job']): Promise<void> {
  console.log(summaryOf(job));
  const keys = await noteFiles(context, job);
  const file = keys.find((key) => /^FAILURE\/.*MedicationOrder/.test(key));
  if (!file) {
    context.observations.note(LINE.unknownTypeText, false, 'FAILURE/ has no line of MedicationOrder.ndjson');
    return;
  }
  const folder = parseS3Uri(outputOf(job));
  const [line] = (await readText(context.clients.s3, { ...folder, key: folder.key + file })).split('\n');
  context.observations.note(LINE.unknownTypeText, UNKNOWN_TYPE_TEXT.test(line), line);
}
