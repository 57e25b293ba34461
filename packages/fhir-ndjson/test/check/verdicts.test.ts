import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import * as fc from 'fast-check';
import { check, resource } from './run';
import { isRejected, judgeBytes } from '../../../local-healthlake/src/healthlake/runs/resource-rules';
import { Harness, patient } from '../../../local-healthlake/test/harness';
import { LineSplitter } from '../../src/lines/line-splitter';

const EXAMPLES = dirname(require.resolve('hl7.fhir.r4.examples/package.json'));
const SAMPLES = join(__dirname, '..', '..', '..', '..', 'examples', 'data');

/** Returns how many lines the local HealthLake rejects, and how many it stores. */
function verdictsOf(content: Buffer): { rejected: number; stored: number } {
  const splitter = new LineSplitter(Infinity);
  const lines = [...splitter.push(content), ...splitter.end()];
  const rejected = lines.filter(({ bytes }) => isRejected(judgeBytes(bytes))).length;
  return { rejected, stored: lines.length - rejected };
}

function checked(content: Buffer): { rejected: number; stored: number } {
  const { files, resources } = check({ 'f.ndjson': content }, { pieceSize: 65_536 });
  return { rejected: files[0].rejected, stored: resources };
}

const PART = fc.constantFrom<unknown>(
  'Patient', 'Basic', 'Bundle', '', 1, null, true, [], {}, 'a-1', 'a_1', 'a\n', 'x'.repeat(64), 'x'.repeat(65), undefined,
);

const OBJECT = fc.record(
  { resourceType: PART, id: PART, more: PART, contained: fc.array(fc.record({ resourceType: PART, id: PART })) }, { requiredKeys: [] },
);

const JSON_TEXT = fc.tuple(
  fc.oneof({ weight: 5, arbitrary: OBJECT }, fc.array(OBJECT, { maxLength: 3 }), fc.jsonValue()), fc.constantFrom(undefined, undefined, undefined, 1, '\t'),
).map(([value, indent]) => JSON.stringify(value, undefined, indent));

const DAMAGES: readonly ((line: string) => string)[] = [
  (line) => line, (line) => line, (line) => `${line}\r`, (line) => `\uFEFF${line}`, (line) => ` ${line}\t`, (line) => `\u00A0${line}`,
  (line) => line.slice(0, -1), (line) => line.slice(1), (line) => `${line},`, (line) => `[${line}`, (line) => line.replaceAll(',', ',\n'), () => '', () => '\u2028',
];

/** Lines that HealthLake stores, and lines that are damaged in different ways. Some have line breaks, and so are several lines. */
const LINE = fc.oneof(
  fc.tuple(JSON_TEXT, fc.constantFrom(...DAMAGES)).map(([json, damage]) => Buffer.from(damage(json))),
  fc.uint8Array({ maxLength: 9 }).map((bytes) => Buffer.from(bytes)),
);

describe('the check calls exactly those lines rejected that the local HealthLake rejects', () => {
  test('in random files', () => {
    fc.assert(fc.property(fc.array(LINE, { maxLength: 9 }), fc.constantFrom('\n', '\n\n', '\r\n'), (lines, newline) => {
      const content = Buffer.concat(lines.flatMap((bytes, index) => index === 0 ? [bytes] : [Buffer.from(newline), bytes]));
      expect(checked(content)).toEqual(verdictsOf(content));
    }), { numRuns: 300 });
  });

  test('of the small examples of HL7, one on each line', () => {
    const lines = readdirSync(EXAMPLES).filter((name) => name.endsWith('.json') && name !== 'package.json' && !name.startsWith('.'))
      .map((name) => readFileSync(join(EXAMPLES, name))).filter(({ length }) => length < 30_000)
      .map((json) => json.toString().replace(/\s*\n\s*/g, ''));
    const content = Buffer.from(lines.join('\n'));
    expect(checked(content)).toEqual(verdictsOf(content));
    expect(verdictsOf(content)).toEqual({ rejected: 2501, stored: 2445 });
  });

  test.each(['synthea', 'bad'])('of the sample data in %s', (folder) => {
    for (const name of readdirSync(join(SAMPLES, folder))) {
      const content = readFileSync(join(SAMPLES, folder, name));
      expect(checked(content)).toEqual(verdictsOf(content));
    }
  });

  test('of an import', async () => {
    const files: Record<string, string | Buffer> = {
      'blank.ndjson': `\n${patient('a')}\n \n${patient('b')}\r\n\n`,
      'bom.ndjson': `\uFEFF${patient('c')}${patient('d')}`,
      'pretty.ndjson': JSON.stringify([resource('Patient', 'e'), { resourceType: 'Patient', id: 'f' }], undefined, 2),
      'array.ndjson': `[\n${resource('Patient', 'g')},\n${resource('Patient', 'h')}\n]\n`,
      'latin1.ndjson': Buffer.from(resource('Patient', 'i', { name: '\xe4' }), 'latin1'),
      'utf16.ndjson': Buffer.from(`\uFEFF${patient('j')}${patient('k')}`, 'utf16le'),
      'types.ndjson': ['Patient', 'Basic', 'MedicationOrder', 'Bundle', 'patient'].map((type) => `${resource(type, 'l')}\n`).join(''),
      'ids.ndjson': ['m', 'm_', '', 'm'].map((id) => patient(id)).join('') + '{"resourceType":"Patient"}',
      'empty.ndjson': '',
      'IGNORED.NDJSON': 'x',
    };
    const aws = await Harness.start();
    try {
      for (const [name, content] of Object.entries(files)) {
        await aws.put(`data/${name}`, content);
      }
      const { JobId, JobProgressReport } = await aws.ended(await aws.startImport());
      const result = check(files);
      for (const { file, rejected } of result.files) {
        const key = (await aws.outputKeys()).find((output) => output.includes(JobId!) && output.endsWith(`FAILURE/${file}`));
        expect([file, key ? (await aws.output(key)).trimEnd().split('\n').length : 0]).toEqual([file, rejected]);
      }
      expect(JobProgressReport).toMatchObject({
        TotalNumberOfScannedFiles: result.files.filter(({ isIgnored, bytes }) => !isIgnored && bytes > 0).length,
        TotalNumberOfResourcesImported: result.resources,
      });
    } finally {
      await aws.close();
    }
  });
});
