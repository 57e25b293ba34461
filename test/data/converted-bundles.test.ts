import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { convertFiles } from '../../packages/fhir-ndjson/test/convert/harness';
import { Harness } from '../../packages/local-healthlake/test/harness';

const FOLDER = join(__dirname, '../../examples/data/synthea-bundles');
const files = Object.fromEntries(readdirSync(FOLDER).map((name) => [name, readFileSync(join(FOLDER, name))]));
const resources: { resourceType: string; id: string }[] = Object.values(files)
  .flatMap((bytes) => JSON.parse(bytes.toString()).entry.map((entry: { resource: object }) => entry.resource));

let aws: Harness;

beforeAll(async () => {
  aws = await Harness.start();
});

afterAll(() => aws.close());

test('the Bundles that Synthea writes by default are converted without a warning, and imported as a whole', async () => {
  const { changes, output } = convertFiles(files);
  for (const [name, text] of Object.entries(output)) {
    await aws.put(`data/${name}`, text);
  }
  const job = await aws.ended(await aws.startImport());
  const stored = aws.service.healthLake.resources(aws.datastoreId);

  expect(changes.map(({ severity, code }) => `${severity} ${code}`)).toEqual([
    'info reference-rewritten', 'info conditional-resolved', 'info bundle', 'info pretty-printed',
  ]);
  expect(job).toMatchObject({ JobStatus: 'COMPLETED', JobProgressReport: { TotalNumberOfResourcesImported: 149 } });
  expect(stored.map(({ resourceType, id }) => `${resourceType}/${id}`).sort()).toEqual(resources.map(({ resourceType, id }) => `${resourceType}/${id}`).sort());
});

test('each reference of the converted Bundles points to one of their resources', () => {
  const known = new Set(resources.map(({ resourceType, id }) => `${resourceType}/${id}`));
  const { output } = convertFiles(files);
  const references = [...Object.values(output).join('').matchAll(/"reference":"([^#"][^"]*)"/g)].map(([, reference]) => reference);

  expect(references.length).toBeGreaterThan(500);
  expect(references.filter((reference) => !known.has(reference))).toEqual([]);
});

test('the conversion changes nothing but references', () => {
  const { output } = convertFiles(files);
  const converted = Object.values(output).flatMap((text) => text.split('\n').slice(0, -1).map((line) => JSON.parse(line)));
  const neutral = (value: object) => JSON.stringify(value, (key, member) => key === 'reference' && !member.startsWith('#') ? '' : member);

  expect(converted.map(neutral)).toEqual(resources.map(neutral));
});
