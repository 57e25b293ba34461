import { PutObjectCommand, type S3Client } from '@aws-sdk/client-s3';
import { type Encryption, readText, type ResultsLocation } from './objects';
import { describeError } from '../../aws/errors';
import { BUDGETS } from '../../budgets';

const MAX_REPORT_BYTES = 16 * 1024 * 1024;

/**
 * Reads the report that an earlier invocation wrote beside the results. Returns undefined if the object can't be read or is not valid, so that the caller
 * creates a new report.
 */
export async function readExisting<T>(s3: S3Client, { bucket, prefix }: ResultsLocation, name: string, parse: (json: string) => T | undefined,
  abortSignal: AbortSignal): Promise<T | undefined> {
  try {
    const { text } = await readText(s3, bucket, prefix + name, MAX_REPORT_BYTES, abortSignal);
    return parse(text);
  } catch {
    return undefined;
  }
}

/**
 * Writes a report beside the results. The report has the encryption of the results, because the report role can use no other key. Returns the reason if the
 * report could not be written.
 *
 * @param own names that the reason may contain
 */
export async function writeReport(s3: S3Client, { bucket, prefix }: ResultsLocation, name: string, document: object, encryption: Encryption,
  own: readonly string[]): Promise<string | undefined> {
  const input = { Bucket: bucket, Key: prefix + name, Body: JSON.stringify(document), ContentType: 'application/json', ...encryption };
  try {
    await s3.send(new PutObjectCommand(input), { abortSignal: AbortSignal.timeout(BUDGETS.report.afterListingMs) });
    return undefined;
  } catch (error) {
    return `the report could not be written: ${describeError(error, own)}`;
  }
}
