import { Metrics } from '../metrics';
import { Counts } from './counts';
import { OutcomeDecision } from './decision';

/** The metrics of a look at the job. What was answered from the id, or in a roll-back, was not judged now: it has none. */
export function metricsOf({ kind, seen }: OutcomeDecision, { scanned, imported, failed }: Counts): Metrics {
  switch (kind) {
    case 'wait':
      return { ResourcesScannedSoFar: count(scanned), ResourcesImportedSoFar: count(imported), ResourcesFailedSoFar: count(failed) };
    case 'succeed':
    case 'fail':
      return {
        ResourcesScanned: count(scanned),
        ResourcesImported: count(imported),
        ResourcesFailed: count(failed),
        Duration: { value: secondsBetween(seen?.job.SubmitTime, seen?.job.EndTime), unit: 'Seconds' },
        Succeeded: count(kind === 'succeed' ? 1 : 0),
        Failed: count(kind === 'fail' ? 1 : 0),
      };
    default:
      return {};
  }
}

function count(value: number | undefined) {
  return { value, unit: 'Count' } as const;
}

function secondsBetween(start?: Date, end?: Date): number | undefined {
  return start && end ? (end.getTime() - start.getTime()) / 1000 : undefined;
}
