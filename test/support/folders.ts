import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

const folders = mkdtempSync(join(tmpdir(), 'fhir-data-'));
afterAll(() => rmSync(folders, { recursive: true, force: true }));

/** Creates a folder with files. It is removed after the tests. */
export function folderWith(files: Readonly<Record<string, string>>): string {
  const folder = mkdtempSync(join(folders, 'folder-'));
  for (const [name, content] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), content);
  }
  return folder;
}

/** Returns a line with a patient. */
export function patient(id: string): string {
  return `{"resourceType":"Patient","id":"${id}"}\n`;
}
