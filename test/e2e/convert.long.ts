import { readFileSync, readdirSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { convert, type ConvertResult } from '../../packages/fhir-ndjson/src/convert/convert';
import { RESOURCE_TYPES } from '../../packages/fhir-ndjson/src/resource-types';
import { Harness } from '../../packages/local-healthlake/test/harness';

const FOLDER = dirname(require.resolve('hl7.fhir.r4.examples/package.json'));
const NAMES = readdirSync(FOLDER).filter((name) => name.endsWith('.json'));

interface Expected {
  /** The types and ids of the resources that HealthLake supports, each once. */
  readonly keys: ReadonlySet<string>;
  readonly repeats: number;
  readonly unsupported: number;
  readonly withoutId: number;
}

/** Counts the resources of the examples without the code under test. */
function expectedOf(names: readonly string[]): Expected {
  const resources = names.flatMap((name) => resourcesOf(JSON.parse(readFileSync(join(FOLDER, name), 'utf8'))));
  const supported = resources.filter(({ resourceType }) => RESOURCE_TYPES.has(resourceType));
  const withId = supported.filter(({ id }) => id !== undefined);
  const keys = new Set(withId.map(({ resourceType, id }) => `${resourceType}/${id}`));
  return { keys, repeats: withId.length - keys.size, unsupported: resources.length - supported.length, withoutId: supported.length - withId.length };
}

function resourcesOf(value: any): { readonly resourceType: string; readonly id?: string }[] { // `any`, because the examples have all types of FHIR
  if (value.resourceType !== 'Bundle') {
    return value.resourceType ? [value] : [];
  }
  return ['collection', 'transaction', 'batch', 'searchset'].includes(value.type)
    ? value.entry.filter(({ resource, request, search }: any) => resource && request?.method !== 'DELETE' && search?.mode !== 'outcome')
      .flatMap(({ resource }: any) => resourcesOf(resource))
    : [];
}

interface Imported {
  readonly result: ConvertResult;
  readonly stored: ReadonlySet<string>;
  readonly status?: string;
}

async function importAll(names: readonly string[]): Promise<Imported> {
  const aws = await Harness.start();
  try {
    const output = new Map<string, string>();
    const result = convert(names.map((name) => ({ name, size: statSync(join(FOLDER, name)).size, read: () => [readFileSync(join(FOLDER, name))] })), {
      write: (file, line) => {
        output.set(file, `${output.get(file) ?? ''}${line}\n`);
      },
    });
    for (const [name, text] of output) {
      await aws.put(`data/${name}`, text);
    }
    const { JobStatus } = await aws.ended(await aws.startImport());
    const stored = aws.service.healthLake.resources(aws.datastoreId).map(({ resourceType, id }) => `${resourceType}/${id}`);
    return { result, stored: new Set(stored), status: JobStatus };
  } finally {
    await aws.close();
  }
}

function countOf({ changes }: ConvertResult, ...codes: readonly string[]): number {
  return changes.filter(({ code }) => codes.includes(code)).reduce((sum, { count }) => sum + count, 0);
}

test('all HL7 examples are imported after their conversion, and what is left out is reported', async () => {
  const { keys, repeats, unsupported, withoutId } = expectedOf(NAMES);
  const { result, stored, status } = await importAll(NAMES);

  expect(status).toBe('COMPLETED');
  expect(stored.size).toBe(result.resources);
  expect([...keys].filter((key) => !stored.has(key))).toEqual([]);
  expect(stored.size - keys.size).toBe(withoutId);
  expect({
    repeats: countOf(result, 'repeat', 'repeat-differs'),
    unsupported: countOf(result, 'unsupported-type'),
    withoutId: countOf(result, 'id-from-url', 'id-from-content'),
  }).toEqual({ repeats, unsupported, withoutId });
}, 600_000);
