import type * as events from 'aws-cdk-lib/aws-events';
import type { JobKind } from '../contract';

/** The job statuses in the detail types of HealthLake's events. HealthLake sends no event for a cancelled job. */
export const STATUS_CHANGES = ['Submitted', 'Queued', 'In Progress', 'Completed', 'Completed With Errors', 'Failed'] as const;
export type StatusChange = typeof STATUS_CHANGES[number];

const KIND_IN_DETAIL_TYPE: Record<JobKind, string> = { IMPORT: 'Import', EXPORT: 'Export' };

/**
 * Returns the event pattern that matches HealthLake's own events on jobs of data stores.
 *
 * @see https://docs.aws.amazon.com/eventbridge/latest/ref/events-ref-healthlake.html
 */
export function jobEventPattern(datastoreIds: readonly string[], kinds: readonly JobKind[], changes: readonly StatusChange[]): events.EventPattern {
  return {
    source: ['aws.healthlake'],
    detailType: kinds.flatMap((kind) => changes.map((change) => `${KIND_IN_DETAIL_TYPE[kind]} Job ${change}`)),
    detail: { datastoreId: datastoreIds },
  };
}

/** The fields of an event by which every rule finds its events. */
const OWN_FIELDS = ['source', 'detailType'] as const;

/**
 * Throws if `eventPattern` has a field by which a rule finds its events: aws-events would add its values to the values of the rule, so the rule would also match
 * other events.
 *
 * @param ownDetail the members of the detail by which the rule finds its events.
 * @param identified the thing that the fields identify, for the error message.
 */
export function validateEventPattern(
  id: string, eventPattern: events.EventPattern | undefined, ownDetail: readonly string[], identified: string,
): void {
  const widened = [...OWN_FIELDS.filter((field) => eventPattern?.[field]), ...ownDetail.filter((field) => eventPattern?.detail?.[field])];
  if (widened.length > 0) {
    throw new Error(`the eventPattern of the rule "${id}" must not have ${widened.join(' and ')}, because the rule would also match other events; `
      + `leave out these fields, which identify ${identified}`);
  }
}
