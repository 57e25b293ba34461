import { spawnSync } from 'node:child_process';
import { closeSync, existsSync, openSync } from 'node:fs';
import { join } from 'node:path';
import { ANY_CREDENTIALS, patient, useEnvironment } from './support/aws';
import { useFolder, writeFiles } from './support/folder';

useEnvironment(ANY_CREDENTIALS);
const pathOf = useFolder();

/** A device that accepts no byte, as a full disk. Only Linux has it, so other systems skip the test. */
const FULL = '/dev/full';

const TOOL = ['--import', 'tsx', join(__dirname, '../src/main.ts')];

beforeAll(() => writeFiles(pathOf(), { 'good/Patient.ndjson': patient('a'), 'bad/Patient.ndjson': '{"resourceType":"Patient"}\n' }));

test('keeps its exit code if the reader of its output has gone', () => {
  const { stdout, stderr } = spawnSync('bash', ['-c', '("$@"; echo $? >&2) | true', 'bash', process.execPath, ...TOOL, 'check', pathOf('bad')], { encoding: 'utf8' });
  expect({ stdout, stderr }).toEqual({ stdout: '', stderr: '1\n' });
});

(existsSync(FULL) ? test : test.skip)('fails with one sentence if its output can\'t be written', () => {
  const full = openSync(FULL, 'w');
  const { status, stderr } = spawnSync(process.execPath, [...TOOL, 'check', pathOf('good')], { encoding: 'utf8', stdio: ['ignore', full, 'pipe'] });
  closeSync(full);
  expect({ status, stderr }).toEqual({ status: 2, stderr: 'healthlake: stdout can\'t be used: no space is left on the disk\n' });
});
