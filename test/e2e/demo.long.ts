import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

jest.setTimeout(180_000);

/** Runs the demo. Returns its exit status, its output and the names of the files that it leaves in its temporary folder. */
function demo(...args: string[]) {
  const temporary = mkdtempSync(join(tmpdir(), 'demo-test-'));
  try {
    const { status, stdout, stderr } = spawnSync(process.execPath, ['--import', 'tsx', 'packages/local-aws/src/demo/main.ts', ...args], {
      cwd: resolve(__dirname, '..', '..'), encoding: 'utf8', env: { ...process.env, TMPDIR: temporary },
    });
    return { status, stdout, stderr, left: readdirSync(temporary).filter((name) => !name.startsWith('tsx-') && name !== 'node-compile-cache') };
  } finally {
    rmSync(temporary, { recursive: true, force: true });
  }
}

test('the demo imports the sample data, prints the progress and leaves no temporary files', () => {
  const { status, stdout, left } = demo();
  expect(stdout).toMatch(/\[#+-*\] {2}IN_PROGRESS {2}files \d+ of 17 {2}resources/);
  expect(stdout).toContain('Import.ResourcesImported = 2514');
  expect(stdout).toContain('Manifest.json');
  expect(stdout).toContain('The data is in the data store, as expected.');
  expect(status).toBe(0);
  expect(left).toEqual([]);
});

test('the demo with --bad-data prints why the import failed and that the stack rolled back', () => {
  const { status, stdout, left } = demo('--bad-data');
  expect(stdout.replace(/\s+/g, ' ')).toContain('scanned 22, imported 7, failed 15');
  expect(stdout).toContain('ROLLBACK_COMPLETE');
  expect(stdout).toContain('FAILURE/Patient.ndjson');
  expect(stdout).toContain('as expected.');
  expect(status).toBe(0);
  expect(left).toEqual([]);
});

test('the demo rejects an unknown option', () => {
  const { status, stderr } = demo('--bad-date');
  expect(stderr).toContain('--bad-date');
  expect(status).toBe(1);
});
