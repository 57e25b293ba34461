import { Token } from 'aws-cdk-lib';

/** Returns a number as a string for the contract. Returns a token for a token. */
export function text(value: number): string {
  return Token.isUnresolved(value) ? Token.asString(value) : String(value);
}

/** Returns the text, reduced to the characters and the length that IAM accepts in the description of a role. */
export function roleDescription(description: string): string {
  return description.replace(/[^\x20-\x7e\xa1-\xff]/g, '?').slice(0, 1000);
}

/**
 * Returns the text, reduced to the characters and the length that CloudWatch accepts in a dimension. If a path is too long, its end is kept, because the end is
 * more specific.
 */
export function dimensionValue(value: string): string {
  return value.replace(/[^\x20-\x7e]/g, '?').slice(-255);
}
