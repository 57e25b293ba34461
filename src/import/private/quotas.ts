import { Size, Token } from 'aws-cdk-lib';
import type { ContractQuotas } from '../../contract';
import { text } from '../../private/text';
import type { ImportQuotas } from '../import-quotas';

const GIGABYTE = 1_000_000_000;

/** Returns the contract property `Quotas`. Throws if a quota is not more than 0, or if `maxFiles` is not a whole number. */
export function renderQuotas({ maxFiles = 10_000, maxFileSize, maxTotalSize }: ImportQuotas = {}): ContractQuotas {
  if (!Token.isUnresolved(maxFiles) && !(Number.isSafeInteger(maxFiles) && maxFiles > 0)) {
    throw new Error(`quotas.maxFiles must be a whole number above 0, got ${maxFiles}; leave it out for the default`);
  }
  return {
    MaxFiles: text(maxFiles),
    MaxFileSizeInGB: gigabytes('maxFileSize', maxFileSize ?? Size.bytes(50 * GIGABYTE)),
    MaxTotalSizeInGB: gigabytes('maxTotalSize', maxTotalSize ?? Size.bytes(5_000 * GIGABYTE)),
  };
}

function gigabytes(name: keyof ImportQuotas, size: Size): string {
  if (size.isUnresolved()) {
    throw new Error(`quotas.${name} must be known at synth, got a token; give the size itself, or leave it out for the default`);
  }
  const bytes = size.toBytes();
  if (!(bytes > 0 && bytes < Infinity)) {
    throw new Error(`quotas.${name} must be a number of bytes above 0, got ${bytes}; leave it out for the default`);
  }
  return String(bytes / GIGABYTE);
}
