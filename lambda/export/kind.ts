import { EXPORT_API } from './api';
import { clientTokenOf, copyFingerprintOf, fingerprintOf } from './fingerprint';
import { ROLE_NEEDS } from './role-needs';
import { countsOf, dependsOnResults, judge, whyWithoutResults } from './verdict';
import {
  EXPORT_EVENTS, EXPORT_RESOURCE_TYPES, type ExportJobProperties, type ExportOutcomeAttributes, type ExportOutcomeProperties, UNKNOWN,
} from '../../src/contract';
import { jobNameOf } from '../jobs/fingerprint';
import type { JobKind, JobResults } from '../jobs/kind';
import { locationOf } from '../jobs/preflight/request';
import { likelyCauses } from '../jobs/start/start-causes';
import type { Evidence } from '../jobs/verdict';

/** The description of an export job. */
export const EXPORT: JobKind = {
  noun: 'export',
  resourceTypes: EXPORT_RESOURCE_TYPES,
  folder: 'FHIR_EXPORT',
  events: EXPORT_EVENTS,
  watched: 'Export',
  api: EXPORT_API,

  fingerprintOf(properties: ExportJobProperties) {
    return fingerprintOf(properties);
  },
  idFingerprintOf(properties: ExportJobProperties) {
    return copyFingerprintOf(properties, locationOf(properties.OutputS3Uri).bucket);
  },
  // An export changes no data, so it may always be started.
  claimsOf: () => ({}),
  countsAsEarlier(job, { OutputS3Uri }) {
    const written = job.OutputDataConfig?.S3Configuration?.S3Uri;
    return written === undefined || locationOf(written).bucket === locationOf(OutputS3Uri).bucket;
  },
  preflightOf({ OutputS3Uri, OutputKmsKeyId }) {
    return { OutputS3Uri, OutputKmsKeyId };
  },
  inputOf: () => undefined,
  requestOf(properties: ExportJobProperties, failedJobIds) {
    const parameters = {
      DatastoreId: properties.DatastoreId,
      JobName: jobNameOf(properties.JobNamePrefix, fingerprintOf(properties)),
      OutputDataConfig: { S3Configuration: { S3Uri: properties.OutputS3Uri, KmsKeyId: properties.OutputKmsKeyId } },
      DataAccessRoleArn: properties.DataAccessRoleArn,
    };
    return { ...parameters, ClientToken: clientTokenOf(parameters, failedJobIds) };
  },
  likelyCauses: (error) => likelyCauses(error, ROLE_NEEDS),

  dependsOnResults(status, properties: ExportJobProperties | ExportOutcomeProperties) {
    return dependsOnResults(status, properties);
  },
  findRestorePoint: async () => Promise.resolve(undefined), // there is nothing to restore after an export
  reportRequestOf(_properties, results: JobResults) {
    return { ...results, Kind: 'EXPORT' };
  },
  countsOf,
  judge(evidence, properties: ExportJobProperties | ExportOutcomeProperties) {
    return judge(evidence, properties);
  },
  whyWithoutResults(evidence, properties: ExportOutcomeProperties) {
    return whyWithoutResults(evidence, properties);
  },

  results: { FilesExported: 'files', BytesExported: 'bytes', ResourcesExported: 'resources' },
  showCounts([files, bytes, resources]) {
    return `files exported ${files}, bytes ${bytes}, resources ${resources}`;
  },
  ownAttributes(outputLocation) {
    return { OutputFolder: locationOf(outputLocation).prefix || UNKNOWN } satisfies Partial<ExportOutcomeAttributes>;
  },
  sentencesOn: ({ report }: Evidence) => (report?.kind === 'export' ? [report.problem ?? ''] : []),
  advice: {
    job: 'correct the cause and deploy again (after --no-rollback with a new revision)',
    errors: 'resources may be missing in the files; deploy again (after --no-rollback with a new revision)',
    empty: 'import data into the data store and deploy again (after --no-rollback with a new revision), or set allowEmpty: true if it may be empty',
  },
  lookUp: 'change allowEmpty or outputPrefix, which makes the deployment look the job up and starts a job only if HealthLake lists none',
  afterTimeout: 'the job goes on at HealthLake',
  judgedBy({ AllowEmpty, ScheduledTime }: ExportJobProperties) {
    return { AllowEmpty, ScheduledTime };
  },
};
