/** CloudFormation takes 4,096 bytes for the whole answer; the framework adds a line of its own. */
const MAX_LENGTH = 1000;

/**
 * An error whose message becomes CloudFormation's reason: one line of ASCII, bounded.
 */
export class Failure extends Error {
  public constructor(sentences: readonly string[]) {
    super(toReason(sentences.filter((sentence) => sentence !== '').join('; ')));
    this.name = 'FhirImportFailure';
    this.stack = this.message; // the framework appends the lines of the stack to the reason
  }
}

/** One line of ASCII, bounded. */
export function toReason(text: string): string {
  const line = text.replace(/\s+/g, ' ').replace(/[^\x20-\x7e]/g, '?').trim();
  return line.length <= MAX_LENGTH ? line : `${line.slice(0, MAX_LENGTH - 3)}...`;
}

/**
 * A message of an AWS service as it may be shown: object keys are masked, because they can name patients.
 */
export function maskObjectKeys(text: string): string {
  return text
    .replace(/(s3:\/\/[^/\s"']+\/)[^\s"']+/gi, '$1***')
    .replace(/(arn:[a-z-]+:s3:::[^/\s"']+\/)[^\s"']+/gi, '$1***')
    .replace(/[^\s"'/]+\.ndjson\b/gi, '***.ndjson');
}
