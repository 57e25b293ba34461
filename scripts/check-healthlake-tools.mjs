// Packs healthlake-tools. Fails if the tarball has unexpected files, or if the tool doesn't run with the declared dependencies alone. Argument: a working folder.
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';

const EXPECTED = ['LICENSE', 'README.md', 'dist/healthlake.js', 'dist/structure-worker.js', 'package.json'];

const out = resolve(process.argv[2]);
const cwd = 'packages/healthlake-tools';
const packed = JSON.parse(execFileSync('npm', ['pack', '--json', '--pack-destination', out], { cwd, encoding: 'utf8' }).replace(/^[^[{]*/, ''));
const [{ files, filename, size }] = Array.isArray(packed) ? packed : Object.values(packed);
const paths = files.map(({ path }) => path).sort();
if (paths.join() !== EXPECTED.join()) throw new Error(`the tarball of healthlake-tools contains ${paths}, expected ${EXPECTED}`);
execFileSync('tar', ['-xzf', join(out, filename), '-C', out]);

const root = join(out, 'package');
const { version, bin, dependencies } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
for (const name of Object.keys(dependencies)) {
  const link = join(root, 'node_modules', name);
  mkdirSync(dirname(link), { recursive: true });
  symlinkSync(resolve('node_modules', name), link);
}
const tool = join(root, bin.healthlake);
const foreign = readFileSync(tool, 'utf8').match(/local-aws|local-healthlake|iam-simulate/);
if (foreign) throw new Error(`the tarball of healthlake-tools contains code of ${foreign}, which must stay out of it`);

/** Runs the tool. Fails if its exit code or its output is not as expected. */
function expectRun(args, code, output) {
  const { status, stdout, stderr } = spawnSync(process.execPath, [tool, ...args], { encoding: 'utf8' });
  if (status !== code || !stdout.includes(output)) {
    throw new Error(`healthlake ${args.join(' ')} exited with ${status}, expected ${code} and "${output}"\n${stdout}${stderr}`);
  }
}

const [good, bad] = ['good', 'bad'].map((name) => join(out, name));
for (const [folder, line] of [[good, '{"resourceType":"Patient","id":"a"}\n'], [bad, '{"resourceType":"Patient","gender":"x"}\n']]) {
  mkdirSync(folder);
  writeFileSync(join(folder, 'Patient.ndjson'), line);
}
expectRun(['--version'], 0, version);
expectRun(['check', good], 0, '1 resource not known to be rejected');
expectRun(['check', bad], 1, 'Patient.ndjson:1');
expectRun(['check', bad, '--structure'], 1, 'Patient.gender');
expectRun(['jobs', '--since', 'never'], 2, '');
console.log(`healthlake-tools tarball: ${paths.length} files, ${Math.round(size / 1024)} KB, runs and checks a folder`);
