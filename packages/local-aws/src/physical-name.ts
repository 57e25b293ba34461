import { randomBytes } from 'node:crypto';

/** A name as CloudFormation makes one up: stack, logical id and a random suffix, cut to what the service allows. */
export function physicalName(stackName: string, logicalId: string, maxLength: number): string {
  const suffix = randomSuffix();
  const room = maxLength - suffix.length - 2;
  const stack = stackName.slice(0, Math.max(Math.floor(room / 2), room - logicalId.length));
  return `${stack}-${logicalId.slice(0, room - stack.length)}-${suffix}`;
}

const SUFFIX_ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789';

function randomSuffix(): string {
  return [...randomBytes(12)].map((byte) => SUFFIX_ALPHABET[byte % SUFFIX_ALPHABET.length]).join('');
}
