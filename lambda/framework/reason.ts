/** CloudFormation accepts 4,096 bytes for the whole answer, and the framework adds lines of its own to the reason. */
const MAX_LENGTH = 999;

/** An error whose message becomes CloudFormation's reason. It ends with the log group, because the framework only guesses the group's name. */
export class Failure extends Error {
  public constructor(sentences: readonly string[]) {
    super(toReason([...sentences, `log group: ${process.env.AWS_LAMBDA_LOG_GROUP_NAME}`]));
    this.name = 'FhirImportFailure';
    this.stack = this.message; // the framework appends the lines of the stack to the reason
  }
}

/**
 * Joins sentences to one bounded line of ASCII. Shortens the longest sentences, all to the same length: they quote AWS, and the shorter ones say what to do.
 */
export function toReason(sentences: readonly string[]): string {
  const lines = sentences.map(toLine).filter((line) => line !== '');
  let longest = Math.max(0, ...lines.map(({ length }) => length));
  while (longest > ELLIPSIS.length && joined(lines, longest).length > MAX_LENGTH) {
    longest -= 1;
  }
  return joined(lines, longest).slice(0, MAX_LENGTH);
}

const ELLIPSIS = '...';

function joined(lines: readonly string[], longest: number): string {
  return lines.map((line) => (line.length > longest ? `${line.slice(0, longest - ELLIPSIS.length)}${ELLIPSIS}` : line)).join('; ');
}

function toLine(text: string): string {
  return text.replace(/\s+/g, ' ').replace(/[^\x20-\x7e]/g, '?').trim();
}
