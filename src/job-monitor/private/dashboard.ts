import { Duration } from 'aws-cdk-lib';
import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import type { IFHIRDatastoreRef } from 'aws-cdk-lib/aws-healthlake';
import type * as lambda from 'aws-cdk-lib/aws-lambda';
import type { Construct } from 'constructs';
import { combine, type JobMetrics } from './job-metrics';
import type { JobKind, JobMetricName } from '../../contract';
import { apiMetric } from '../../private/datastore-metric';
import type { JobDashboardProps } from '../fhir-job-monitor-props';

/** The contents of the dashboard. */
export interface JobDashboardContents {
  readonly datastores: readonly IFHIRDatastoreRef[];
  readonly metrics: JobMetrics;
  /** The function that shows the jobs as a table. */
  readonly widget: lambda.IFunction;
  readonly lookBackDays: number;
}

/** The width of a dashboard in columns. */
const WIDTH = 24;

const TITLES: Record<JobKind, string> = { IMPORT: 'Imports', EXPORT: 'Exports' };

/** Creates a dashboard of the jobs of all data stores. */
export function createDashboard(scope: Construct, id: string, props: JobDashboardProps, contents: JobDashboardContents): cloudwatch.Dashboard {
  const { metrics } = contents;
  const dashboard = new cloudwatch.Dashboard(scope, id, {
    dashboardName: props.dashboardName,
    defaultInterval: props.defaultInterval ?? Duration.days(1),
    // The maximum over a longer period than a window would hide the jobs of the other windows.
    periodOverride: cloudwatch.PeriodOverride.INHERIT,
  });
  dashboard.addWidgets(nowOf('IMPORT', metrics), nowOf('EXPORT', metrics));
  dashboard.addWidgets(endedOf('IMPORT', metrics), endedOf('EXPORT', metrics));
  dashboard.addWidgets(...resourcesOf(metrics));
  dashboard.addWidgets(...apiCallsOf(contents.datastores));
  dashboard.addWidgets(jobsOf(contents));
  return dashboard;
}

/** Returns the widget of the jobs of one kind that run and wait now. */
function nowOf(kind: JobKind, metrics: JobMetrics): cloudwatch.IWidget {
  const of = (operation: 'MAX' | 'SUM', name: JobMetricName, label: string) => combine(operation, metrics.all(name, [kind]), { label });
  return new cloudwatch.SingleValueWidget({
    title: `${TITLES[kind]} now`,
    width: WIDTH / 2,
    height: 4,
    metrics: [
      of('SUM', 'JobsRunning', 'running'),
      of('SUM', 'JobsQueued', 'queued'),
      of('MAX', 'OldestRunningAge', 'oldest running (s)'),
      of('MAX', 'OldestQueuedAge', 'oldest queued (s)'),
    ],
  });
}

/** Returns the widget of the jobs of one kind that ended, by outcome. */
function endedOf(kind: JobKind, metrics: JobMetrics): cloudwatch.IWidget {
  const of = (name: JobMetricName, label: string, color: string) => combine('SUM', metrics.all(name, [kind]), { label, color });
  return new cloudwatch.GraphWidget({
    title: `${TITLES[kind]} that ended`,
    width: WIDTH / 2,
    stacked: true,
    left: [
      of('JobsCompleted', 'completed', cloudwatch.Color.GREEN),
      of('JobsCompletedWithErrors', 'completed with errors', cloudwatch.Color.ORANGE),
      of('JobsFailed', 'failed', cloudwatch.Color.RED),
      of('JobsCancelled', 'cancelled', cloudwatch.Color.GREY),
    ],
    leftYAxis: COUNT,
  });
}

const COUNT: cloudwatch.YAxisProps = { min: 0, showUnits: false };

/** Returns the widgets of the resources of ended imports, and of the throughput of running imports. Exports have no such metrics. */
function resourcesOf(metrics: JobMetrics): cloudwatch.IWidget[] {
  const graph = (title: string, name: JobMetricName, label: string, color?: string) => new cloudwatch.GraphWidget({
    title, width: WIDTH / 3, left: [combine('SUM', metrics.all(name, ['IMPORT']), { label, color })], leftYAxis: COUNT,
  });
  return [
    graph('Resources imported', 'JobResourcesImported', 'imported'),
    graph('Resources not imported', 'JobResourcesFailed', 'failed', cloudwatch.Color.RED),
    graph('Throughput of running imports', 'ImportThroughput', 'throughput'),
  ];
}

/** Returns the widgets of the calls of the FHIR API and of HealthLake's API, and of the throttled calls. */
function apiCallsOf(datastores: readonly IFHIRDatastoreRef[]): cloudwatch.IWidget[] {
  const graph = (title: string, name: string) => new cloudwatch.GraphWidget({
    title, width: WIDTH / 2, left: datastores.map((datastore) => apiMetric(datastore, name)), leftYAxis: COUNT,
  });
  return [graph('API requests that were throttled', 'Throttled Requests'), graph('API calls', 'Call Count')];
}

/** Returns the widget of the table of the jobs. */
function jobsOf({ datastores, widget, lookBackDays }: JobDashboardContents): cloudwatch.IWidget {
  return new cloudwatch.CustomWidget({
    title: 'Jobs',
    width: WIDTH,
    height: 16,
    functionArn: widget.functionArn,
    updateOnTimeRangeChange: false, // the table has the jobs of the look-back
    params: { datastoreIds: datastores.map(({ fhirDatastoreRef }) => fhirDatastoreRef.datastoreId), lookBackDays },
  });
}
