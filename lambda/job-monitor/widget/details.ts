import type { StoreJob } from './content';
import { formatCount, formatSpan, formatTime, type Zone } from './format';
import { html, type Html } from './html';
import { ownNamesOf } from '../../service-text/own-names';
import { quoteServiceText } from '../../service-text/show';
import { durationOf } from '../summary';

/** Returns the name of a job as a link that opens the details of the job. */
export function jobLink(job: StoreJob, zone: Zone): Html {
  return html`<a>${job.name ?? job.id}</a><cwdb-action action="html" display="popup">${detailsOf(job, zone)}</cwdb-action>`;
}

/** The popup uses no class of the widget's style sheet, because CloudWatch doesn't document whether the style sheet applies there. */
function detailsOf(job: StoreJob, zone: Zone): Html {
  const { kind, id, name, status, submitted, ended, progress = {}, output, datastoreId } = job;
  const duration = durationOf(job);
  const at = (time?: Date): string | undefined => time && `${formatTime(time.getTime(), zone, 'seconds')} ${zone.name}`;
  const rows: readonly (readonly [string, string | undefined])[] = [
    ['Name', name],
    ['Kind', kind],
    ['Status', status],
    ['Message', messageOf(job)],
    ['Files', counts({ found: progress.files, imported: progress.filesImported, failed: progress.filesFailed })],
    ['Resources', counts({ scanned: progress.scanned, imported: progress.imported, failed: progress.failed })],
    ['Submitted', at(submitted)],
    ['Ended', at(ended)],
    ['Duration', duration === undefined ? undefined : formatSpan(duration)],
    ['Results', output],
    ['Job id', id],
    ['Data store', datastoreId],
  ];
  const known = rows.filter(([, value]) => value !== undefined);
  return html`<table>${known.map(([label, value]) => html`<tr><th>${label}</th><td>${value}</td></tr>`)}</table>`;
}

function messageOf({ kind, id, message, output, datastoreId }: StoreJob): string | undefined {
  const own = ownNamesOf({ DatastoreId: datastoreId, JobId: id, OutputS3Uri: output });
  return message && quoteServiceText('HealthLake', message, own, `aws healthlake describe-fhir-${kind === 'IMPORT' ? 'import' : 'export'}-job`);
}

/** Returns the counts that are known, such as `17 found, 16 imported`. Undefined if none is known. */
function counts(values: Readonly<Record<string, number | undefined>>): string | undefined {
  const known = Object.entries(values).flatMap(([label, value]) => value === undefined ? [] : [`${formatCount(value)} ${label}`]);
  return known.length === 0 ? undefined : known.join(', ');
}
