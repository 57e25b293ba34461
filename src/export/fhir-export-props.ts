import type * as scheduler from 'aws-cdk-lib/aws-scheduler';
import type { FhirJobProps } from '../jobs/fhir-job-props';

/** Properties of `FhirExport`. */
export interface FhirExportProps extends FhirJobProps {
  /**
   * The revision of the export, up to 256 characters. A data store is exported into a bucket once for each revision. To export it again, set a new
   * revision.
   *
   * @default - no revision
   */
  readonly revision?: string;

  /**
   * The schedule of the export. The deployment starts no job. Each run exports the data store into a folder of its own, as a revision of its own, and is
   * monitored like a detached export. So set no `revision`, and set `completion` to `Completion.detached()` or leave it out. A run that is due while another
   * run has not ended is skipped.
   *
   * @default - the deployment exports the data store
   */
  readonly schedule?: scheduler.ScheduleExpression;

  /**
   * Whether an export that wrote no files succeeds. By default, it fails, because the copy of a data store with data has files. Changing it starts no job.
   *
   * @default false
   */
  readonly allowEmpty?: boolean;
}
