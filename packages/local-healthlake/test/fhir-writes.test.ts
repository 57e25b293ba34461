import { Harness, patient } from './harness';

let aws: Harness;

beforeEach(async () => {
  aws = await Harness.start();
});

afterEach(() => aws.close());

type Json = Record<string, any>; // `any`, because responses have different shapes

async function call(method: string, path: string, body?: string): Promise<{ status: number; headers: Headers; json: Json }> {
  const response = await aws.fhir(path, method, body);
  const text = await response.text();
  return { status: response.status, headers: response.headers, json: text === '' ? {} : JSON.parse(text) as Json };
}

async function found(): Promise<string[]> {
  const { json } = await call('GET', 'Patient');
  return (json.entry ?? []).map(({ resource }: Json) => resource.id);
}

test('a create stores the resource as version 1 with an id that the server chooses', async () => {
  const { status, headers, json } = await call('POST', 'Patient', '{"resourceType":"Patient","id":"mine","multipleBirthInteger":1.0}');
  expect([status, headers.get('etag'), headers.get('location')]).toEqual([201, 'W/"1"', expect.stringMatching(`/r4/Patient/${json.id}/_history/1$`)]);
  expect(json).toMatchObject({ resourceType: 'Patient', id: expect.stringMatching(/^[0-9a-f-]{36}$/), meta: { versionId: '1', lastUpdated: expect.any(String) } });
  expect(await (await aws.fhir(`Patient/${json.id}`)).text()).toContain('"multipleBirthInteger":1.0');
});

test('an update stores the next or the first version, and a delete removes the resource but not its history', async () => {
  expect((await call('PUT', 'Patient/a', patient('a'))).status).toBe(201);
  expect((await call('PUT', 'Patient/a', patient('a', { active: true }))).json).toMatchObject({ active: true, meta: { versionId: '2' } });
  expect((await call('DELETE', 'Patient/a')).status).toBe(204);
  expect((await call('DELETE', 'Patient/a')).status).toBe(204);
  expect([(await call('GET', 'Patient/a')).status, await found()]).toEqual([404, []]);
  expect((await call('PUT', 'Patient/a', patient('a'))).headers.get('etag')).toBe('W/"4"');

  const { entry } = (await call('GET', 'Patient/a/_history')).json;
  expect(entry.map(({ resource, request }: Json) => [request.method, resource?.meta.versionId])).toEqual([['PUT', '4'], ['DELETE', undefined], ['PUT', '2'], ['PUT', '1']]);
  expect((await call('GET', 'Patient/a/_history/2')).json).toMatchObject({ active: true });
});

test.each([
  ['PUT', 'Patient/a', patient('b'), 'the id in the body is "b", but the URL has "a"'],
  ['PUT', 'Patient/a', '{"resourceType":"Encounter","id":"a"}', 'the resourceType in the body is "Encounter", but the URL has "Patient"'],
  ['PUT', 'Patient/a_b', patient('a_b'), expect.stringContaining('[A-Za-z0-9-.]{1,64}')],
  ['POST', 'Patient', '[', 'The body is not a FHIR resource in JSON'],
  ['POST', 'Patient/_search', 'name=a', expect.stringContaining('_id and _count, not name')],
  ['POST', 'Patient/$bulk-delete?start=yesterday', '', 'start yesterday is not a time such as 2026-01-31T12:00:00Z'],
  ['POST', 'Patient/$bulk-delete?_since=2026-01-31', '', expect.stringContaining('not _since: omit it')],
])('the request %s %s with the body %j is refused', async (method, path, body, diagnostics) => {
  expect(await call(method, path, body)).toMatchObject({ status: 400, json: { resourceType: 'OperationOutcome', issue: [{ diagnostics }] } });
  expect(await found()).toEqual([]);
});

test('a search by POST has its parameters in the body, and a capability statement names the version of FHIR', async () => {
  await call('PUT', 'Patient/a', patient('a'));
  await call('PUT', 'Patient/b', patient('b'));
  expect((await call('POST', 'Patient/_search', '_id=b')).json.entry).toMatchObject([{ resource: { id: 'b' } }]);
  expect((await call('GET', 'metadata')).json).toMatchObject({ resourceType: 'CapabilityStatement', fhirVersion: '4.0.1' });
});

test.each([['false', 3], ['true', 0]])('a bulk delete with isHardDelete=%s removes the resources of a type that changed in its period', async (isHardDelete, versions) => {
  const write = async (type: string, id: string): Promise<number> => {
    await call('PUT', `${type}/${id}`, JSON.stringify({ resourceType: type, id }));
    const { json } = await call('GET', `${type}/${id}`);
    await aws.clock.sleep(1_000);
    return Date.parse(json.meta.lastUpdated);
  };
  await write('Patient', 'early');
  await write('Patient', 'changed');
  const start = await write('Patient', 'changed');
  const end = await write('Patient', 'new');
  await write('Patient', 'late');
  await write('Encounter', 'other');

  const period = new URLSearchParams({ isHardDelete, start: new Date(start).toISOString(), end: new Date(end).toISOString() });
  let finish = () => {};
  jest.spyOn(aws.clock, 'sleep').mockReturnValueOnce(new Promise((resolve) => {
    finish = resolve;
  })); // the job runs until the test ends it
  const { json: { jobId, jobStatus } } = await call('POST', `Patient/$bulk-delete?${period}`);
  expect(jobStatus).toBe('SUBMITTED');
  const job = async (): Promise<Json> => (await call('GET', `$bulk-delete/${jobId}`)).json;
  expect(await job()).toEqual({ datastoreId: aws.datastoreId, jobId, status: 'IN_PROGRESS', submittedTime: expect.any(String) });
  finish();
  expect((await job()).status).toBe('COMPLETED');
  expect([await found(), (await call('GET', 'Encounter/other')).status]).toEqual([['early', 'late'], 200]);
  expect((await call('GET', 'Patient/changed/_history')).json.entry ?? []).toHaveLength(versions);
});
