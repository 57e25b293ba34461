import { Clients } from './aws/clients';
import { readUnverified } from './lines';
import { Observations, reportOf } from './observations';
import { COSTS, type Options, parseOptions, refusalOf, REMOVAL } from './options';
import { destroy } from './steps/destroy';
import { run } from './steps/run';

async function main(): Promise<number> {
  const interrupted = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.once(signal, () => interrupted.abort());
  }
  const clients = new Clients();
  try {
    return await work(parseOptions(process.argv.slice(2)), clients, interrupted.signal);
  } catch (error) {
    console.error(error instanceof Error ? error.message : error);
    return 1;
  } finally {
    clients.close();
  }
}

async function work(options: Options, clients: Clients, signal: AbortSignal): Promise<number> {
  const lines = await readUnverified();
  console.log(options.destroy ? REMOVAL : COSTS);
  const account = await clients.account();
  const refusal = refusalOf(options, account);
  if (refusal) {
    console.error(`\nNothing was done: ${refusal}`);
    return 2;
  }
  if (options.destroy) {
    await destroy(clients);
    return 0;
  }
  const observations = new Observations();
  try {
    await run(clients, observations, signal);
    return 0;
  } finally {
    if (signal.aborted) {
      console.log('\nInterrupted. CloudFormation and HealthLake continue their running operations.');
    }
    console.log(`\nObservations of the rows of docs/unverified.md:\n\n${reportOf(lines, observations)}\n`);
    console.log(`The data store costs about $0.27 an hour until you run: npm run integ:aws -- --account ${account} --yes --destroy`);
  }
}

void main().then((code) => {
  process.exitCode = code;
});
