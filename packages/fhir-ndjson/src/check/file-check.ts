import { isUtf8 } from 'node:buffer';
import { judgeLine, type JudgedLine } from './line';
import { MultiLineValues } from './multi-line';
import type { ProblemCode } from './problems';
import { visitReference, type ReferenceVisitor } from './references';
import type { ResourceScan } from './resource-scan';
import type { FoundResource } from './resource-set';
import { type Line, LineSplitter } from '../lines/line-splitter';

/**
 * The maximum length of a line that is checked: HealthLake's limit for a resource in a request, from the page "Troubleshooting" of its developer guide. The guide
 * says that an import takes Binary resources of up to 164 MB. It documents no limit of imports for other resources.
 */
export const MAX_CHECKED_LENGTH = 5 * 1024 * 1024;

const BUNDLE = 'Bundle';
const BYTE_ORDER_MARK = '\uFEFF';

/** The character that replaces invalid bytes. */
const REPLACEMENT = '\uFFFD';

/** Receives the resources, references and problems of a file. The line is missing if a problem concerns the whole file. */
export interface Listener {
  onResource(resource: FoundResource, line: number): void;
  /** Receives the position in `json` where the content of a string starts. Returns whether this content is a reference `Type/id` and nothing else. */
  onReference(json: Buffer, start: number, line: number): boolean;
  onProblem(code: ProblemCode, line?: number, value?: string): void;
}

/** Checks the lines of a file that arrives in pieces. Keeps at most one line of it in memory. */
export class LinesCheck implements ReferenceVisitor {
  public bytes = 0;
  public lines = 0;
  public rejected = 0;
  private readonly splitter = new LineSplitter(MAX_CHECKED_LENGTH);
  private readonly values = new MultiLineValues((code, line) => this.listener.onProblem(code, line));

  public constructor(private readonly scan: ResourceScan, private readonly listener: Listener) {}

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

  public onTarget(json: Buffer, start: number): boolean {
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
    if (this.scan.find(bytes) && this.scan.type !== BUNDLE && !this.values.isOpen) {
      this.accept(bytes, this.scan);
    } else {
      this.parse(bytes);
    }
  }

  /** Checks a line that is a Bundle, in which the scan found no resource, or that may continue a JSON value of several lines. */
  private parse(bytes: Buffer): void {
    const text = bytes.toString();
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
      this.accept(bytes, parsedResource(judged));
    }
    if (judged.type === BUNDLE) {
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

  private accept(bytes: Buffer, resource: FoundResource): void {
    this.listener.onResource(resource, this.lines);
    if (resource.type === BUNDLE) {
      return; // the targets of references in its entries are often in the Bundle
    }
    for (const start of this.scan.references) {
      visitReference(bytes, start, this);
    }
  }

  private report(code: ProblemCode, value?: string): void {
    this.listener.onProblem(code, this.lines, value);
  }
}

function parsedResource({ type, id }: JudgedLine): FoundResource {
  return { type: type!, id: id!, json: Buffer.from(`${type}"${id}"`), typeStart: 0, idStart: type!.length + 1 };
}

function judge(bytes: Buffer, json: string, isPart: boolean): JudgedLine {
  if (json.includes(REPLACEMENT) && !isUtf8(bytes)) {
    return { rejected: 'invalid-utf8' };
  }
  const isWhole = !isPart || /^\s*\{/.test(json) && json.trimEnd().endsWith('}');
  return isWhole ? judgeLine(json) : { rejected: 'not-json' }; // such a line can't be an object, and a JSON.parse that throws is slow
}
