import { jobFailure } from '../failures';
import type { RunContext } from './import-run';
import { Pacer } from './pacer';
import { s3Uri } from './s3-location';
import { putObject } from './s3-objects';
import type { StoredResource } from '../datastores/resource-store';
import type { Job } from '../jobs/job';

/** A file of an export, with resources of one type. */
interface ExportFile {
  /** The path below the job's folder, e.g. `Patient/Patient-1022280015944103279-3-0.ndjson`. */
  readonly path: string;
  readonly resources: readonly StoredResource[];
}

/** Runs an export job: writes the resources that the data store has when the job starts to run. An empty data store has no files. */
export async function runExport(job: Job, { clock, resources, s3, signal }: RunContext, resourcesPerFile: number): Promise<'COMPLETED'> {
  const { folder, kmsKeyId } = job.output;
  const pacer = new Pacer(clock, job.pace, signal);
  const files = resources.types().flatMap((type) => filesOf(job.jobId, type, resources.ofType(type), resourcesPerFile));
  let exported = 0;
  for (const [index, file] of files.entries()) {
    const object = { ...folder, key: folder.key + file.path };
    try {
      await putObject(s3, object, file.resources.map(({ json }) => `${json}\n`).join(''), kmsKeyId, signal);
    } catch (error) {
      throw jobFailure(`HealthLake could not write the output file ${s3Uri(object)}`, error);
    }
    exported += file.resources.length;
    await pacer.reach(exported, (index + 1) / files.length);
  }
  await pacer.reach(exported, 1);
  return 'COMPLETED';
}

/** Returns the files of one type. Their names have the form that a user of AWS has published. AWS doesn't document the numbers in the names. */
function filesOf(jobId: string, type: string, resources: readonly StoredResource[], resourcesPerFile: number): ExportFile[] {
  const jobNumber = BigInt(`0x${jobId.slice(0, 15)}`);
  return Array.from({ length: Math.ceil(resources.length / resourcesPerFile) }, (_, n) => ({
    path: `${type}/${type}-${jobNumber}-${n}-0.ndjson`,
    resources: resources.slice(n * resourcesPerFile, (n + 1) * resourcesPerFile),
  }));
}
