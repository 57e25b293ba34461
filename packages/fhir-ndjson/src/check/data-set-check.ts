import { LinesCheck } from './file-check';
import { Findings, sorted } from './findings';
import type { TablePlace } from './id-table';
import type { ProblemCode } from './problems';
import { ResourceScan } from './resource-scan';
import { ResourceSet } from './resource-set';
import type { CheckResult, FileSummary, Finding, Place, ProblemSummary } from './result';

export type { CheckResult, FileSummary, Finding, Place, ProblemSummary } from './result';

/** The only extension of file names that HealthLake imports. */
const EXTENSION = '.ndjson';

/** The problems that concern a whole file. Each of them is reported once for a file. */
const OF_FILES: readonly ProblemCode[] = ['pretty-printed', 'array'];

const DEFAULT_FIRST = 10;

/** Returns whether HealthLake imports a file of this name. It ignores all other files. */
export function isImported(name: string): boolean {
  return name.endsWith(EXTENSION);
}

/** Receives a file of the data set. */
export interface FileCheck {
  /** Whether HealthLake ignores the file. If so, its content need not be pushed. */
  readonly isIgnored: boolean;
  /** Receives the next piece of the file. The caller must not change the piece afterwards. */
  push(piece: Buffer): void;
  /** Ends the file. */
  end(): void;
}

/**
 * Checks the files of a data set before their import. Its memory doesn't depend on the size of the files, except for 21 to 43 bytes for each resource and each
 * target of references, and up to 64 bytes while the table of ids grows.
 */
export class DataSetCheck {
  private readonly first: number;
  private readonly findings: Findings;
  private readonly resources = new ResourceSet();
  /** One scan for all files, because it keeps the last line in memory. */
  private readonly scan = new ResourceScan();
  private readonly types = new Map<string, number>();
  private readonly files: { readonly name: string; readonly lines?: LinesCheck }[] = [];

  /** @param options `first` is the number of findings that are kept for each problem. */
  public constructor({ first = DEFAULT_FIRST }: { readonly first?: number } = {}) {
    this.first = first;
    this.findings = new Findings(first);
  }

  /** Begins a file. The name may contain folders. */
  public file(name: string): FileCheck {
    const problems = new Set<ProblemCode>();
    const find = (finding: Finding): void => {
      const isNew = !problems.has(finding.code);
      problems.add(finding.code);
      if (isNew || !OF_FILES.includes(finding.code)) {
        this.findings.add(finding, isNew);
      }
    };
    if (!isImported(name)) {
      this.files.push({ name });
      find({ code: 'ignored-file', place: { file: name } });
      return { isIgnored: true, push: () => {}, end: () => {} };
    }
    const lines = this.linesCheck(name, this.files.length, find);
    this.files.push({ name, lines });
    return { isIgnored: false, push: (piece) => lines.push(piece), end: () => lines.end() };
  }

  public result(): CheckResult {
    const files = this.files.map(({ name, lines }): FileSummary => ({
      file: name, bytes: lines?.bytes ?? 0, lines: lines?.lines ?? 0, rejected: lines?.rejected ?? 0, isIgnored: !lines,
    }));
    const types = [...this.types].map(([type, count]) => ({ type, count })).sort((a, b) => a.type < b.type ? -1 : 1);
    return {
      files,
      types,
      resources: types.reduce((sum, { count }) => sum + count, 0),
      bytes: files.reduce((sum, { bytes }) => sum + bytes, 0),
      problems: sorted([...this.noFiles(), ...this.findings.summaries(), ...this.missingTargets()]),
    };
  }

  private linesCheck(file: string, index: number, find: (finding: Finding) => void): LinesCheck {
    return new LinesCheck(this.scan, {
      onResource: (resource, line) => {
        const { type, id } = resource;
        this.types.set(type, (this.types.get(type) ?? 0) + 1);
        const earlier = this.resources.add(resource, index, line);
        if (earlier) {
          find({ code: 'repeated-id', place: { file, line }, other: this.placeOf(earlier), value: `${type}/${id}` });
        }
      },
      onReference: (json, start, line) => this.resources.refer(json, start, index, line),
      onProblem: (code, line, value) => find({ code, place: { file, line }, value }),
    });
  }

  private noFiles(): ProblemSummary[] {
    const hasContent = this.files.some(({ lines }) => lines && lines.bytes > 0);
    return hasContent ? [] : [{ code: 'no-files', severity: 'rejected', count: 1, files: 0, first: [] }];
  }

  private missingTargets(): ProblemSummary[] {
    const { count, files, first } = this.resources.missing(this.first);
    const findings = first.map(({ place, target }): Finding => ({
      code: 'missing-target', place: this.placeOf(place), ...(target === undefined ? {} : { value: target }),
    }));
    return count === 0 ? [] : [{ code: 'missing-target', severity: 'info', count, files: files.size, first: findings }];
  }

  private placeOf({ file, line }: TablePlace): Place {
    return { file: this.files[file].name, line };
  }
}
