import { jobFailure } from '../failures';
import type { RunContext } from './import-run';
import { Pacer } from './pacer';
import { s3Uri } from './s3-location';
import { putObject } from './s3-objects';
import type { Job } from '../jobs/job';

/** Runs an export job: writes all resources of the data store, one NDJSON object for each resource type. */
export async function runExport(job: Job, { clock, resources, s3, signal }: RunContext): Promise<'COMPLETED'> {
  const { folder, kmsKeyId } = job.output;
  const pacer = new Pacer(clock, job.pace, signal);
  const types = resources.types();
  let exported = 0;
  for (const [index, type] of types.entries()) {
    const ofType = resources.ofType(type);
    const object = { ...folder, key: `${folder.key}${type}.ndjson` };
    try {
      await putObject(s3, object, ofType.map((resource) => `${resource.json}\n`).join(''), kmsKeyId, signal);
    } catch (error) {
      throw jobFailure(`HealthLake could not write the output file ${s3Uri(object)}`, error);
    }
    exported += ofType.length;
    await pacer.reach(exported, (index + 1) / types.length);
  }
  await pacer.reach(exported, 1);
  return 'COMPLETED';
}
