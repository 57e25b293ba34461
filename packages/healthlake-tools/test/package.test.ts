import { readFileSync } from 'node:fs';
import { isBuiltin } from 'node:module';
import { join } from 'node:path';
import { build } from 'esbuild';

const PACKAGE = join(__dirname, '..');

function readJson(...path: string[]) {
  return JSON.parse(readFileSync(join(...path), 'utf8'));
}

/** Returns the packages that the bundles import. */
async function imported(): Promise<string[]> {
  const { metafile } = await build({
    entryPoints: ['src/main.ts', 'src/structure/structure-worker.ts'].map((file) => join(PACKAGE, file)),
    outdir: 'dist',
    bundle: true,
    packages: 'external',
    platform: 'node',
    write: false,
    metafile: true,
  });
  const modules = Object.values(metafile.outputs).flatMap(({ imports }) => imports.map(({ path }) => path)).filter((path) => !isBuiltin(path));
  return [...new Set(modules.map((module) => /^(@[^/]+\/)?[^/]+/.exec(module)![0]))].sort();
}

test('the package depends on the packages that its bundles import, at the versions of the lock file', async () => {
  const { packages } = readJson(PACKAGE, '..', '..', 'package-lock.json');
  const expected = (await imported()).map((name) => [name, packages[`node_modules/${name}`].version]);
  expect(expected.length).toBeGreaterThan(0);
  expect(readJson(PACKAGE, 'package.json').dependencies).toEqual(Object.fromEntries(expected));
});
