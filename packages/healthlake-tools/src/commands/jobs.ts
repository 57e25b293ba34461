import { clearScreenDown, cursorTo } from 'node:readline';
import { JobStatus } from '@aws-sdk/client-healthlake';
import { Command, Option } from 'commander';
import type { Register } from './command';
import { healthLakeClient } from '../aws/clients';
import { type Console, EXIT, printJson } from '../cli/console';
import { addCommonOptions, checkShowValues, type CommonOptions, type ShowValues, showValuesOption } from '../cli/options';
import { colorsOf } from '../cli/text';
import { jobDocument, withShownMessage } from '../jobs/document';
import { findJobs, type FoundJob } from '../jobs/find';
import { JOB_KINDS, type JobKind, sinceOf } from '../jobs/query';
import { findJob } from '../jobs/show';
import { jobsText, jobText } from '../jobs/text';

interface JobsOptions extends CommonOptions {
  readonly datastoreId?: string;
  readonly kind?: JobKind;
  readonly status?: string;
  readonly name?: string;
  readonly since: string;
  readonly watch?: boolean;
}

const DATASTORE_ID = ['--datastore-id <id>', 'the data store; without it, all data stores of the Region'] as const;
const WATCH_INTERVAL_MS = 10_000;

/** Adds `healthlake jobs` and `healthlake jobs show`. */
export function jobsCommand(console: Console, register: Register): Command {
  const jobs = addCommonOptions(new Command('jobs'))
    .description('list import and export jobs, newest first')
    .option(...DATASTORE_ID)
    .addOption(new Option('--kind <kind>', 'only imports or only exports').choices(JOB_KINDS))
    .addOption(new Option('--status <status>', 'only jobs with this status').choices(Object.values(JobStatus)))
    .option('--name <text>', 'only jobs whose name contains this text')
    .option('--since <time>', 'jobs submitted since this time, and older jobs that have not ended: 30m, 24h, 7d or 2026-11-01', '24h')
    .addOption(new Option('--watch', 'list the jobs again every 10 seconds, until all have ended').conflicts('json'))
    .enablePositionalOptions()
    .action(register((_, options: JobsOptions) => list(console, options)));
  jobs.addCommand(addCommonOptions(new Command('show'))
    .description('show all that HealthLake says about a job')
    .argument('<job>', 'the id of the job')
    .option(...DATASTORE_ID)
    .addOption(showValuesOption('unknown words of HealthLake\'s message'))
    .action(register(([id], options: Pick<JobsOptions, 'datastoreId'> & CommonOptions & ShowValues) => show(console, id, options))));
  return jobs;
}

async function list(console: Console, options: JobsOptions): Promise<number> {
  const { datastoreId, kind, status, name, since, json, watch } = options;
  const query = { datastoreId, kinds: kind ? [kind] : JOB_KINDS, status, name, since: sinceOf(since, Date.now()) };
  const client = healthLakeClient(options);
  let jobs = await findJobs(client, query);
  if (json) {
    printJson(console, { jobs: jobs.map((job) => jobDocument(withShownMessage(job, false))) });
    return EXIT.ok;
  }
  printJobs(console, jobs);
  while (watch && jobs.some(({ ended }) => ended === undefined)) {
    await console.pause(WATCH_INTERVAL_MS);
    jobs = await findJobs(client, query);
    printJobs(console, jobs, true);
  }
  return EXIT.ok;
}

/** Prints the list. On a terminal, a later list replaces the earlier one. */
function printJobs({ stdout }: Console, jobs: readonly FoundJob[], isAgain = false): void {
  if (isAgain && stdout.isTTY) {
    cursorTo(stdout, 0, 0);
    clearScreenDown(stdout);
  }
  stdout.write(`${isAgain && !stdout.isTTY ? '\n' : ''}${jobsText(jobs, Date.now(), colorsOf(stdout))}`);
}

async function show(console: Console, id: string, options: Pick<JobsOptions, 'datastoreId'> & CommonOptions & ShowValues): Promise<number> {
  const showValues = checkShowValues(options, console.stdout);
  const job = withShownMessage(await findJob(healthLakeClient(options), id, options.datastoreId), showValues);
  if (options.json) {
    printJson(console, { job: jobDocument(job) });
  } else {
    console.stdout.write(jobText(job, Date.now(), colorsOf(console.stdout)));
  }
  return EXIT.ok;
}
