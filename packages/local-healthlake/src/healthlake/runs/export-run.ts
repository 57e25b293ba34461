import { jobFailure } from '../failures';
import type { RunContext } from './import-run';
import { Pacer } from './pacer';
import { s3Uri } from './s3-location';
import { putObject } from './s3-objects';
import type { ExportJob } from '../jobs/job';

/** One run of an export job: all resources of the data store, one NDJSON object for each resource type. */
export async function runExport(job: ExportJob, context: RunContext): Promise<'COMPLETED'> {
  const { resources, s3, signal } = context;
  const pacer = new Pacer(context.clock, job.pace, signal);
  const types = resources.types();
  let exported = 0;
  for (const [index, type] of types.entries()) {
    const ofType = resources.ofType(type);
    const object = { ...job.output.folder, key: `${job.output.folder.key}${type}.ndjson` };
    try {
      await putObject(s3, object, ofType.map((resource) => `${resource.json}\n`).join(''), job.output.kmsKeyId, signal);
    } catch (error) {
      throw jobFailure(`HealthLake could not write the output file ${s3Uri(object)}`, error);
    }
    exported += ofType.length;
    await pacer.reach(exported, (index + 1) / types.length);
  }
  await pacer.reach(exported, 1);
  return 'COMPLETED';
}
