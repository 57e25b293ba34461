// Runs the demo. This file is JavaScript, because tsx, which loads the TypeScript, fails without a writable temporary folder.
import { mkdtempSync, rmdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

function refusal() {
  try {
    rmdirSync(mkdtempSync(join(tmpdir(), 'fhir-import-demo-')));
    return undefined;
  } catch ({ code }) {
    return `cannot write to the temporary folder ${tmpdir()} (${code}), set TMPDIR to a folder that can be written`;
  }
}

const reason = refusal();
if (reason === undefined) {
  await import('tsx');
  await import('./main.ts');
} else {
  console.error(reason);
  process.exitCode = 1;
}
