import { Duration, type Stack } from 'aws-cdk-lib';
import type { FhirJobMonitor } from '../../../src';
import { Deployed } from '../../support/deployed';
import { datastores, monitorIn } from '../../support/jobs';
import { FEATURE_FLAGS, newStack, onlyResource, resourcesOfType, templateOf } from '../../support/synth';

/** The members of a widget that the tests read. */
interface WidgetJson {
  readonly type: string;
  readonly width: number;
  readonly y: number;
  readonly properties: { readonly title: string; readonly endpoint?: string; readonly params?: object; readonly metrics?: readonly unknown[][] };
}

interface DashboardJson {
  readonly start: string;
  readonly periodOverride: string;
  readonly widgets: WidgetJson[];
}

/** Returns the body of the only dashboard, and its template. */
function dashboardOf(stack: Stack): { readonly body: DashboardJson; readonly deployed: Deployed } {
  const deployed = new Deployed(templateOf(stack));
  return { deployed, body: JSON.parse(onlyResource(deployed.template, 'AWS::CloudWatch::Dashboard').Properties.DashboardBody) as DashboardJson };
}

/** Returns the expressions and metrics of a widget, the metrics as name, data store and kind. */
function shownOf({ properties: { metrics = [] } }: WidgetJson): string[] {
  return metrics.map((row) => {
    const { expression } = row.at(-1) as { readonly expression?: string };
    return expression ?? `${row[1]} ${String(row[3])[0]} ${row[5]}`;
  });
}

function dashboardWith(count: number, use = (monitor: FhirJobMonitor) => monitor.addDashboard(), flags = {}) {
  const stack = newStack(flags);
  use(monitorIn(stack, { datastores: datastores(stack, count), interval: Duration.minutes(10), lookBack: Duration.days(30) }));
  return dashboardOf(stack);
}

describe.each(FEATURE_FLAGS)('the dashboard in an app %s', (_, flags) => {
  const { body, deployed } = dashboardWith(2, undefined, flags);
  const widgetOf = (title: string) => body.widgets.find(({ properties }) => properties.title === title)!;

  test('has rows that fill its width', () => {
    const rows = [...new Set(body.widgets.map(({ y }) => y))].map((y) => body.widgets.filter((widget) => widget.y === y));

    expect(rows.map((row) => row.map(({ properties }) => properties.title))).toEqual([
      ['Imports now', 'Exports now'],
      ['Imports that ended', 'Exports that ended'],
      ['Resources imported', 'Resources not imported', 'Throughput of running imports'],
      ['API requests that were throttled', 'API calls'],
      ['Jobs'],
    ]);
    expect(rows.map((row) => row.reduce((sum, { width }) => sum + width, 0))).toEqual(rows.map(() => 24));
  });

  test('keeps the periods of its metrics, because a maximum over a longer period would hide jobs', () => {
    expect(body).toMatchObject({ start: '-P1D', periodOverride: 'inherit' });
  });

  test('combines the metrics of all data stores', () => {
    expect(shownOf(widgetOf('Exports now')).slice(0, 3)).toEqual([
      'SUM([jobsRunning_EXPORT_0, jobsRunning_EXPORT_1])', 'JobsRunning 0 EXPORT', 'JobsRunning 1 EXPORT',
    ]);
    expect(shownOf(widgetOf('Imports that ended')).filter((text) => text.startsWith('SUM'))).toHaveLength(4);
  });

  test('searches the API metrics of each data store', () => {
    expect(shownOf(widgetOf('API requests that were throttled'))).toEqual(['0', '1'].map(
      (digit) => `SEARCH('Namespace="AWS/HealthLake" "${digit.repeat(32)}" Throttled Requests', 'Sum', 300)`));
  });

  test('shows the jobs by a function with a role of its own', () => {
    const { Properties, logicalId } = onlyResource(deployed.template, 'AWS::Lambda::Function', /Dashboard/);

    expect(widgetOf('Jobs')).toMatchObject({
      type: 'custom',
      properties: { endpoint: deployed.arn(logicalId), params: { datastoreIds: ['0'.repeat(32), '1'.repeat(32)], lookBackDays: 30 } },
    });
    expect(Properties).toMatchObject({ Handler: 'index.handler', Timeout: 30, Role: deployed.arnOf('AWS::IAM::Role', /DashboardRole/) });
  });
});

test('the dashboard of one data store shows the metrics without expressions', () => {
  const { body } = dashboardWith(1);

  expect(body.widgets.slice(0, -3).flatMap(shownOf).filter((text) => /^(SUM|MAX)/.test(text))).toEqual([]);
  expect(shownOf(body.widgets[1])).toEqual(['JobsRunning', 'JobsQueued', 'OldestRunningAge', 'OldestQueuedAge'].map((name) => `${name} 0 EXPORT`));
});

test('the dashboard accepts a name and a time range', () => {
  const { body, deployed } = dashboardWith(1, (monitor) => monitor.addDashboard('Board', { dashboardName: 'jobs', defaultInterval: Duration.days(7) }));

  expect(body.start).toBe('-P7D');
  expect(onlyResource(deployed.template, 'AWS::CloudWatch::Dashboard').Properties.DashboardName).toBe('jobs');
});

test('two dashboards share one function, which exists after the first call of addDashboard()', () => {
  const stack = newStack();
  const monitor = monitorIn(stack);
  expect(monitor.dashboardFunction).toBeUndefined();
  monitor.addDashboard();
  monitor.addDashboard('Second');

  expect(monitor.dashboardFunction?.node.id).toBe('DashboardFunction');
  expect(resourcesOfType(templateOf(stack), 'AWS::Lambda::Function')).toHaveLength(2);
  expect(resourcesOfType(templateOf(stack), 'AWS::CloudWatch::Dashboard')).toHaveLength(2);
});
