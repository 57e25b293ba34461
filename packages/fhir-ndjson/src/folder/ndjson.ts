import type { SourceFile } from './list';
import type { ContentKind } from './prepared-folder';
import { FIRST, problemOfCheck } from './problems';
import { both, ContentHash, type Receiver } from './receivers';
import { DataSetCheck, isImported } from '../check/data-set-check';
import type { ProblemCode } from '../check/problems';

/** The problems that a conversion mends. */
const CONVERTIBLE: readonly string[] = ['no-files', 'array', 'bundle', 'pretty-printed', 'byte-order-mark', 'blank-line'] satisfies ProblemCode[];

/** NDJSON files, which are uploaded unchanged. */
export const NDJSON: ContentKind = {
  send,
  prepare(files) {
    const check = new DataSetCheck({ first: FIRST });
    files.filter(({ name }) => !isImported(name) && looksLikeData(name)).forEach(({ name }) => check.file(name).end());
    const hash = new ContentHash();
    send(files, both(check, hash));
    const problems = check.result().problems.map((summary) => problemOfCheck(summary));
    return {
      ...hash.summary(),
      problems: problems.map((problem) => CONVERTIBLE.includes(problem.code) ? { ...problem, remedy: `${problem.remedy}, or use FhirSource.bundles()` } : problem),
    };
  },
};

function send(files: readonly SourceFile[], receiver: Receiver): void {
  for (const { name, read } of files.filter((file) => isImported(file.name))) {
    const file = receiver.file(name);
    for (const piece of read()) {
      file.push(piece);
    }
    file.end();
  }
}

/** Returns whether users may expect that a file of this name is imported. */
function looksLikeData(name: string): boolean {
  return /\.(json|jsonl|zip|ndjson.*)(\.gz)?$/i.test(name);
}
