import { HealthLakeClient } from '@aws-sdk/client-healthlake';
import type { StoreJob, StoreListing } from './content';
import { errorPage, pageOf } from './page';
import { toParams, toView } from './request';
import { JOB_KINDS } from '../../../src/contract';
import { CLIENT_CONFIG } from '../../aws/credentials';
import { ask, describeError } from '../../aws/errors';
import { BUDGETS } from '../../budgets';
import { ownNamesOf } from '../../service-text/own-names';
import { log } from '../../telemetry/log';
import { stateOf } from '../figures';
import { listJobs, withProgress } from '../listing';
import { DAY_MS } from '../windows';

const DESCRIPTION = `## Jobs of HealthLake data stores

Shows the import and export jobs of up to 10 data stores: the jobs that run or are queued, the outcomes per day, and a table of all jobs.

### Parameters

| name | meaning |
|---|---|
| datastoreIds | the ids of 1 to 10 data stores that the function may list |
| lookBackDays | the widget shows the jobs that were submitted in this number of days, 1 to 90; the default is 14 |

### Example

\`\`\` yaml
datastoreIds:
  - 0123456789abcdef0123456789abcdef
lookBackDays: 14
\`\`\`
`;

const healthlake = new HealthLakeClient(CLIENT_CONFIG);

/** The members of Lambda's context that the function uses. */
export interface WidgetRuntime {
  readonly invokedFunctionArn: string;
  getRemainingTimeInMillis(): number;
}

/**
 * CloudWatch calls this function for a custom widget: when a dashboard shows the widget, and when a viewer clicks a button of the widget.
 *
 * @see https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/add_custom_widget_dashboard_about.html
 */
export async function handler(event: Readonly<Record<string, unknown>>, runtime: WidgetRuntime): Promise<string> {
  if (event.describe) {
    return DESCRIPTION;
  }
  const view = toView(event.widgetContext);
  const params = toParams(event);
  if (typeof params === 'string') {
    return errorPage(params, { view });
  }
  const since = new Date(Date.now() - params.lookBackDays * DAY_MS);
  const listings: StoreListing[] = [];
  // The data stores are read one after the other, because the quota of list calls is one for the account.
  for (const [i, datastoreId] of params.datastoreIds.entries()) {
    const remainingMs = runtime.getRemainingTimeInMillis() - BUDGETS.jobWidget.renderMs;
    const abortSignal = AbortSignal.timeout(Math.max(0, Math.floor(remainingMs / (params.datastoreIds.length - i))));
    listings.push(await listDatastore(datastoreId, since, abortSignal));
  }
  return pageOf({ params, view, functionArn: runtime.invokedFunctionArn, now: Date.now(), listings });
}

/** Lists the jobs of a data store. If that fails, logs the error and returns its masked text, so that the other data stores are still shown. */
async function listDatastore(datastoreId: string, since: Date, abortSignal: AbortSignal): Promise<StoreListing> {
  // The signal doesn't end the SDK's pauses between attempts, which can be longer than the rest of the time.
  const timeout = new Promise<never>((_resolve, reject) => abortSignal.addEventListener('abort', () => reject(abortSignal.reason as Error)));
  const jobs = await ask(() => Promise.race([timeout, currentJobs(datastoreId, since, abortSignal)]));
  if ('value' in jobs) {
    return { datastoreId, jobs: jobs.value };
  }
  const problem = abortSignal.aborted ? 'HealthLake did not return them in time' : describeError(jobs.error, ownNamesOf({ DatastoreId: datastoreId }));
  log('warning: the jobs of a data store could not be listed', { datastoreId, problem });
  return { datastoreId, problem };
}

/** Returns the jobs of both kinds, and the progress of those that run. A job is shown without its progress if it can't be described. */
async function currentJobs(datastoreId: string, since: Date, abortSignal: AbortSignal): Promise<StoreJob[]> {
  const lists = await Promise.all(JOB_KINDS.map((kind) => listJobs(healthlake, datastoreId, kind, since, abortSignal)));
  return Promise.all(lists.flat().map(async (job) => {
    const described = stateOf(job) === 'running' ? await ask(() => withProgress(healthlake, datastoreId, job, abortSignal)) : { value: job };
    return { ...('value' in described ? described.value : job), datastoreId };
  }));
}
