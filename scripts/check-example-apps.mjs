// Fails unless `cdk synth --strict` succeeds for each TypeScript example with the packed library.
// Arguments: the tarball of the library, and a working folder. The examples use aws-cdk-lib from node_modules of the current directory.
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, mkdirSync, readdirSync, symlinkSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join, resolve } from 'node:path';

const [tarball, work] = process.argv.slice(2).map((path) => resolve(path));
const installed = resolve('node_modules');
const examples = resolve('examples', 'typescript');

const modules = join(work, 'node_modules');
mkdirSync(join(modules, '.bin'), { recursive: true });
for (const name of ['aws-cdk-lib', 'constructs', 'tsx', '.bin/tsx']) symlinkSync(join(installed, name), join(modules, name));
mkdirSync(join(modules, 'cdk-healthlake-import'));
execFileSync('tar', ['-xzf', tarball, '-C', join(modules, 'cdk-healthlake-import'), '--strip-components', '1']);

cpSync(resolve('examples', 'data'), join(work, 'data'), { recursive: true });

/** Runs the CDK CLI on a copy of an example. If the CLI fails, throws an error with its output. */
async function synth(name) {
  const cwd = join(work, 'typescript', name);
  cpSync(join(examples, name), cwd, { recursive: true });
  const args = ['synth', '--strict', '--quiet', '--no-notices', '--output', join(work, `${name}.out`)];
  const child = spawn(process.execPath, [join(installed, 'aws-cdk', 'bin', 'cdk'), ...args], { cwd, stdio: ['ignore', 'pipe', 'pipe'] });
  const output = [];
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (data) => output.push(data));
  const [code] = await once(child, 'close');
  if (code !== 0) throw new Error(`cdk synth --strict failed in examples/typescript/${name}:\n${output.join('')}`);
}

const names = readdirSync(examples, { withFileTypes: true }).filter((entry) => entry.isDirectory()).map(({ name }) => name);
const waiting = [...names];
await Promise.all(Array.from({ length: availableParallelism() }, async () => {
  for (let name = waiting.shift(); name; name = waiting.shift()) await synth(name);
}));
console.log(`examples: ${names.join(', ')} synthesize with the packed library`);
