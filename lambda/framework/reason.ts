import { describeError } from '../aws/errors';

/** The maximum length of a failure reason. CloudFormation accepts a response of up to 4,096 bytes, and the framework adds lines to the failure reason. */
const MAX_LENGTH = 999;

/**
 * An error whose message becomes the failure reason that CloudFormation shows. The message ends with the name of the handler's log group, because the
 * framework adds only the name of the default log group.
 */
export class Failure extends Error {
  public constructor(sentences: readonly string[]) {
    super(toReason([...sentences, `log group: ${process.env.AWS_LAMBDA_LOG_GROUP_NAME}`]));
    this.name = 'FhirJobFailure';
    this.stack = this.message; // the framework appends the stack trace to the reason, so this error has none
  }
}

/**
 * Returns any error as a `Failure`, without words that may be patient data.
 *
 * @param own names of the deployed resources, which may be shown
 */
export function toFailure(error: unknown, own: readonly string[]): Failure {
  return error instanceof Failure ? error : new Failure([`failed with ${describeError(error, own)}`]);
}

/**
 * Joins sentences into one line of ASCII with at most `MAX_LENGTH` characters. If the line is too long, cuts the longest sentences, which quote AWS.
 * The shorter sentences say what to do.
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
