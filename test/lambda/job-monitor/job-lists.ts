import {
  DescribeFHIRImportJobCommand, type ExportJobProperties, type ImportJobProperties, type JobStatus, ListFHIRExportJobsCommand,
  ListFHIRImportJobsCommand, type ListFHIRImportJobsRequest,
} from '@aws-sdk/client-healthlake';
import type { JobKind, JobMonitorInput } from '../../../src/contract';
import { type Aws, DATASTORE, importJob, MINUTE, T0 } from '../harness';

type Row = ImportJobProperties & ExportJobProperties;

export const DAY = 24 * 60 * MINUTE;

/** The input of a tick that is due at `T0`. */
export const TICK: JobMonitorInput = {
  datastoreIds: [DATASTORE], constructPath: 'Stack/Jobs', periodMinutes: 5, lookBackDays: 14, scheduledTime: new Date(T0).toISOString(),
};

/** Returns a row of a list. `minutes` is the time between the submission and `T0`. */
export function row(JobId: string, status: string, minutes: number, changes: Partial<Row> = {}): Row {
  const SubmitTime = new Date(T0 - minutes * MINUTE);
  return { ...importJob({ JobId, JobStatus: status as JobStatus, SubmitTime }), OutputDataConfig: undefined, ...changes };
}

/** Returns a progress report of an import job. */
export function progress(imported: number, failed: number, Throughput?: number): Partial<Row> {
  return { JobProgressReport: { TotalNumberOfResourcesImported: imported, TotalNumberOfResourcesWithCustomerError: failed, Throughput } };
}

/** The behaviour of the lists that AWS doesn't document. */
export interface ListBehaviour {
  /** The maximum number of rows on a page, if it is lower than the maximum in the request. */
  readonly pageSize?: number;
  /** Ignores SubmittedAfter, SubmittedBefore and JobStatus. */
  readonly ignoresFilters?: boolean;
  /** Lists no progress of import jobs. DescribeFHIRImportJob has it. */
  readonly hidesProgress?: boolean;
  /** Called after each page. */
  readonly afterPage?: (page: number) => void;
}

/** The job lists of a data store, as HealthLake returns them to the mocked SDK. The tests may change the rows at any time. */
export class JobLists {
  public readonly rows: Readonly<Record<JobKind, Row[]>> = { IMPORT: [], EXPORT: [] };
  private pages = 0;

  public constructor(aws: Aws, private readonly behaviour: ListBehaviour = {}, DatastoreId = DATASTORE) {
    aws.healthlake.on(ListFHIRImportJobsCommand, { DatastoreId }).callsFake((request) => {
      const { page, NextToken } = this.page('IMPORT', request);
      const hidden = this.behaviour.hidesProgress && { JobProgressReport: undefined };
      return { ImportJobPropertiesList: page.map((job) => ({ ...job, ...hidden })), NextToken };
    });
    aws.healthlake.on(ListFHIRExportJobsCommand, { DatastoreId }).callsFake((request) => {
      const { page, NextToken } = this.page('EXPORT', request);
      return { ExportJobPropertiesList: page, NextToken };
    });
    aws.healthlake.on(DescribeFHIRImportJobCommand, { DatastoreId }).callsFake(({ JobId }) => ({
      ImportJobProperties: this.rows.IMPORT.find((job) => job.JobId === JobId),
    }));
  }

  /** Returns the rows of a page. The page token is a position, so a row that moves can be in two pages. */
  private page(kind: JobKind, { MaxResults, NextToken = '0', JobStatus, SubmittedAfter, SubmittedBefore }: ListFHIRImportJobsRequest) {
    const { pageSize = MaxResults!, ignoresFilters = false, afterPage } = this.behaviour;
    const found = this.rows[kind].filter((job) => ignoresFilters || (
      (JobStatus === undefined || job.JobStatus === JobStatus)
      && (SubmittedAfter === undefined || job.SubmitTime! > SubmittedAfter)
      && (SubmittedBefore === undefined || job.SubmitTime! < SubmittedBefore)));
    const [start, end] = [Number(NextToken), Number(NextToken) + pageSize];
    const page = found.slice(start, end).map((job) => ({ ...job }));
    this.pages += 1;
    afterPage?.(this.pages);
    return { page, NextToken: end < found.length ? String(end) : undefined };
  }
}

/** A log line in the CloudWatch embedded metric format, or another log line. */
interface Line {
  readonly _aws?: { readonly Timestamp: number; readonly CloudWatchMetrics: { Dimensions: string[][]; Metrics: { Name: string }[] }[] };
  readonly [member: string]: unknown;
}

/** The metrics in the log lines, as CloudWatch stores them: the values by metric, dimensions and timestamp. */
export class Metrics {
  private readonly values = new Map<string, number[]>();

  public constructor(lines: readonly string[]) {
    for (const { _aws: head, ...members } of lines.map((line) => JSON.parse(line) as Line)) {
      for (const { Dimensions: [dimensions], Metrics: metrics } of head?.CloudWatchMetrics ?? []) {
        for (const { Name } of metrics) {
          const key = keyOf(head!.Timestamp, Name, dimensions.map((name) => String(members[name])));
          this.values.set(key, [...this.values.get(key) ?? [], members[Name] as number]);
        }
      }
    }
  }

  /** Returns the maximum of a metric at a timestamp. Undefined if the metric has no data point. */
  public at(timestamp: number, name: string, ...dimensions: string[]): number | undefined {
    const values = this.values.get(keyOf(timestamp, name, dimensions));
    return values && Math.max(...values);
  }

  /** Returns the metrics at a timestamp, by name. */
  public allAt(timestamp: number, ...dimensions: string[]): Record<string, number> {
    const keys = [...this.values.keys()].map((key) => key.split('|'));
    const names = keys.filter(([time, , ...rest]) => time === String(timestamp) && rest.join('|') === dimensions.join('|')).map(([, name]) => name);
    return Object.fromEntries(names.map((name) => [name, this.at(timestamp, name, ...dimensions)!]));
  }
}

function keyOf(timestamp: number, name: string, dimensions: readonly string[]): string {
  return [timestamp, name, ...dimensions].join('|');
}
