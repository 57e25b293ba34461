import type { SourceFile } from './list';
import type { ContentKind, FolderProblem } from './prepared-folder';
import { describeAll, describePlace, FIRST, problemOfCheck, problemOfObstacle } from './problems';
import { both, ContentHash, type FileReceiver, type Receiver } from './receivers';
import { DataSetCheck } from '../check/data-set-check';
import { type ChangePlace, CHANGES, type ChangeSummary } from '../convert/changes';
import { convert, type ConvertResult } from '../convert/convert';
import { isConvertible } from '../convert/input';

/** The number of characters at which lines are sent as one piece. */
const PIECE_LENGTH = 1024 * 1024;

/** Files with Bundles or other FHIR JSON, which are converted to NDJSON. */
export const BUNDLES: ContentKind = {
  send,
  prepare(files) {
    const check = new DataSetCheck({ first: FIRST });
    const hash = new ContentHash();
    const { changes, files: outputs, resources } = send(files, both(check, hash));
    const reported = changes.filter(({ severity }) => severity !== 'info');
    const inputs = new Map(outputs.map(({ from, to }) => [to, from]));
    const problems = check.result().problems
      .filter(({ code }) => code !== 'no-files' && !reported.some((change) => change.code === code)) // the conversion names the entry of the Bundle
      .map((summary) => problemOfCheck(summary, ({ file, line }) => `${inputs.get(file)} resource ${line}`));
    if (resources === 0 && !reported.some(({ severity }) => severity === 'error')) {
      problems.push(problemOfObstacle('no-data', ['']));
    }
    return { ...hash.summary(), problems: [...reported.map(problemOfChange), ...problems] };
  },
};

function send(files: readonly SourceFile[], receiver: Receiver): ConvertResult {
  let open: LinesSender | undefined;
  const result = convert(files.filter(isConvertible), {
    write: (name, line) => {
      if (open?.name !== name) {
        open?.end();
        open = new LinesSender(name, receiver.file(name));
      }
      open.send(line);
    },
  });
  open?.end();
  return result;
}

function problemOfChange({ code, severity, count, first }: ChangeSummary): FolderProblem {
  const { text, remedy } = CHANGES[code];
  return { code, severity, text, remedy, count, places: describeAll(first, describeChange) };
}

function describeChange({ entry, ...place }: ChangePlace): string {
  return `${describePlace(place)}${entry === undefined ? '' : ` entry ${entry}`}`;
}

/** Joins the lines of a file into pieces. */
class LinesSender {
  private lines: string[] = [];
  private length = 0;

  public constructor(public readonly name: string, private readonly receiver: FileReceiver) {}

  public send(line: string): void {
    this.lines.push(line, '\n');
    this.length += line.length;
    if (this.length >= PIECE_LENGTH) {
      this.flush();
    }
  }

  public end(): void {
    this.flush();
    this.receiver.end();
  }

  private flush(): void {
    this.receiver.push(Buffer.from(this.lines.join('')));
    this.lines = [];
    this.length = 0;
  }
}
