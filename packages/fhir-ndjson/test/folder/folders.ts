import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

const folders = mkdtempSync(join(tmpdir(), 'fhir-ndjson-'));
afterAll(() => rmSync(folders, { recursive: true, force: true }));

/** Creates a folder with files. It is removed after the tests. */
export function folderWith(files: Readonly<Record<string, string | Buffer>> = {}): string {
  const folder = mkdtempSync(join(folders, 'folder-'));
  writeInto(folder, files);
  return folder;
}

export function writeInto(folder: string, files: Readonly<Record<string, string | Buffer>>): void {
  for (const [name, content] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), content);
  }
}

/** Returns a line with a patient. */
export function patient(id: string): string {
  return `{"resourceType":"Patient","id":"${id}"}\n`;
}
