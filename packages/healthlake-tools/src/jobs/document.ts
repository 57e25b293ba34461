import type { FoundJob } from './find';
import type { JobDetails } from './show';
import { showServiceText } from '../../../../lambda/service-text/show';

/**
 * Returns a job with the message that is shown. HealthLake's message may have patient data, so `***` replaces its unknown words unless `showValues` is set.
 */
export function withShownMessage<T extends FoundJob>(job: T, showValues: boolean): T {
  const { message, datastoreId, id, output, input }: FoundJob & Pick<JobDetails, 'input'> = job;
  const own = [datastoreId, id, output, input].filter((name) => name !== undefined);
  return message === undefined || showValues ? job : { ...job, message: showServiceText(message, own) };
}

/** Returns a job as the JSON document shows it. */
export function jobDocument({ kind, ...job }: FoundJob): object {
  return { kind: kind.toLowerCase(), ...job };
}
