import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { ReportDocument } from '../../../../lambda/report/document/document';
import { ToolError } from '../cli/errors';
import { isEmptyOrMissing } from '../files/new-folder';

/** The file that names the job whose failed resources are in a folder. */
const MARKER = 'retry.json';

type Job = Pick<ReportDocument['job'], 'datastoreId' | 'jobId'>;

export async function markFolder(folder: string, { datastoreId, jobId }: Job): Promise<void> {
  await writeFile(join(folder, MARKER), `${JSON.stringify({ datastoreId, jobId })}\n`);
}

/**
 * Returns whether a folder has the failed resources of a job. Returns false if it is empty or missing.
 *
 * @throws if the folder has files, but is not marked with this job
 */
export async function hasFailuresOf(folder: string, { datastoreId, jobId }: Job): Promise<boolean> {
  if (await isEmptyOrMissing(folder)) {
    return false;
  }
  const marker = await readFile(join(folder, MARKER), 'utf8').catch(() => undefined);
  if (marker?.trim() !== JSON.stringify({ datastoreId, jobId })) {
    throw new ToolError(`${folder} is not empty and has no failed resources of job ${jobId}: give --out a new folder, or the one that healthlake retry wrote for this job`);
  }
  return true;
}
