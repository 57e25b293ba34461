// Fails if the npm tarball lacks a file that a user's synth needs, or has an unexpected file. Argument: the output of `npm pack --json`.
import { readFileSync } from 'node:fs';

const packed = JSON.parse(readFileSync(process.argv[2], 'utf8'));
const [{ files, size }] = Array.isArray(packed) ? packed : Object.values(packed);
const paths = files.map(({ path }) => path);

const ALLOWED = [/^lib\/.+\.(js|d\.ts)$/, /^assets\/lambda\/((report|datastore)\/)?index\/index\.js$/, /^\.jsii(\.tabl\.json)?$/, /^(README|API)\.md$/, /^LICENSE$/, /^package\.json$/];
const NEEDED = [
  'lib/index.js', 'lib/index.d.ts', 'assets/lambda/index/index.js', 'assets/lambda/report/index/index.js', 'assets/lambda/datastore/index/index.js', '.jsii', '.jsii.tabl.json', 'README.md', 'API.md', 'LICENSE', 'package.json',
];

const unexpected = paths.filter((path) => !ALLOWED.some((pattern) => pattern.test(path)));
const missing = NEEDED.filter((path) => !paths.includes(path));
for (const path of unexpected) console.error(`must not be in the tarball: ${path}`);
for (const path of missing) console.error(`missing from the tarball: ${path}`);
console.log(`npm tarball: ${paths.length} files, ${Math.round(size / 1024)} KB`);
process.exitCode = unexpected.length + missing.length > 0 ? 1 : 0;
