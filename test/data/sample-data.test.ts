import { createHash } from 'node:crypto';
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { judgeLine, isRejected } from '../../packages/local-healthlake/src/healthlake/runs/resource-rules';

const ROOT = join(__dirname, '../../examples/data');
const README = readFileSync(join(ROOT, 'README.md'), 'utf8');
const MAX_BYTES = 3_000_000;

const synthea = filesOf('synthea');
const bad = filesOf('bad');

test('the sample data has at most 3 MB', () => {
  const bytes = readdirSync(ROOT, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .reduce((sum, entry) => sum + readFileSync(join(entry.parentPath, entry.name)).length, 0);

  expect(bytes).toBeLessThanOrEqual(MAX_BYTES);
});

describe('the synthea sample', () => {
  test.each(synthea)('has in $name only valid resources, with unique ids and of the type that the file name gives', ({ name, lines }) => {
    const type = name.slice(0, -'.ndjson'.length);
    const wrong = lines.map((line, index) => ({ line: index + 1, judged: judgeLine(line) }))
      .filter(({ judged }) => isRejected(judged) || judged.resourceType !== type || !/^[A-Za-z0-9\-.]{1,64}$/.test(judged.id));
    const ids = lines.map((line) => parse(line)?.id);

    expect(wrong).toEqual([]);
    expect(new Set(ids).size).toBe(ids.length);
  });

  test('has no reference to a resource outside the sample', () => {
    const resources = synthea.flatMap(({ lines }) => lines).map((line) => JSON.parse(line));
    const known = new Set(resources.map(({ resourceType, id }) => `${resourceType}/${id}`));
    const dangling = resources.flatMap((resource) => {
      const contained = new Set((resource.contained ?? []).map(({ id }: { id: string }) => `#${id}`));
      return referencesIn(resource).filter((reference) => !known.has(reference) && !contained.has(reference));
    });

    expect(dangling).toEqual([]);
    expect(resources.flatMap(referencesIn).length).toBeGreaterThan(resources.length);
  });

  test('has the resource counts, file sizes and checksum that the README lists', () => {
    const hash = createHash('sha256');
    synthea.forEach(({ bytes }) => hash.update(bytes));
    const rows = synthea.map(({ name, lines, bytes }) => [`\`${name}\``, String(lines.length), String(bytes.length)]);

    expect(tableUnder('## `synthea/`')).toEqual([...rows, ['all files', ...[1, 2].map((column) => totalOf(rows, column))]]);
    expect(README).toContain(`\`${hash.digest('hex')}\``);
    expect(README).toContain(`\n${synthea.find(({ name }) => name === 'Patient.ndjson')?.lines.length} living patients`);
  });

  test('has only living patients, as the README says', () => {
    const patients = synthea.find(({ name }) => name === 'Patient.ndjson')?.lines ?? [];

    expect(patients.filter((line) => line.includes('"deceased'))).toEqual([]);
  });
});

describe('the sample of Bundles', () => {
  const bundles = readdirSync(join(ROOT, 'synthea-bundles')).sort().map((name) => {
    const bytes = readFileSync(join(ROOT, 'synthea-bundles', name));
    return { name, bytes, bundle: JSON.parse(bytes.toString()) };
  });

  test('has the entry counts, file sizes and checksum that the README lists', () => {
    const hash = createHash('sha256');
    bundles.forEach(({ bytes }) => hash.update(bytes));
    const rows = bundles.map(({ name, bytes, bundle }) => [`\`${name}\``, String(bundle.entry.length), String(bytes.length)]);

    expect(tableUnder('## `synthea-bundles/`')).toEqual([...rows, ['all files', ...[1, 2].map((column) => totalOf(rows, column))]]);
    expect(README).toContain(`\`${hash.digest('hex')}\``);
  });

  test('has transactions of two patients, and batches of hospitals and practitioners', () => {
    expect(bundles.map(({ bundle }) => bundle.type)).toEqual(['transaction', 'transaction', 'batch', 'batch']);
    expect(bundles.flatMap(({ bundle }) => bundle.entry).filter(({ resource }) => resource.resourceType === 'Patient')).toHaveLength(2);
  });
});

describe('the bad sample', () => {
  test('has as many lines and resources of each kind as the README lists', () => {
    const counts = new Map<string, number>();
    for (const { name, lines } of bad) {
      for (const line of lines) {
        const key = `${kindOf(line)} | \`${name}\``;
        counts.set(key, (counts.get(key) ?? 0) + 1);
      }
    }
    const table = tableUnder('## `bad/`');
    const rows = table.slice(0, -1);

    expect(new Map(rows.map(([kind, file, , lines]) => [`${kind.replace(/ \(.*\)$/, '')} | ${file}`, Number(lines)]))).toEqual(counts);
    expect(rows.filter(([, , resources, lines]) => resources !== lines).map(([kind, , resources]) => [kind, resources]))
      .toEqual([['printed over several lines', '1']]);
    expect(table.at(-1)?.slice(0, 4)).toEqual(['all', '', totalOf(rows, 2), totalOf(rows, 3)]);
  });

  test('has the numbers of good and bad lines that the README states', () => {
    const judged = bad.flatMap(({ lines }) => lines).map(judgeLine);
    const rejected = judged.filter(isRejected).length;

    expect(README).toContain(`\n${judged.length - rejected} lines are good, ${rejected} are bad.`);
  });

  test('has a resource that is split over several lines and is valid when the lines are joined', () => {
    const lines = bad.flatMap((file) => file.lines).filter((line) => kindOf(line) === 'printed over several lines');

    expect(isRejected(judgeLine(lines.join('')))).toBe(false);
  });
});

interface SampleFile {
  readonly name: string;
  readonly bytes: Buffer;
  readonly lines: readonly string[];
}

function filesOf(folder: string): SampleFile[] {
  return readdirSync(join(ROOT, folder)).sort().map((name) => {
    const bytes = readFileSync(join(ROOT, folder, name));
    const lines = bytes.toString('utf8').split('\n');
    if (!/^[A-Z][A-Za-z]+\.ndjson$/.test(name) || lines.pop() !== '') {
      throw new Error(`'${folder}/${name}' is not an NDJSON file of one resource type that ends in a newline`);
    }
    return { name, bytes, lines };
  });
}

function kindOf(line: string): string {
  const judged = judgeLine(line);
  if (!isRejected(judged)) {
    return 'good';
  }
  const resource = parse(line);
  if (resource && judged.diagnostics.includes("'resourceType'")) {
    return 'resource type not in R4';
  }
  if (resource) {
    return resource.id === undefined ? 'no `id`' : 'illegal character in `id`';
  }
  if (line.startsWith("{'")) {
    return 'invalid JSON: single quotes';
  }
  return line.startsWith('{"resourceType"') ? 'invalid JSON: cut off' : 'printed over several lines';
}

function parse(line: string): { readonly id?: string } | undefined {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}

function referencesIn(value: unknown): string[] {
  if (value === null || typeof value !== 'object') {
    return [];
  }
  return Object.entries(value).flatMap(([key, member]) =>
    key === 'reference' && typeof member === 'string' ? [member] : referencesIn(member));
}

/** Returns the rows of the first table below a README heading, without the header row. */
function tableUnder(heading: string): string[][] {
  const rows = README.slice(README.indexOf(heading)).split('\n').map((line) => line.trim());
  const first = rows.findIndex((row) => row.startsWith('|---')) + 1;
  const table = rows.slice(first);
  return table.slice(0, table.findIndex((row) => !row.startsWith('|')))
    .map((row) => row.slice(1, -1).split('|').map((cell) => cell.trim()));
}

function totalOf(rows: readonly (readonly string[])[], column: number): string {
  return String(rows.reduce((sum, row) => sum + Number(row[column]), 0));
}
