import { setTimeout as sleep } from 'node:timers/promises';
import { describeJob, listJobs, waitForEnd } from '../aws/jobs';
import { LINE } from '../lines';
import { summaryOf } from './job';
import { resourcesOf } from '../aws/stacks';
import type { Context, Imported } from '../steps/context';
import { type JobStarter, textOf } from '../steps/job-starter';

/** How long to wait for ListFHIRImportJobs to show a new job. */
const LIST_LIMIT_MS = 60_000;

/** Records how soon Describe and List show a new job. */
export async function noteLag({ clients: { healthlake }, observations, signal }: Context, datastoreId: string, jobId: string): Promise<void> {
  const start = Date.now();
  const described = await describeJob(healthlake, datastoreId, jobId).then(() => 'described at once', (error: Error) => error.name);
  observations.note(LINE.describeAfterStart, described === 'described at once', described);
  for (let calls = 1; Date.now() - start < LIST_LIMIT_MS; calls++) {
    const listed = (await listJobs(healthlake, datastoreId)).some(({ JobId: id }) => id === jobId);
    if (listed) {
      observations.note(LINE.listAfterStart, calls === 1, `listed ${Date.now() - start} ms after the answer of Start, by call ${calls}`);
      return;
    }
    await sleep(1_000, undefined, { signal });
  }
  observations.note(LINE.listAfterStart, false, `not listed within ${LIST_LIMIT_MS / 1000} s`);
}

/** Records the response to a Start request with a role that doesn't trust HealthLake. This role is the operator role of the import. */
export async function noteUnusableRole(
  { clients, observations, signal }: Context, { datastoreId, job }: Imported, starter: JobStarter,
): Promise<void> {
  const resources = await resourcesOf(clients.cloudformation, 'Import');
  const operator = resources.find(({ ResourceType: type, LogicalResourceId: id }) => type === 'AWS::IAM::Role' && id?.includes('OperatorRole'));
  const answer = await starter.start({
    ...starter.request('lines', 'role'),
    DataAccessRoleArn: job.DataAccessRoleArn!.replace(/[^/]+$/, operator!.PhysicalResourceId!),
  });
  if ('jobId' in answer) {
    const accepted = await waitForEnd(clients.healthlake, datastoreId, answer.jobId, signal);
    observations.note(LINE.unusableRole, false, `Start accepted the role; ${summaryOf(accepted)}`);
  } else {
    observations.note(LINE.unusableRole, /^(AccessDenied|Validation)/.test(answer.refused), textOf(answer));
  }
}

/** Records the HTTP status and the name of the error for an unknown job. */
export async function noteErrorStatus({ clients: { healthlake }, observations }: Context, datastoreId: string): Promise<void> {
  const seen = await describeJob(healthlake, datastoreId, '0'.repeat(32)).then(() => undefined,
    ({ name, $metadata }: Error & { $metadata?: { httpStatusCode?: number } }) => ({ name, status: $metadata?.httpStatusCode ?? 0 }));
  observations.note(LINE.errorStatus, seen?.name === 'ResourceNotFoundException' && seen.status >= 400 && seen.status < 500,
    seen ? `unknown job: HTTP ${seen.status} ${seen.name}` : 'Describe returned an unknown job');
}
