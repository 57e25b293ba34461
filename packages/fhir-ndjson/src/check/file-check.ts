import { isUtf8 } from 'node:buffer';
import { judgeLine, type JudgedLine } from './line';
import { MultiLineValues } from './multi-line';
import type { ProblemCode } from './problems';
import { visitReferences, type ReferenceVisitor } from './references';
import { type Line, LineSplitter } from '../lines/line-splitter';

/**
 * The maximum length of a line that is checked: HealthLake's limit for a resource in a request, from the page "Troubleshooting" of its developer guide. The guide
 * says that an import takes Binary resources of up to 164 MB. It documents no limit of imports for other resources.
 */
export const MAX_CHECKED_LENGTH = 5 * 1024 * 1024;

const BYTE_ORDER_MARK = '\uFEFF';

/** The character that replaces invalid bytes. */
const REPLACEMENT = '\uFFFD';

/** Receives the resources, references and problems of a file. The line is missing if a problem concerns the whole file. */
export interface Listener {
  onResource(type: string, id: string, line: number): void;
  /** Receives the position in `json` where the content of a string starts. Returns whether this content is a reference `Type/id` and nothing else. */
  onReference(json: string, start: number, line: number): boolean;
  onProblem(code: ProblemCode, line?: number, value?: string): void;
}

/** Checks the lines of a file that arrives in pieces. Keeps at most one line of it in memory. */
export class LinesCheck implements ReferenceVisitor {
  public bytes = 0;
  public lines = 0;
  public rejected = 0;
  private readonly splitter = new LineSplitter(MAX_CHECKED_LENGTH);
  private readonly values = new MultiLineValues((code, line) => this.listener.onProblem(code, line));

  public constructor(private readonly listener: Listener) {}

  public push(piece: Buffer): void {
    this.bytes += piece.length;
    this.checkAll(this.splitter.push(piece));
  }

  public end(): void {
    this.checkAll(this.splitter.end());
    this.values.end();
    if (this.bytes === 0) {
      this.listener.onProblem('empty-file');
    }
  }

  public onTarget(json: string, start: number): boolean {
    return this.listener.onReference(json, start, this.lines);
  }

  public onOther(reference: string): void {
    if (/^[A-Za-z]+\?/.test(reference)) {
      this.report('conditional-reference', reference);
    } else if (reference.startsWith('urn:')) {
      this.report('urn-reference', reference);
    }
  }

  private checkAll(lines: Iterable<Line>): void {
    for (const { bytes, isTooLong } of lines) {
      this.lines += 1;
      if (isTooLong) {
        this.report('line-too-long');
      } else {
        this.check(bytes);
      }
    }
  }

  private check(bytes: Buffer): void {
    const text = bytes.toString('utf8');
    const isMarked = text.startsWith(BYTE_ORDER_MARK);
    const json = isMarked ? text.slice(1) : text;
    if (isMarked) {
      this.report('byte-order-mark');
    }
    const isPart = this.values.continues(json);
    const judged = judge(bytes, json, isPart);
    if (isMarked || judged.rejected) {
      this.rejected += 1;
    } else {
      this.accept(json, judged);
    }
    if (judged.type === 'Bundle') {
      this.report('bundle');
    }
    if (judged.rejected && !this.isReportedWithOthers(json, judged.rejected, isPart)) {
      this.report(judged.rejected, judged.rejected === 'unsupported-type' ? judged.type : judged.id);
    }
  }

  /** Returns whether the finding of another line covers this line: a pretty-printed resource is one finding. */
  private isReportedWithOthers(json: string, rejected: ProblemCode, isPart: boolean): boolean {
    return rejected !== 'invalid-utf8' && (isPart || (rejected === 'not-json' && this.values.opens(json, this.lines)));
  }

  private accept(json: string, { type, id }: JudgedLine): void {
    this.listener.onResource(type!, id!, this.lines);
    if (type === 'Bundle') {
      return; // the targets of references in its entries are often in the Bundle
    }
    visitReferences(json, this);
  }

  private report(code: ProblemCode, value?: string): void {
    this.listener.onProblem(code, this.lines, value);
  }
}

function judge(bytes: Buffer, json: string, isPart: boolean): JudgedLine {
  if (json.includes(REPLACEMENT) && !isUtf8(bytes)) {
    return { rejected: 'invalid-utf8' };
  }
  const isWhole = !isPart || /^\s*\{/.test(json) && json.trimEnd().endsWith('}');
  return isWhole ? judgeLine(json) : { rejected: 'not-json' }; // such a line can't be an object, and a JSON.parse that throws is slow
}
