import { type ExportedFiles, outputOf } from './observed';
import type { LocalAws } from '../../../packages/local-aws/src/aws';
import type { JobProperties } from '../../../packages/local-healthlake/src/healthlake/jobs/job';
import { parseS3Uri } from '../../../packages/local-healthlake/src/healthlake/runs/s3-location';

/** Counts the files that an export wrote. Shares no code with the report function, so that it doesn't share the function's errors. */
export function exportedFilesOf({ s3 }: LocalAws, job: JobProperties): ExportedFiles {
  const { bucket, key: folder } = parseS3Uri(outputOf(job));
  const objects = s3.bucket(bucket);
  const bodies = objects.keys().filter((key) => key.startsWith(folder) && key.endsWith('.ndjson')).map((key) => objects.find(key)!.body);
  return {
    files: bodies.length,
    bytes: bodies.reduce((sum, { length }) => sum + length, 0),
    resources: bodies.reduce((sum, body) => sum + body.toString('utf8').split('\n').filter((line) => line !== '').length, 0),
  };
}
