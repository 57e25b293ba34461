import { dataSetOf, type Observed, type Wanted } from './observed';
import { DATA_BUCKET, DATA_PREFIX } from './template';
import type { World } from './world';
import { fingerprintOf } from '../../../lambda/import/fingerprint';
import type { Variant } from '../plan/plan';

const REVISIONS: readonly Variant['revision'][] = ['1', '2', '3', '4', '5'];

/** Returns the fingerprint of a revision in a data store. */
export function fingerprintIn(datastoreId: string, revision: Variant['revision']): string {
  return fingerprintOf({ DatastoreId: datastoreId, InputS3Uri: `s3://${DATA_BUCKET}/${DATA_PREFIX}`, ValidationLevel: 'strict', Revision: revision });
}

/** Returns what the restored data store contains if it is restored now from the data store of the import. */
export function restoredFrom(world: World, deployed: Wanted | undefined): Observed['restored'] {
  const jobs = deployed ? world.aws.healthlake.healthLake.importJobs(deployed.datastoreId) : [];
  const completed = jobs.filter(({ JobStatus: status }) => status?.startsWith('COMPLETED')).map(({ JobName: name }) => dataSetOf(name));
  const imported = REVISIONS.filter((revision) => deployed && completed.includes(fingerprintIn(deployed.datastoreId, revision)));
  const datastoreId = world.datastoreId('restored')!;
  return { datastoreId, dataSets: imported.map((revision) => fingerprintIn(datastoreId, revision)) };
}
