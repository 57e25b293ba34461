import { RUN_STATES } from './run-states';
import { EXPORT_EVENTS, EXPORT_METRICS, EXPORT_RESOURCE_TYPES, type ExportEventDetail } from '../../contract';
import type { Kind } from '../../jobs/private/kind';

const COUNTS: readonly (readonly [label: string, member: keyof ExportEventDetail])[] = [
  ['files', 'filesExported'], ['bytes', 'bytesExported'], ['resources', 'resourcesExported'],
];

/** The description of exports. */
export const EXPORT: Kind = {
  name: 'Export',
  noun: 'export',
  resourceTypes: EXPORT_RESOURCE_TYPES,
  events: EXPORT_EVENTS,
  defaultJobNamePrefix: 'fhir-export',
  firstStates: RUN_STATES,
  monitorId: 'WatchExports',
  dataAccess: 'HealthLake writes exported FHIR data',
  metricNames: EXPORT_METRICS,
  counts: COUNTS,
  pairs: {
    twins: 'exports the same revision of the same data store as',
    sharedDatastore: 'copy one data store',
  },
};
