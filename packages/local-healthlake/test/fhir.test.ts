import { Harness, patient } from './harness';

let aws: Harness;

beforeAll(async () => {
  aws = await Harness.start();
  const decimal = '{"resourceType":"Observation", "id":"o", '
    + '"valueQuantity": {"value":1.50,"code":"a\\"}"}, "meta":{"tag":[{"code":"t"}],"versionId":"9"}, "x":[1]}\n';
  await aws.put('data/Patient.ndjson', ['e', 'b', 'd', 'a', 'c'].map((id) => patient(id)).join(''));
  await aws.put('data/Observation.ndjson', decimal);
  await aws.ended(await aws.startImport());
});

afterAll(() => aws.close());

async function outcome(path: string): Promise<unknown> {
  const response = await aws.fhir(path);
  const { resourceType, issue: [{ code, diagnostics }] } = await response.json() as Record<string, any>; // `any`, because responses have different shapes
  expect(resourceType).toBe('OperationOutcome');
  return [response.status, code, diagnostics];
}

/** Returns the ids of the found resources, page by page. */
async function pages(path: string): Promise<string[][]> {
  const bundle = await (await aws.fhir(path)).json() as { entry?: { resource: { id: string } }[]; link: { relation: string; url: string }[] };
  const next = bundle.link.find(({ relation }) => relation === 'next');
  return [(bundle.entry ?? []).map(({ resource }) => resource.id), ...(next ? await pages(next.url) : [])];
}

test('a read returns the resource with its version and the time of its last update', async () => {
  const response = await aws.fhir('Patient/a');
  expect([response.status, response.headers.get('content-type'), response.headers.get('etag')]).toEqual([200, 'application/fhir+json', 'W/"1"']);
  expect(await response.json()).toEqual({ resourceType: 'Patient', id: 'a', meta: { versionId: '1', lastUpdated: expect.stringMatching(/^\d{4}-.*Z$/) } });
});

test('a read keeps the text of decimals and the members of meta', async () => {
  const text = await (await aws.fhir('Observation/o')).text();
  expect(text).toContain('"valueQuantity":{"value":1.50,"code":"a\\"}"},"x":[1],"meta":');
  expect(JSON.parse(text).meta).toEqual({ tag: [{ code: 't' }], versionId: '1', lastUpdated: expect.any(String) });
});

test('a search returns a searchset Bundle with the URLs of its resources', async () => {
  const bundle = await (await aws.fhir('Patient?_id=c')).json();
  const url = `${aws.environment.endpoint()}/datastore/${aws.datastoreId}/r4/Patient`;
  expect(bundle).toEqual({
    resourceType: 'Bundle',
    type: 'searchset',
    link: [{ relation: 'self', url: `${url}?_id=c` }],
    entry: [{ fullUrl: `${url}/c`, resource: expect.objectContaining({ resourceType: 'Patient', id: 'c' }), search: { mode: 'match' } }],
  });
});

test('a search returns its resources in pages of _count, each with a link to the next page', async () => {
  expect(await pages('Patient?_count=2')).toEqual([['a', 'b'], ['c', 'd'], ['e']]);
  expect(await pages('Patient')).toEqual([['a', 'b', 'c', 'd', 'e']]);
  expect(await pages('Patient?_count=5')).toEqual([['a', 'b', 'c', 'd', 'e']]);
  expect(await pages('Patient?_id=a,e,x&_count=1')).toEqual([['a'], ['e']]);
  expect(await pages('Encounter')).toEqual([[]]);
});

test.each([
  ['Patient/x', 404, 'not-found', 'The resource Patient/x was not found'],
  ['Basic/a', 404, 'not-supported', 'HealthLake does not support the resource type Basic'],
  ['Patient?name=a', 400, 'not-supported', 'the local HealthLake has the search parameters _id and _count, not name: omit it'],
  ['Patient?_count=0', 400, 'invalid', '_count 0 is not a positive integer'],
  ['Patient/x/_history', 404, 'not-found', 'The resource Patient/x was not found'],
  ['Patient/a/_history/2', 404, 'not-found', 'The resource Patient/a/_history/2 was not found'],
  ['Patient/a/$everything', 501, 'not-supported', expect.stringContaining('does not emulate GET /datastore/')],
  ['$bulk-delete/x', 404, 'not-found', 'The job x was not found'],
  [`../../${'0'.repeat(32)}/r4/Patient/a`, 404, 'not-found', `The requested data store ${'0'.repeat(32)} was not found`],
])('the request %s gets an OperationOutcome', async (path, status, code, diagnostics) => {
  expect(await outcome(path)).toEqual([status, code, diagnostics]);
});

test('an unsigned request is refused', async () => {
  const response = await fetch(`${aws.environment.endpoint()}/datastore/${aws.datastoreId}/r4/Patient/a`);
  expect([response.status, await response.json()]).toMatchObject([400, { __type: 'com.amazon.coral.service#MissingAuthenticationTokenException' }]);
});

test('a fault for the operation ReadResource or SearchWithGet affects one read or search', async () => {
  const inject = (operation: string) => fetch(`${aws.environment.endpoint()}/_local/faults`, {
    method: 'POST', body: JSON.stringify({ service: 'healthlake', operation, kind: 'internal' }),
  });
  await inject('ReadResource');
  await inject('SearchWithGet');
  expect([(await aws.fhir('Patient/a')).status, (await aws.fhir('Patient/a')).status]).toEqual([500, 200]);
  expect([(await aws.fhir('Patient')).status, (await aws.fhir('Patient')).status]).toEqual([500, 200]);
});

test('a read fails while the data store is CREATING and after it is deleted', async () => {
  const creating = await Harness.start({ datastoreCreationMs: 1e12 });
  expect((await creating.fhir('Patient/a')).status).toBe(400);
  await creating.close();
  const deleted = await Harness.start();
  await deleted.call('DeleteFHIRDatastore', { DatastoreId: deleted.datastoreId });
  expect((await deleted.fhir('Patient/a')).status).toBe(404);
  await deleted.close();
});
