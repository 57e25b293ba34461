import type { Context, Imported } from './context';
import { noteFiles } from './import-sample';
import { describeJob, listJobs } from '../aws/jobs';
import { placeOf, readText, uploadSample } from '../aws/objects';
import { deleteObjects } from '../deletion';
import { LINE } from '../lines';
import { failedOf, outputOf, summaryOf } from '../observe/job';
import { noteRollback } from '../observe/roll-back';

/** The words that the local HealthLake has for a resource type that R4 doesn't have. */
const UNKNOWN_TYPE = /'resourceType' failed to satisfy constraint/;

/** Updates the import with bad data, which has to fail and to be rolled back, and then deploys again without it. */
export async function rollBack(context: Context, imported: Imported): Promise<void> {
  const { clients: { healthlake, s3 }, quickstart, sightings, stamp } = context;
  const { datastoreId, inputBucket, lines } = imported;
  const bad = { bucket: inputBucket, key: 'input/bad/' };
  const before = (await listJobs(healthlake, datastoreId)).length;

  await uploadSample(s3, 'bad', bad);
  try {
    console.log('\nThe next deployment has to fail: some lines of its data are bad.');
    const { events } = await quickstart.deployImport(stamp);
    const jobs = await listJobs(healthlake, datastoreId);
    noteRollback(sightings, events, jobs.length - before);
    await noteBadLines(context, await describeJob(healthlake, datastoreId, jobs.at(-1)!.JobId!));
  } finally {
    await deleteObjects(s3, bad);
  }

  const { succeeded } = await quickstart.deployImport(stamp);
  const jobs = await listJobs(healthlake, datastoreId);
  const again = await describeJob(healthlake, datastoreId, jobs.at(-1)!.JobId!);
  console.log(summaryOf(again));
  const started = jobs.length - before - 1;
  sightings.note(LINE.deployAgain, succeeded && started === 1 && again.JobName === jobs.at(-2)?.JobName,
    `${started} job was started, with the name of the failed one; the deployment ${succeeded ? 'succeeded' : 'failed'}`);
  sightings.note(LINE.upsert, again.JobStatus === 'COMPLETED' && failedOf(again) === 0,
    `the same ${lines} resources were imported a second time: ${summaryOf(again)}`);
}

async function noteBadLines(context: Context, job: Imported['job']): Promise<void> {
  console.log(summaryOf(job));
  const keys = await noteFiles(context, job);
  const file = keys.find((key) => /^FAILURE\/.*MedicationOrder/.test(key));
  if (!file) {
    context.sightings.note(LINE.unknownTypeWords, false, 'no line of MedicationOrder.ndjson is under FAILURE/');
    return;
  }
  const folder = placeOf(outputOf(job));
  const [line] = (await readText(context.clients.s3, { ...folder, key: folder.key + file })).split('\n');
  context.sightings.note(LINE.unknownTypeWords, UNKNOWN_TYPE.test(line), line);
}
