import { DataSetCheck, type CheckResult } from '../../src/check/data-set-check';

/** Checks files with these contents, in pieces of this size. */
export function check(files: Record<string, string | Buffer>, { pieceSize = 1000, first }: { pieceSize?: number; first?: number } = {}): CheckResult {
  const dataSet = new DataSetCheck({ first });
  for (const [name, content] of Object.entries(files)) {
    const file = dataSet.file(name);
    const bytes = Buffer.from(content);
    for (let at = 0; at < bytes.length; at += pieceSize) {
      file.push(bytes.subarray(at, at + pieceSize));
    }
    file.end();
  }
  return dataSet.result();
}

/** Returns each finding of a result as its code, place and value. */
export function findingsOf({ problems }: CheckResult): string[] {
  return problems.flatMap(({ first }) => first.map(({ code, place, other, value }) => [code, ...[place, other].flatMap((at) => at ? `${at.file}:${at.line ?? ''}` : []), value]
    .filter((part) => part !== undefined).join(' ')));
}

/** Returns a resource as a line without a newline. */
export function resource(resourceType: string, id: string, more: object = {}): string {
  return JSON.stringify({ resourceType, id, ...more });
}
