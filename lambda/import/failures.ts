import type { Evidence } from '../jobs/verdict';
import type { JsonCause, ReportReason } from '../report/types';

const JSON_CAUSES: Record<JsonCause, string> = {
  'whole-file': 'files that are not NDJSON (pretty-printed JSON, UTF-16, compressed data)',
  'start-of-file': 'a byte order mark, a blank first line, or a file that is not NDJSON (a JSON array, UTF-16, compressed data)',
  'single-lines': 'blank lines, or lines without one whole JSON object',
};

/** Returns sentences with the most frequent reasons why resources failed, the likely causes, and the location of the complete report. */
export function sentencesOnFailures({ report }: Pick<Evidence, 'report'>): string[] {
  if (report?.kind !== 'report') {
    return [];
  }
  return [
    report.reasons.length > 0 ? `most often: ${report.reasons.map(showReason).join(', ')}` : '',
    ...hintsAt(report.reasons),
    report.problem ?? '',
    report.location === undefined ? '' : 'report: report.json in the results',
  ];
}

function hintsAt(reasons: readonly ReportReason[]): string[] {
  const cause = reasons.find(({ likelyCause }) => likelyCause !== undefined)?.likelyCause;
  const hasBundles = reasons.some(({ resourceTypes }) => resourceTypes.includes('Bundle'));
  return [
    cause === undefined ? '' : `likely cause of the invalid JSON: ${JSON_CAUSES[cause]}`,
    hasBundles ? 'HealthLake does not unwrap a Bundle: write each of its resources into a line of its own' : '',
  ];
}

function showReason({ code, message, resourceTypes, count }: ReportReason): string {
  return `${count} x ${code}${message === undefined ? '' : ` "${message}"`} (${resourceTypes.slice(0, 3).join(', ')}${resourceTypes.length > 3 ? ', ...' : ''})`;
}
