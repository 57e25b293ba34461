import { createHash } from 'node:crypto';
import { DATA_BUCKET, DATA_PREFIX } from './template';
import type { LocalAws } from '../../../packages/local-aws/src/aws';
import { CANARY } from '../../support/canary';
import type { Data } from '../plan/plan';

const GOOD = Array.from({ length: 3 }, (_, n) => ({ resourceType: 'Patient', id: `${CANARY}-${n}`, name: [{ family: CANARY }] }));

/** A resource that HealthLake rejects, because it has no id. */
const BAD = { resourceType: 'Patient', name: [{ family: CANARY }] };

const RESOURCES: Record<Data, readonly object[]> = {
  'good': GOOD,
  'one bad': [...GOOD, BAD],
  'most bad': [GOOD[0], GOOD[1], BAD, BAD, BAD, BAD],
  'empty': [],
};

/** Overwrites the only input object of imports with the given resources. */
export function putData(aws: LocalAws, data: Data): void {
  const body = Buffer.from(RESOURCES[data].map((resource) => `${JSON.stringify(resource)}\n`).join(''));
  aws.s3.bucket(DATA_BUCKET).put(`${DATA_PREFIX}${CANARY}.ndjson`, {
    deleteMarker: false,
    body,
    etag: `"${createHash('md5').update(body).digest('hex')}"`,
    lastModified: aws.clock.now(),
    headers: {},
    encryption: { algorithm: 'AES256' },
  });
}

/** Replaces the resources of a data store. */
export async function fillDatastore({ healthlake: { healthLake }, iam }: LocalAws, datastoreId: string, data: Data): Promise<void> {
  const change = async (method: string, id: string, body = ''): Promise<void> => {
    const path = `/datastore/${datastoreId}/r4/Patient/${id}`;
    await healthLake.handleFhir({ method, path, query: new URLSearchParams(), body: Buffer.from(body), caller: iam.admin });
  };
  for (const { id } of healthLake.resources(datastoreId, 'Patient')) {
    await change('DELETE', id);
  }
  for (const resource of data === 'empty' ? [] : GOOD) {
    await change('PUT', resource.id, JSON.stringify(resource));
  }
}
