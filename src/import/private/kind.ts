import { type EndMetricName, IMPORT_EVENTS, IMPORT_RESOURCE_TYPES, type ImportEventDetail, PROGRESS_METRICS, RESULT_METRICS } from '../../contract';
import type { Kind } from '../../jobs/private/kind';

const COUNTS: readonly (readonly [label: string, member: keyof ImportEventDetail])[] = [
  ['resources scanned', 'resourcesScanned'], ['imported', 'resourcesImported'], ['failed', 'resourcesFailed'],
];

/** The description of imports. */
export const IMPORT: Kind = {
  name: 'Import',
  noun: 'import',
  resourceTypes: IMPORT_RESOURCE_TYPES,
  events: IMPORT_EVENTS,
  defaultJobNamePrefix: 'fhir-import',
  monitorId: 'Watch',
  dataAccess: 'HealthLake reads FHIR data and writes import results',
  metricNames: [...RESULT_METRICS, ...PROGRESS_METRICS, 'AlreadyImported' satisfies EndMetricName],
  counts: COUNTS,
  pairs: {
    twins: 'imports the same data set into the same data store as',
    sharedDatastore: 'go into one data store',
  },
};
