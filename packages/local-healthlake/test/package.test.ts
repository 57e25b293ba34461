import { readdirSync, readFileSync } from 'node:fs';
import { isBuiltin } from 'node:module';
import { join } from 'node:path';

const PACKAGE = join(__dirname, '..');
const SOURCES = join(PACKAGE, 'src');

function readJson(...path: string[]) {
  return JSON.parse(readFileSync(join(...path), 'utf8'));
}

/** Returns the packages that the sources import at run time. */
function imported(): string[] {
  const files = readdirSync(SOURCES, { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('.ts'));
  const modules = files.flatMap((file) => [...readFileSync(join(SOURCES, file), 'utf8').matchAll(/^(?:import|\}) (?!type ).*from '([^.'][^']*)';$/gm)]);
  const names = modules.map(([, module]) => module).filter((module) => !isBuiltin(module)).map((module) => /^(@[^/]+\/)?[^/]+/.exec(module)![0]);
  return [...new Set(names)].sort();
}

test('the package depends on the packages that its sources import, at the versions of the lock file', () => {
  const { packages } = readJson(PACKAGE, '..', '..', 'package-lock.json');
  const expected = imported().map((name) => [name, packages[`node_modules/${name}`].version]);
  expect(expected.length).toBeGreaterThan(0);
  expect(readJson(PACKAGE, 'package.json').dependencies).toEqual(Object.fromEntries(expected));
});
