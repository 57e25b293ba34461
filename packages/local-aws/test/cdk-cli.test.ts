import { execFileSync } from 'node:child_process';
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { eventually, isRunning } from './foundation';
import { runCdk } from '../src/cdk-cli';

/** Runs timers with these delays, in milliseconds, in a process that preloads short-polls.cjs. Returns how long each timer took. */
function pauses(...lengths: number[]): number[] {
  const script = `
    const wait = ms => new Promise(resolve => { const begin = performance.now(); setTimeout(() => resolve(performance.now() - begin), ms); });
    Promise.all(${JSON.stringify(lengths)}.map(wait)).then(waits => console.log(JSON.stringify(waits)));`;
  const preload = join(__dirname, '..', 'src', 'short-polls.cjs');
  return JSON.parse(execFileSync(process.execPath, ['--require', preload, '-e', script], { env: { LOCAL_AWS_POLL_SCALE: '20' }, encoding: 'utf8' })) as number[];
}

test('short-polls.cjs shortens only the polling timers of the CLI', () => {
  const [two, five, request, immediate] = pauses(2000, 5000, 400, 0);
  expect(two).toBeGreaterThanOrEqual(99);
  expect(five).toBeGreaterThanOrEqual(249);
  expect(five).toBeLessThan(5000);
  expect(request).toBeGreaterThanOrEqual(399);
  expect(immediate).toBeLessThan(request);
});

let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'cdk-cli-'));
});
afterEach(async () => rm(folder, { recursive: true, force: true }));

test('compile-cache.cjs keeps the compiled code of a large file, and runs a changed file', async () => {
  const [file, cache] = ['large.js', 'cache'].map((name) => join(folder, name));
  const preload = join(__dirname, '..', 'src', 'compile-cache.cjs');
  const padding = ' '.repeat(1_000_000);
  for (const text of ['first', 'first', 'again']) {
    await writeFile(file, `console.log(require.main === module, '${text}');${padding}`);
    const output = execFileSync(process.execPath, ['--require', preload, file], { env: { LOCAL_AWS_COMPILE_CACHE: cache }, encoding: 'utf8' });
    expect(output).toBe(`true ${text}\n`);
    expect(await readdir(cache)).not.toEqual([]);
  }
});

describe('a run of the CLI', () => {
  test('hides the AWS settings of the machine from the app, turns SDK warnings off, and ends all child processes', async () => {
    const app = 'console.log(JSON.stringify({ pid: process.pid, env: process.env })); setInterval(() => {}, 1000);';
    await writeFile(join(folder, 'app.js'), app);
    process.env.AWS_PROFILE = 'hospital';
    const interrupted = new AbortController();
    const lines: string[] = [];
    const run = runCdk(['synth', '--app', `"${process.execPath}" app.js`, '--no-notices'], {
      cwd: folder,
      env: { MINE: 'yes', CDK_HOME: folder, CDK_DISABLE_CLI_TELEMETRY: 'true', CDK_DISABLE_VERSION_CHECK: '1', AWS_EC2_METADATA_DISABLED: 'true' },
      signal: interrupted.signal,
      onLine: (line) => {
        lines.push(line);
        interrupted.abort(new Error('enough'));
      },
    });
    await expect(run).rejects.toThrow('enough');
    delete process.env.AWS_PROFILE;
    const { pid, env } = JSON.parse(lines[0]);
    expect(env).toMatchObject({ MINE: 'yes', AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true' });
    expect(env).not.toHaveProperty('AWS_PROFILE');
    await eventually(() => !isRunning(pid));
  });
});
