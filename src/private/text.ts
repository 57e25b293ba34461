import { Token } from 'aws-cdk-lib';

/** A number as the string that the wire carries; a token stays one. */
export function text(value: number): string {
  return Token.isUnresolved(value) ? Token.asString(value) : String(value);
}

/** What IAM accepts as the description of a role: construct ids may have other characters. */
export function roleDescription(description: string): string {
  return description.replace(/[^\x20-\x7e\xa1-\xff]/g, '?').slice(0, 1000);
}

/** What CloudWatch, and aws-cdk-lib with it, accepts as the value of a dimension. Of a path that is too long, the end tells more. */
export function dimensionValue(value: string): string {
  return value.replace(/[^\x20-\x7e]/g, '?').slice(-255);
}
