import type { Count } from './count';
import type { Inventory, TypeInventory } from './inventory';
import { isCount } from '../read/manifest';
import type { ExportReport, ExportReportRequest } from '../types';

/** The version of the format in this file. docs/export.schema.json describes the format. */
const EXPORT_VERSION = '1';

/** The content of `export.json`. It has no object keys and no patient data. */
export interface ExportDocument {
  readonly version: typeof EXPORT_VERSION;
  readonly datastoreId: string;
  readonly jobId: string;
  /** HealthLake's status of the job. Only the files of a `COMPLETED` job are a complete copy. */
  readonly jobStatus: string;
  /** The folder of the exported files. */
  readonly location: string;
  readonly submitted?: string;
  readonly ended?: string;
  /** Whether all objects were listed. */
  readonly complete: boolean;
  /** Whether the resources were counted. */
  readonly counted: boolean;
  /** The reason why objects were not listed or resources could not be counted. Undefined if the files are only beyond the limits of counting. */
  readonly problem?: string;
  readonly files: number;
  readonly bytes: number;
  readonly resources?: number;
  readonly types: readonly TypeDocument[];
}

/** The files of one resource type of FHIR R4. The type is `other` for all types that FHIR R4 doesn't define. */
export interface TypeDocument extends Readonly<TypeInventory> {
  readonly resources?: number;
}

/** The data from which `documentOf()` creates a report. */
export interface Findings {
  readonly inventory: Inventory;
  /** The reason why not all objects were listed. Undefined if all were listed. */
  readonly listProblem?: string;
  /** Undefined if the resources were not counted because of the limits or because not all objects were listed. */
  readonly count?: Count;
}

/** Returns the report on an export. */
export function documentOf(request: ExportReportRequest, { inventory: { files, bytes, types }, listProblem, count }: Findings): ExportDocument {
  const { DatastoreId: datastoreId, JobId: jobId, JobStatus: jobStatus, OutputLocation: location, Window = {} } = request;
  const { submitted, ended } = Window;
  const problem = listProblem ?? (count && 'problem' in count ? count.problem : undefined);
  const resources = count && 'resources' in count ? count.resources : undefined;
  return {
    version: EXPORT_VERSION,
    datastoreId,
    jobId,
    jobStatus,
    location,
    ...(submitted !== undefined && { submitted }),
    ...(ended !== undefined && { ended }),
    complete: listProblem === undefined,
    counted: resources !== undefined,
    ...(problem !== undefined && { problem }),
    files,
    bytes,
    ...(resources && { resources: [...resources.values()].reduce((sum, ofType) => sum + ofType, 0) }),
    types: types.map((ofType) => ({ ...ofType, ...(resources && { resources: resources.get(ofType.type) ?? 0 }) })),
  };
}

/** Returns the answer of the report function. */
export function answerOf({ problem, complete, files, bytes, resources }: ExportDocument, location: string | undefined): ExportReport {
  return {
    kind: 'export',
    ...(location !== undefined && { location }),
    ...(problem !== undefined && { problem }),
    complete,
    files,
    bytes,
    ...(resources !== undefined && { resources }),
  };
}

/** Parses an existing `export.json`. Returns undefined unless the report is about this job, has this version, is complete, and reports no problem. */
export function readExport(json: string, { DatastoreId, JobId }: ExportReportRequest): ExportDocument | undefined {
  const document = JSON.parse(json) as ExportDocument; // an unchecked cast; the code below validates the members that are read
  const { version, datastoreId, jobId, complete, counted, problem, files, bytes, resources } = document;
  const isOurs = version === EXPORT_VERSION && datastoreId === DatastoreId && jobId === JobId && complete === true && problem === undefined
    && isCount(files) && isCount(bytes) && (counted ? isCount(resources) : resources === undefined);
  return isOurs ? document : undefined;
}
