import type { ErrorTolerance } from './error-tolerance';
import type { FhirSource } from './fhir-source';
import type { ImportQuotas } from './import-quotas';
import type { FhirJobProps } from '../jobs/fhir-job-props';

/**
 * The levels at which HealthLake validates the resources of an import.
 *
 * @see https://docs.aws.amazon.com/healthlake/latest/APIReference/API_StartFHIRImportJob.html
 */
export enum ValidationLevel {
  /** Validates each resource against the profiles in its `meta.profile`, or against R4 if `meta.profile` names no profile. */
  STRICT = 'strict',

  /** Validates each resource against R4 and ignores profiles. */
  STRUCTURE_ONLY = 'structure-only',

  /** Ignores some R4 rules. A resource that search can't index completely is imported with a warning. */
  MINIMAL = 'minimal',
}

/** Properties of `FhirImport`. */
export interface FhirImportProps extends FhirJobProps {
  /** The location of the NDJSON files. */
  readonly source: FhirSource;

  /**
   * The level at which HealthLake validates the resources. It is a part of the data set: changing it starts a job.
   *
   * @default ValidationLevel.STRICT
   */
  readonly validationLevel?: ValidationLevel;

  /**
   * The revision of the data, up to 256 characters. A data set is imported into a data store once. To import it again because the objects changed,
   * set a new revision. **An import overwrites resources with the same id.**
   *
   * @default - no revision
   */
  readonly revision?: string;

  /**
   * Whether this data set is already in this data store. If so, the deployment starts no import job.
   *
   * Set it if the data store has the data and HealthLake lists no import job for it: the data store was restored from a backup, copied, moved from
   * another account, or filled by hand. To an import, such a data store looks empty, and the import would overwrite newer data.
   *
   * The attributes `jobId` and `jobStatus` become `ALREADY_IMPORTED`, and the counts and locations become `UNKNOWN`. The custom resource records this in its
   * physical id, so removing the property later starts no job. The property applies to the data set that it is first deployed with: a later
   * `revision` is imported as usual, with or without the property. Keep the property as long as the construct or its stack could be created again.
   * Remove it when an empty data store replaces this one.
   *
   * @default false
   */
  readonly alreadyImported?: boolean;

  /**
   * Whether the deployment fails if it starts no job, although objects of the input changed after the job of an earlier deployment was submitted. By default,
   * the deployment succeeds, the log has a warning, and `inputChanged` is `true`. To import the changed objects, set a new `revision`.
   *
   * Only a deployment that changes a property of the import compares the input, and a roll-back never does. Files of the repository are not compared, because
   * changed files are a new data set.
   *
   * @default false
   */
  readonly failIfInputChanged?: boolean;

  /**
   * The number or percentage of resources that may fail before the import fails. Changing it starts no job.
   *
   * @default ErrorTolerance.none()
   */
  readonly errorTolerance?: ErrorTolerance;

  /**
   * Whether the import writes a report on the resources that failed: `report.json` beside the results. The report counts failures by file, resource type and
   * reason, and names the files and lines of the first failures. Of the data, it contains only counts, FHIR types, issue codes, known message texts, object
   * keys and line numbers.
   *
   * Without the report, the import is judged by the job's progress report, which leaves out server errors. The error message of a failed deployment then
   * doesn't say why resources failed.
   *
   * @default true
   */
  readonly failureReport?: boolean;

  /**
   * The limits of one import job. If the input exceeds one of them, the provider logs a warning.
   *
   * @default - the defaults of `ImportQuotas`
   */
  readonly quotas?: ImportQuotas;
}
