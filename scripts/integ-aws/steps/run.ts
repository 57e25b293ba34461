import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Context, Data } from './context';
import { experiment } from './experiments';
import { importSample } from './import-sample';
import { rollBack } from './roll-back';
import { Cdk } from '../aws/cdk';
import type { Clients } from '../aws/clients';
import { StatusPoller } from '../aws/jobs';
import { Quickstart } from '../aws/quickstart';
import { findStack, reasonsOf, refuseForeignStacks, valueOf } from '../aws/stacks';
import type { Observations } from '../observations';
import { noteDatastore } from '../observe/deployment';
import { noteStatuses } from '../observe/job';

/** Deploys the quickstart and records observations. If a step fails, the earlier observations remain. */
export async function run(clients: Clients, observations: Observations, signal: AbortSignal): Promise<void> {
  await refuseForeignStacks(clients.cloudformation);
  const folder = await mkdtemp(join(tmpdir(), 'fhir-import-integ-aws-'));
  try {
    const quickstart = new Quickstart(new Cdk(await clients.region(), signal), clients.cloudformation, folder);
    await quickstart.synth();
    await observe({ clients, quickstart, observations, signal, stamp: Date.now().toString(36) });
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function observe(context: Context): Promise<void> {
  const data = await deployData(context);
  const poller = new StatusPoller(context.clients.healthlake, data.datastoreId);
  try {
    const imported = await importSample(context, data);
    if (!imported) {
      throw new Error('the import of the sample was not deployed; see the output above');
    }
    await rollBack(context, imported);
    await experiment(context, imported);
  } finally {
    noteStatuses(context.observations, await poller.stop());
  }
}

async function deployData({ clients: { cloudformation }, quickstart, observations }: Context): Promise<Data> {
  const deployment = await quickstart.deployData();
  noteDatastore(observations, deployment);
  if (!deployment.succeeded) {
    throw new Error(`the stack Data was not deployed: ${reasonsOf(deployment.events)}`);
  }
  const stack = await findStack(cloudformation, 'Data');
  return { datastoreId: valueOf(stack, 'DatastoreId'), inputBucket: valueOf(stack, 'InputBucketName') };
}
