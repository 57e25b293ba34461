import type { FhirJobProps } from '../jobs/fhir-job-props';

/** Properties of `FhirExport`. */
export interface FhirExportProps extends FhirJobProps {
  /**
   * The revision of the copy, up to 256 characters. A data store is exported once for each revision. To export it again, set a new revision.
   *
   * @default - no revision
   */
  readonly revision?: string;

  /**
   * Whether an export without files succeeds. By default, it fails, because a copy of a data store with data has files. Changing it starts no job.
   *
   * @default false
   */
  readonly allowEmpty?: boolean;
}
