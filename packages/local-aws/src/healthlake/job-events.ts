import type { HealthLake } from '../../../local-healthlake/src/healthlake/healthlake';
import type { Environment } from '../contract';
import type { EventContent } from '../events/events';

/** The ends of the detail types, by status of a job. HealthLake emits no events for cancellations. */
const DETAIL_TYPES: Readonly<Record<string, string>> = {
  SUBMITTED: 'Job Submitted',
  QUEUED: 'Job Queued',
  IN_PROGRESS: 'Job In Progress',
  COMPLETED: 'Job Completed',
  COMPLETED_WITH_ERRORS: 'Job Completed With Errors',
  FAILED: 'Job Failed',
};

/**
 * Emits HealthLake's events: one for each status change of a job. The event detail has no job status, message or resource counts.
 *
 * @see https://docs.aws.amazon.com/eventbridge/latest/ref/events-ref-healthlake.html
 */
export function emitJobEvents(
  { partition, region, accountId }: Environment, healthLake: Pick<HealthLake, 'observe'>, emit: (event: EventContent) => void,
): void {
  const statuses = new Map<string, string>();
  healthLake.observe(({ kind, jobId, datastoreId, status, submitTime, inputUri, outputUri }) => {
    if (statuses.get(jobId) === status) {
      return;
    }
    statuses.set(jobId, status);
    const end = DETAIL_TYPES[status];
    if (!end) {
      return;
    }
    const isImport = kind === 'import';
    emit({
      'source': 'aws.healthlake',
      'detail-type': `${isImport ? 'Import' : 'Export'} ${end}`,
      'resources': [`arn:${partition}:healthlake:${region}:${accountId}:datastore/fhir/${datastoreId}`],
      'detail': {
        jobId,
        submitTime: submitTime.toISOString(),
        datastoreId,
        ...(isImport ? { inputDataConfig: { s3Uri: inputUri } } : { outputDataConfig: { s3Uri: outputUri } }),
      },
    });
  });
}
