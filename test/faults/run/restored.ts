import { dataSetOf, type Observed, type Wanted } from './observed';
import { DATA_BUCKET, DATA_PREFIX } from './template';
import type { World } from './world';
import { fingerprintOf as exportFingerprintOf } from '../../../lambda/export/fingerprint';
import { fingerprintOf as importFingerprintOf } from '../../../lambda/import/fingerprint';
import type { Variant } from '../plan/plan';

const REVISIONS: readonly Variant['revision'][] = ['1', '2', '3', '4', '5'];

/** Returns the fingerprint of an import of the plan's data into this data store, or of an export of the data store. */
export function fingerprintIn(datastoreId: string, { kind, revision }: Pick<Variant, 'kind' | 'revision'>): string {
  return kind === 'import'
    ? importFingerprintOf({ DatastoreId: datastoreId, InputS3Uri: `s3://${DATA_BUCKET}/${DATA_PREFIX}`, ValidationLevel: 'strict', Revision: revision })
    : exportFingerprintOf({ DatastoreId: datastoreId, Revision: revision });
}

/** Returns the restored data store, a copy of the deployed version's data store, with the fingerprints of the data sets that were imported before the copy. */
export function restoredFrom(world: World, deployed: Wanted | undefined): Observed['restored'] {
  const jobs = deployed ? world.aws.healthlake.healthLake.importJobs(deployed.datastoreId) : [];
  const completed = jobs.filter(({ JobStatus: status }) => status?.startsWith('COMPLETED')).map(({ JobName: name }) => dataSetOf(name));
  const fingerprint = (datastoreId: string, revision: Variant['revision']): string => fingerprintIn(datastoreId, { kind: 'import', revision });
  const imported = REVISIONS.filter((revision) => deployed && completed.includes(fingerprint(deployed.datastoreId, revision)));
  const datastoreId = world.datastoreId('restored')!;
  return { datastoreId, dataSets: imported.map((revision) => fingerprint(datastoreId, revision)) };
}
