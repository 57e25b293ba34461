import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { createInterface } from 'node:readline';

jest.setTimeout(180_000);

const NOWHERE = 'http://127.0.0.1:9';

/** Files in the user's home directory with settings that would break the demo. */
const HOME_FILES = {
  '.aws/config': '[default]\nuse_fips_endpoint = true\nuse_dualstack_endpoint = true\n',
  '.cdk.json': JSON.stringify({ 'profile': 'hospital', 'proxy': NOWHERE, 'rollback': false, '@aws-cdk/core:bootstrapQualifier': 'hospital' }),
};

let home: string;
let temporary: string;

beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'demo-home-'));
  mkdirSync(join(home, '.aws'));
  Object.entries(HOME_FILES).forEach(([name, content]) => writeFileSync(join(home, name), content));
  temporary = mkdtempSync(join(tmpdir(), 'demo-test-'));
});

afterEach(() => {
  const files = readdirSync(home, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile()).map(({ name }) => name);
  const contents = Object.keys(HOME_FILES).map((name) => readFileSync(join(home, name), 'utf8'));
  const left = readdirSync(temporary).filter((name) => !name.startsWith('tsx-') && name !== 'node-compile-cache');
  [home, temporary].forEach((folder) => rmSync(folder, { recursive: true, force: true }));
  expect(files.sort()).toEqual(['.cdk.json', 'config']);
  expect(contents).toEqual(Object.values(HOME_FILES));
  expect(left).toEqual([]);
});

/** Returns the arguments of `spawn` that run the demo on a laptop with settings that would break the demo. */
function command(args: readonly string[], env: NodeJS.ProcessEnv = {}) {
  const settings = {
    HOME: home,
    TMPDIR: temporary,
    AWS_USE_FIPS_ENDPOINT: 'true',
    AWS_PROFILE: 'hospital',
    AWS_RETRY_MODE: 'none',
    AWS_ENDPOINT_URL_S3: NOWHERE,
    HTTPS_PROXY: NOWHERE,
    CDK_DEFAULT_REGION: 'eu-west-1',
  };
  const options = { cwd: resolve(__dirname, '..', '..'), env: { ...process.env, ...settings, ...env } };
  return [process.execPath, ['packages/local-aws/src/demo/run.mjs', ...args], options] as const;
}

/** Runs the demo to its end. */
function demo(args: readonly string[] = [], env: NodeJS.ProcessEnv = {}) {
  const [node, allArgs, options] = command(args, env);
  return spawnSync(node, allArgs, { ...options, encoding: 'utf8' });
}

test('the demo imports the sample data and prints the progress', () => {
  const { status, stdout } = demo();
  expect(stdout).toMatch(/\[#+-*\] {2}IN_PROGRESS {2}files \d+ of 17 {2}resources/);
  expect(stdout).toContain('Import.ResourcesImported = 2514');
  expect(stdout).toContain('Manifest.json');
  expect(stdout).toContain('The data is in the data store, as expected.');
  expect(status).toBe(0);
});

test('the demo with --bad-data prints why the import failed and that the stack rolled back', () => {
  const { status, stdout } = demo(['--bad-data']);
  expect(stdout.replace(/\s+/g, ' ')).toContain('scanned 22, imported 7, failed 15');
  expect(stdout).toContain('ROLLBACK_COMPLETE');
  expect(stdout).toContain('FAILURE/Patient.ndjson');
  expect(stdout).toContain('as expected.');
  expect(status).toBe(0);
});

test('the demo ends quietly, with all its processes, when the reader of its output closes the pipe', async () => {
  const [node, args, options] = command([]);
  const child = spawn(node, args, { ...options, stdio: ['ignore', 'pipe', 'pipe'] });
  const errors: string[] = [];
  child.stderr.on('data', (text) => errors.push(String(text)));
  for await (const line of createInterface(child.stdout)) {
    if (line.includes('cdk deploy Data')) {
      break;
    }
  }
  child.stdout.destroy();
  expect(await once(child, 'exit')).toEqual([0, null]);
  expect(errors).toEqual([]);
  expect(spawnSync('ps', ['-eo', 'args'], { encoding: 'utf8' }).stdout).not.toContain(temporary);
});

test('the demo prints only one line and fails when it cannot write to the temporary folder', () => {
  const file = join(home, '.cdk.json');
  const { status, stdout, stderr } = demo([], { TMPDIR: file });
  expect([status, stdout, stderr]).toEqual(
    [1, '', `cannot write to the temporary folder ${file} (ENOTDIR), set TMPDIR to a folder that can be written\n`]);
});

test('the demo rejects an unknown option', () => {
  const { status, stderr } = demo(['--bad-date']);
  expect(stderr).toContain('--bad-date');
  expect(status).toBe(1);
});
