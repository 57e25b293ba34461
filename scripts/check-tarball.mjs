// Fails if the npm tarball lacks a file that a user's synth needs, or has an unexpected file. Argument: the output of `npm pack --json`.
import { readFileSync } from 'node:fs';

const packed = JSON.parse(readFileSync(process.argv[2], 'utf8'));
const [{ files, size }] = Array.isArray(packed) ? packed : Object.values(packed);
const paths = files.map(({ path }) => path);

/** The bundles of the Lambda functions, and the bundle that the library loads at synth. */
const BUNDLES = [...['', 'report/', 'datastore/', 'job-monitor/', 'job-monitor/widget/'].map((folder) => `assets/lambda/${folder}index/index.js`), 'assets/fhir-ndjson/index.js'];
const NEEDED = [...BUNDLES, 'lib/index.js', 'lib/index.d.ts', '.jsii', '.jsii.tabl.json', 'README.md', 'API.md', 'LICENSE', 'package.json'];

const unexpected = paths.filter((path) => !NEEDED.includes(path) && !/^lib\/.+\.(js|d\.ts)$/.test(path));
const missing = NEEDED.filter((path) => !paths.includes(path));
for (const path of unexpected) console.error(`must not be in the tarball: ${path}`);
for (const path of missing) console.error(`missing from the tarball: ${path}`);
console.log(`npm tarball: ${paths.length} files, ${Math.round(size / 1024)} KB`);
process.exitCode = unexpected.length + missing.length > 0 ? 1 : 0;
