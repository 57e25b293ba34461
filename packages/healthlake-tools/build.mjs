// Bundles src/ into dist/, with the esbuild of the repository. `npm pack` runs it.
import { rmSync } from 'node:fs';
import { build } from 'esbuild';

const { dirname } = import.meta;

rmSync(`${dirname}/dist`, { recursive: true, force: true }); // leftovers would be published
await build({
  absWorkingDir: dirname,
  entryPoints: { 'healthlake': 'src/main.ts', 'structure-worker': 'src/structure/structure-worker.ts' },
  outdir: 'dist',
  bundle: true,
  packages: 'external',
  platform: 'node',
  target: 'node20',
  banner: { js: '#!/usr/bin/env node' },
});
