import type { ReportView, Section, ViewTable } from './view';
import type { OccurrenceDocument, ReportDocument, SectionDocument } from '../../../../lambda/report/document/document';
import { count, counted, duration, time } from '../cli/text';

/** Returns the report on an import as people read it. */
export function importView(report: ReportDocument): ReportView {
  const { job, manifest = {}, manifestProblem, failures, searchValidation, files } = report;
  const figures = [
    { name: 'resources scanned', value: manifest.resourcesScanned },
    { name: 'imported', value: manifest.resourcesImported },
    { name: 'not imported', value: failures.count, isBad: failures.count > 0 },
    { name: 'errors of the server', value: manifest.resourcesWithServerError, isBad: (manifest.resourcesWithServerError ?? 0) > 0 },
  ];
  return {
    title: `Import job ${job.jobId}`,
    figures: figures.filter((figure): figure is typeof figure & { value: number } => figure.value !== undefined),
    facts: [
      ['data store', job.datastoreId], ['input', job.input], ['output', job.output], ['submitted', time(job.submitted)], ['ended', time(job.ended)],
      ['duration', job.submitted !== undefined && job.ended !== undefined ? duration(Date.parse(job.ended) - Date.parse(job.submitted)) : undefined],
      ['restore point', time(job.restorePoint)], ['manifest', manifestProblem],
      ['input files', manifest.filesScanned === undefined ? undefined : count(manifest.filesScanned)],
      ['unreadable', unreadable(manifest.filesWithCustomerError, manifest.filesWithServerError)],
      ['incomplete', report.incomplete],
      ['not read', files.unread.map(({ key, why }) => `${key} (${why})`).join(', ')],
    ],
    sections: [
      sectionOf('Not imported', failures, report),
      ...searchValidation.count > 0 ? [{
        ...sectionOf('Imported with search validation failures', searchValidation, report),
        note: 'These resources are in the data store. Search may not find all their fields.',
      }] : [],
    ],
  };
}

function unreadable(customer = 0, server = 0): string | undefined {
  return customer + server === 0 ? undefined : counted(customer + server, 'file');
}

function sectionOf(title: string, section: SectionDocument, { job }: ReportDocument): Section {
  const prefix = keyOf(job.input);
  const inputKeys = new Map(section.files.map(({ key, inputKey }) => [key, below(prefix, inputKey)]));
  const placesOf = (first: readonly OccurrenceDocument[]): string => first.map((place) => placeOf(place, inputKeys, keyOf(job.output))).join(', ');
  const tables: ViewTable[] = [
    {
      columns: ['>resources', 'reason', 'types', 'first'],
      rows: section.reasons.map(({ count: resources, code, message, resourceTypes, first }) => [
        resources, message === undefined ? `${code} (no known text)` : `${code}: ${message}`,
        resourceTypes.map(({ type, count: ofType }) => `${type} ${count(ofType)}`).join(', '), placesOf(first),
      ]),
      rest: restOf(section.otherReasons?.reasons, section.otherReasons?.count, 'reason'),
    },
    { columns: ['>resources', 'type', 'first'], rows: section.resourceTypes.map(({ count: resources, type, first }) => [resources, type, placesOf(first)]) },
    {
      columns: ['>resources', 'input file', 'first'],
      rows: section.files.map(({ count: resources, key, first }) => [resources, inputKeys.get(key), placesOf(first)]),
      rest: restOf(section.otherFiles.files, section.otherFiles.count, 'file'),
    },
  ];
  return section.count === 0
    ? { title, note: 'None.', tables: [] }
    : { title: `${title}: ${counted(section.count, 'resource')}`, tables: tables.filter(({ rows }) => rows.length > 0) };
}

function restOf(number: number = 0, resources: number = 0, noun: string): string | undefined {
  return number === 0 ? undefined : `and ${counted(number, `other ${noun}`)} with ${counted(resources, 'resource')}`;
}

/** Returns the input file and line. If HealthLake doesn't report them, returns the file and line of the results. */
function placeOf({ key, line, inputLine }: OccurrenceDocument, inputKeys: ReadonlyMap<string, string>, output: string): string {
  const inputKey = inputKeys.get(key);
  return inputKey === undefined || inputLine === undefined ? `${below(output, key)} line ${line}` : `${inputKey}:${inputLine}`;
}

function keyOf(uri: string): string {
  return uri.replace(/^s3:\/\/[^/]*\/?/, '');
}

function below(prefix: string, key: string): string {
  return key.startsWith(prefix) && key !== prefix ? key.slice(prefix.length) : key;
}
