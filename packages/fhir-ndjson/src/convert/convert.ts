import { createHash } from 'node:crypto';
import { ChangeLog, type ChangePlace, type ChangeSummary, type Log } from './changes';
import { DataSet, FilesChangedError } from './data-set';
import { DocumentReader } from './documents';
import { contentOf, type InputFile } from './input';
import { withoutSpace } from './json-text';
import { outputNames } from './output-names';
import { withLiteralReferences } from './references';
import { referenceTo, resourcesOf, type Found } from './unwrap';

/** Receives the lines of the converted files, one file after the other. */
export interface Output {
  /** Receives the next line of a file, without its newline. */
  write(file: string, line: string): void;
}

export interface ConvertResult {
  /** The input files in the order in which they are converted. An output file without resources is not written. */
  readonly files: readonly { readonly from: string; readonly to: string; readonly resources: number }[];
  /** The number of resources in all output files. */
  readonly resources: number;
  readonly changes: readonly ChangeSummary[];
}

/** An occurrence of a resource that has repeats. */
interface Occurrence {
  readonly id: string;
  readonly place: ChangePlace;
  readonly hash: string;
  readonly isKept: boolean;
}

const SILENT: Log = () => {};

/**
 * Converts files with FHIR resources to NDJSON that HealthLake can import. Reads the files twice: first to index the resources, then to write them. Keeps
 * one document, or an unpacked gzip file, and the index in memory. The result doesn't depend on the order of the input files.
 */
export function convert(files: readonly InputFile[], output: Output): ConvertResult {
  const sorted = [...files].sort((a, b) => a.name < b.name ? -1 : 1);
  const names = outputNames(sorted.map(({ name }) => name));
  const log = new ChangeLog();
  const dataSet = new DataSet();
  for (const file of sorted) {
    for (const found of resourcesIn(file, log.add)) {
      dataSet.add(found, log.add);
    }
  }
  const repeats = new Map<string, Occurrence[]>();
  let position = 0;
  const written = sorted.map(({ name: from }, index) => {
    const to = names.get(from) ?? from;
    let resources = 0;
    for (const found of resourcesIn(sorted[index], SILENT)) {
      const kept = dataSet.kept(found);
      const isKept = kept.position === position;
      const line = withLiteralReferences(found, dataSet, isKept ? log.add : SILENT);
      if (kept.isRepeated) {
        const key = referenceTo(found);
        const occurrences = repeats.get(key) ?? [];
        repeats.set(key, occurrences);
        occurrences.push(occurrenceOf(found, line, isKept));
      }
      if (isKept) {
        output.write(to, line);
        resources += 1;
      }
      position += 1;
    }
    return { from, to, resources };
  });
  const total = written.reduce((sum, { resources }) => sum + resources, 0);
  if (total !== dataSet.size) {
    throw new FilesChangedError();
  }
  reportRepeats(repeats.values(), log.add);
  return { files: written, resources: total, changes: log.summaries() };
}

function* resourcesIn(file: InputFile, log: Log): Generator<Found> {
  if (file.size === 0) {
    log('no-resources', { file: file.name });
  }
  for (const document of new DocumentReader(file.name, log).read(contentOf(file, log))) {
    yield* resourcesOf(document, file.name, log);
  }
}

function occurrenceOf({ id, place }: Found, line: string, isKept: boolean): Occurrence {
  return { id, place, isKept, hash: createHash('sha256').update(withoutSpace(line)).digest('base64') };
}

function reportRepeats(repeats: Iterable<readonly Occurrence[]>, log: Log): void {
  for (const occurrences of repeats) {
    const kept = occurrences.find(({ isKept }) => isKept);
    for (const { id, place, hash, isKept } of occurrences) {
      if (!isKept) {
        log(hash === kept?.hash ? 'repeat' : 'repeat-differs', place, { other: kept?.place, value: id });
      }
    }
  }
}
