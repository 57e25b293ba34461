import type { FhirExportProps } from '../fhir-export-props';

/** Throws if a schedule is given with a property that only an export without a schedule can have. */
export function validateSchedule({ schedule, revision, completion }: FhirExportProps): void {
  if (!schedule) {
    return;
  }
  if (revision !== undefined) {
    throw new Error(`revision "${revision}" can't be used with a schedule, because every run is a revision of its own; leave revision or schedule out`);
  }
  if (completion && !completion.isDetached) {
    throw new Error('completion must be Completion.detached() with a schedule, because no deployment waits for the runs, got Completion.waitFor(); '
      + 'leave completion out, or use Completion.detached()');
  }
}
