import type { StartFHIRImportJobRequest } from '@aws-sdk/client-healthlake';
import { IMPORT_API } from './api';
import { declarationOf, refusalOf, type Versions } from './declaration';
import { sentencesOnFailures } from './failures';
import { clientTokenOf, fingerprintOf, type StartParameters } from './fingerprint';
import { findRestorePoint } from './restore-point';
import { ROLE_NEEDS } from './role-needs';
import { countsOf, dependsOnResults, judge, whyWithoutResults } from './verdict';
import { CONTENT_PREFIX, IMPORT_EVENTS, IMPORT_RESOURCE_TYPES, type ImportJobProperties, type ImportOutcomeProperties } from '../../src/contract';
import { jobNameOf } from '../jobs/fingerprint';
import type { JobKind, JobResults } from '../jobs/kind';
import { likelyCauses } from '../jobs/start/start-causes';

/** The description of an import job. */
export const IMPORT: JobKind = {
  noun: 'import',
  resourceTypes: IMPORT_RESOURCE_TYPES,
  folder: 'FHIR_IMPORT',
  events: IMPORT_EVENTS,
  watched: 'Import',
  api: IMPORT_API,

  fingerprintOf(properties: ImportJobProperties) {
    return fingerprintOf(properties);
  },
  idFingerprintOf(properties: ImportJobProperties) {
    return fingerprintOf(properties);
  },
  claimsOf(versions: Versions) {
    return { declaration: declarationOf(versions), refusal: refusalOf(versions) };
  },
  countsAsEarlier: () => true, // the data is in the data store, wherever the results of the job are
  preflightOf({ InputS3Uri, Quotas, OutputS3Uri, OutputKmsKeyId }: ImportJobProperties) {
    return Quotas && { input: { InputS3Uri, Quotas }, OutputS3Uri, OutputKmsKeyId }; // contract version 1 has no quotas and no permission to check buckets
  },
  inputOf({ InputS3Uri, Quotas, ChangedInput }: ImportJobProperties) {
    return {
      inputS3Uri: InputS3Uri,
      isListable: Quotas !== undefined,
      isConstant: CONTENT_PREFIX.test(InputS3Uri),
      failsIfChanged: ChangedInput === 'FAIL',
    };
  },
  requestOf(properties: ImportJobProperties, failedJobIds) {
    const parameters: StartParameters = {
      DatastoreId: properties.DatastoreId,
      JobName: jobNameOf(properties.JobNamePrefix, fingerprintOf(properties)),
      InputDataConfig: { S3Uri: properties.InputS3Uri },
      JobOutputDataConfig: { S3Configuration: { S3Uri: properties.OutputS3Uri, KmsKeyId: properties.OutputKmsKeyId } },
      DataAccessRoleArn: properties.DataAccessRoleArn,
      ValidationLevel: properties.ValidationLevel as StartFHIRImportJobRequest['ValidationLevel'],
    };
    return { ...parameters, ClientToken: clientTokenOf(parameters, failedJobIds) };
  },
  likelyCauses: (error) => likelyCauses(error, ROLE_NEEDS),

  dependsOnResults(status, { ErrorTolerance }: ImportJobProperties | ImportOutcomeProperties) {
    return dependsOnResults(status, ErrorTolerance);
  },
  findRestorePoint,
  reportRequestOf({ InputS3Uri = '' }: ImportJobProperties | ImportOutcomeProperties, { JobStatus: _, ...results }: JobResults) {
    return { ...results, InputS3Uri };
  },
  countsOf,
  judge(evidence, { ErrorTolerance }: ImportJobProperties | ImportOutcomeProperties) {
    return judge(evidence, ErrorTolerance);
  },
  whyWithoutResults(evidence, { ErrorTolerance }: ImportOutcomeProperties) {
    return whyWithoutResults(evidence, ErrorTolerance);
  },

  results: { ResourcesScanned: 'scanned', ResourcesImported: 'imported', ResourcesFailed: 'failed' },
  showCounts([scanned, imported, failed]) {
    return `resources scanned ${scanned}, imported ${imported}, failed ${failed}`;
  },
  ownAttributes: () => ({}),
  sentencesOn: sentencesOnFailures,
  advice: {
    job: 'correct the cause (Manifest.json in the results has the counts, if HealthLake wrote it) and deploy again (after --no-rollback with a new revision)',
    errors: 'mend the resources listed under FAILURE/ there and deploy again (after --no-rollback with a new revision), or set errorTolerance',
  },
  lookUp: 'change errorTolerance or outputPrefix, which makes the deployment look the job up and starts no job',
  afterTimeout: 'the job can\'t be cancelled and goes on at HealthLake',
  judgedBy({ ErrorTolerance, InputS3Uri }: ImportJobProperties) {
    return { ErrorTolerance, InputS3Uri };
  },
};
