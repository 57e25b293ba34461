import type { HealthLake } from '../../../local-healthlake/src/healthlake/healthlake';
import type { Environment } from '../contract';
import type { EventContent } from '../events/events';

/** The detail type of the event for each status of an import job. HealthLake emits no events for cancellations. */
const DETAIL_TYPES: Readonly<Record<string, string>> = {
  SUBMITTED: 'Import Job Submitted',
  QUEUED: 'Import Job Queued',
  IN_PROGRESS: 'Import Job In Progress',
  COMPLETED: 'Import Job Completed',
  COMPLETED_WITH_ERRORS: 'Import Job Completed With Errors',
  FAILED: 'Import Job Failed',
};

/**
 * Emits HealthLake's events: one for each status change of an import job. The event detail has no job status, message or resource counts.
 *
 * @see https://docs.aws.amazon.com/eventbridge/latest/ref/events-ref-healthlake.html
 */
export function emitImportJobEvents(
  { partition, region, accountId }: Environment, healthLake: Pick<HealthLake, 'observe'>, emit: (event: EventContent) => void,
): void {
  const statuses = new Map<string, string>();
  healthLake.observe(({ kind, jobId, datastoreId, status, submitTime, inputUri }) => {
    if (kind !== 'import' || statuses.get(jobId) === status) {
      return;
    }
    statuses.set(jobId, status);
    const detailType = DETAIL_TYPES[status];
    if (!detailType) {
      return;
    }
    emit({
      'source': 'aws.healthlake',
      'detail-type': detailType,
      'resources': [`arn:${partition}:healthlake:${region}:${accountId}:datastore/fhir/${datastoreId}`],
      'detail': { jobId, submitTime: submitTime.toISOString(), datastoreId, inputDataConfig: { s3Uri: inputUri } },
    });
  });
}
