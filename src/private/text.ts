import { Token } from 'aws-cdk-lib';

/** Returns a number as a contract string. A token stays a token. */
export function text(value: number): string {
  return Token.isUnresolved(value) ? Token.asString(value) : String(value);
}

/** Returns the text with the characters and the length that IAM accepts in the description of a role. */
export function roleDescription(description: string): string {
  return description.replace(/[^\x20-\x7e\xa1-\xff]/g, '?').slice(0, 1000);
}

/** Returns the text with the characters and the length that CloudWatch accepts in a dimension. Keeps the end of a long path, which says more. */
export function dimensionValue(value: string): string {
  return value.replace(/[^\x20-\x7e]/g, '?').slice(-255);
}
