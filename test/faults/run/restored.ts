import { dataSetOf, type Observed, type Wanted } from './observed';
import { DATA_BUCKET, DATA_PREFIX } from './template';
import type { World } from './world';
import { fingerprintOf } from '../../../lambda/import/fingerprint';
import type { Variant } from '../plan/plan';

const REVISIONS: readonly Variant['revision'][] = ['1', '2', '3', '4', '5'];

/** Returns the fingerprint of the plan's data with this data store and revision. */
export function fingerprintIn(datastoreId: string, revision: Variant['revision']): string {
  return fingerprintOf({ DatastoreId: datastoreId, InputS3Uri: `s3://${DATA_BUCKET}/${DATA_PREFIX}`, ValidationLevel: 'strict', Revision: revision });
}

/** Returns the restored data store, a copy of the import's current data store, with the fingerprints of the data sets that were imported before the copy. */
export function restoredFrom(world: World, deployed: Wanted | undefined): Observed['restored'] {
  const jobs = deployed ? world.aws.healthlake.healthLake.importJobs(deployed.datastoreId) : [];
  const completed = jobs.filter(({ JobStatus: status }) => status?.startsWith('COMPLETED')).map(({ JobName: name }) => dataSetOf(name));
  const imported = REVISIONS.filter((revision) => deployed && completed.includes(fingerprintIn(deployed.datastoreId, revision)));
  const datastoreId = world.datastoreId('restored')!;
  return { datastoreId, dataSets: imported.map((revision) => fingerprintIn(datastoreId, revision)) };
}
