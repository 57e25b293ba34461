// Checks that the temporary folder is writable, and runs the demo. The check is in JavaScript, because tsx needs the temporary folder to load TypeScript.
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
