import type { ReportView } from './view';
import type { ExportDocument } from '../../../../lambda/report/export/document';
import { duration, size, time } from '../cli/text';

/** Returns the report on an export as people read it. */
export function exportView(report: ExportDocument): ReportView {
  const { datastoreId, jobId, jobStatus, location, submitted, ended, complete, problem, files, bytes, resources, types } = report;
  return {
    title: `Export job ${jobId}`,
    figures: [{ name: 'files', value: files }, ...resources === undefined ? [] : [{ name: 'resources', value: resources }]],
    facts: [
      ['data store', datastoreId], ['status', jobStatus], ['location', location], ['submitted', time(submitted)], ['ended', time(ended)],
      ['duration', submitted !== undefined && ended !== undefined ? duration(Date.parse(ended) - Date.parse(submitted)) : undefined],
      ['size', size(bytes)], ['incomplete', complete ? undefined : problem], ['not counted', complete ? problem : undefined],
    ],
    sections: [{
      title: 'Resource types',
      tables: [{
        columns: ['type', '>files', '>size', '>resources'],
        rows: types.map((one) => [one.type, one.files, size(one.bytes), one.resources]),
      }],
    }],
  };
}
