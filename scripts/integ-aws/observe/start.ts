import { setTimeout as sleep } from 'node:timers/promises';
import { describeJob, listJobs, waitForEnd } from '../aws/jobs';
import { LINE } from '../lines';
import { summaryOf } from './job';
import { resourcesOf } from '../aws/stacks';
import { type Starter, wordsOf } from '../aws/starter';
import type { Context, Imported } from '../steps/context';

/** How long a job is looked for in the list. */
const LAG_LIMIT = 60_000;

/** Whether a job that was just accepted is described and listed. */
export async function noteLag({ clients: { healthlake }, sightings, signal }: Context, datastoreId: string, jobId: string): Promise<void> {
  const start = Date.now();
  const described = await describeJob(healthlake, datastoreId, jobId).then(() => 'described at once', (error: Error) => error.name);
  sightings.note(LINE.describeAfterStart, described === 'described at once', described);
  for (let looks = 1; Date.now() - start < LAG_LIMIT; looks++) {
    const listed = (await listJobs(healthlake, datastoreId)).some(({ JobId: id }) => id === jobId);
    if (listed) {
      sightings.note(LINE.listAfterStart, looks === 1, `listed ${Date.now() - start} ms after Start had answered, at look ${looks}`);
      return;
    }
    await sleep(1_000, undefined, { signal });
  }
  sightings.note(LINE.listAfterStart, false, `not listed within ${LAG_LIMIT / 1000} s`);
}

/** What Start says to a role that doesn't trust HealthLake: the operator role of the import. */
export async function noteUnusableRole({ clients, sightings, signal, stamp }: Context, { datastoreId, job }: Imported, starter: Starter,
  key: string): Promise<void> {
  const resources = await resourcesOf(clients.cloudformation, 'Import');
  const operator = resources.find(({ ResourceType: type, LogicalResourceId: id }) => type === 'AWS::IAM::Role' && id?.includes('OperatorRole'));
  const answer = await starter.start({
    ...starter.request(`${key}lines/`, `integ-aws-role-${stamp}`, `integ-aws-role-${stamp}`),
    DataAccessRoleArn: job.DataAccessRoleArn!.replace(/[^/]+$/, operator!.PhysicalResourceId!),
  });
  if ('jobId' in answer) {
    const accepted = await waitForEnd(clients.healthlake, datastoreId, answer.jobId, signal);
    sightings.note(LINE.unusableRole, false, `Start accepted it; ${summaryOf(accepted)}`);
  } else {
    sightings.note(LINE.unusableRole, /^(AccessDenied|Validation)/.test(answer.refused), wordsOf(answer));
  }
}

/** How an error comes over the wire. */
export async function noteErrorStatus({ clients: { healthlake }, sightings }: Context, datastoreId: string): Promise<void> {
  const seen = await describeJob(healthlake, datastoreId, '0'.repeat(32)).then(() => undefined,
    ({ name, $metadata }: Error & { $metadata?: { httpStatusCode?: number } }) => ({ name, status: $metadata?.httpStatusCode ?? 0 }));
  sightings.note(LINE.errorStatus, seen?.name === 'ResourceNotFoundException' && seen.status >= 400 && seen.status < 500,
    seen ? `a job that isn't there: HTTP ${seen.status} ${seen.name}` : 'a job that isn\'t there was described');
}
