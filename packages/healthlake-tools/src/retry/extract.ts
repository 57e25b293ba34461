import type { S3Client } from '@aws-sdk/client-s3';
import { type FailedFile, type Failure, type Failures, linesOf, readFailures } from './failures';
import { DEFAULT_NUMBERING, isOtherResource, type Numbering, numberingOf, showsNumbering } from './numbering';
import { LineSplitter } from '../../../fhir-ndjson/src/lines/line-splitter';
import { readObject } from '../check/source';
import { LineFile } from '../files/line-file';

/** The number of failed resources of one input file that were written, and of those that were not found. */
export interface ExtractedFile {
  readonly file: string;
  readonly resources: number;
  /** The number of failures without a resource: HealthLake names no line, or the line of the input file is missing or has another resource. */
  readonly notFound: number;
}

/** The suffix of the file with the reasons. HealthLake ignores this file, because its name doesn't end in .ndjson. */
const REASONS_SUFFIX = '.reasons.jsonl';

/** The maximum length of a line that is copied. The largest resource that HealthLake documents is a Binary of 164 MB. */
const MAX_LINE_BYTES = 256 * 1024 * 1024;

/** Writes the failed resources of each file into a folder, with a file of the reasons beside them. */
export async function extractAll(s3: S3Client, files: readonly FailedFile[], folder: string): Promise<ExtractedFile[]> {
  const extracted: ExtractedFile[] = [];
  let numbering: Numbering | undefined;
  for (const file of files) {
    const failures = await readFailures(s3, file.results);
    numbering ??= await findNumbering(s3, file, failures);
    extracted.push(await extract(s3, file, failures, numbering ?? DEFAULT_NUMBERING, folder));
  }
  return extracted;
}

/** Reads the input file until a line shows how HealthLake numbers lines. */
async function findNumbering(s3: S3Client, { input }: FailedFile, failures: Failures): Promise<Numbering | undefined> {
  if (![...failures.byLine.values()].some(showsNumbering)) {
    return undefined;
  }
  let index = 0;
  for await (const { bytes } of inputLines(s3, input)) {
    const numbering = numberingOf(failures, bytes, index++);
    if (numbering !== undefined) {
      return numbering;
    }
  }
  return undefined;
}

async function extract(s3: S3Client, { name, input }: FailedFile, failures: Failures, numbering: Numbering, folder: string): Promise<ExtractedFile> {
  const [resources, reasons] = [new LineFile(folder, name), new LineFile(folder, name + REASONS_SUFFIX)];
  let [index, written] = [0, 0];
  try {
    for await (const { bytes, isTooLong } of inputLines(s3, input)) {
      const inputLine = index + numbering;
      const failure = failures.byLine.get(inputLine);
      index += 1;
      if (failure !== undefined && !isTooLong && !isOtherResource(failure, bytes)) {
        written += 1;
        resources.write(bytes);
        reasons.write(reasonLine(written, inputLine, failure));
      }
    }
  } finally {
    resources.close();
    reasons.close();
  }
  return { file: name, resources: written, notFound: failures.byLine.size + failures.withoutLine - written };
}

function inputLines(s3: S3Client, { bucket, key }: FailedFile['input']): ReturnType<typeof linesOf> {
  return linesOf(readObject(s3, bucket, key), new LineSplitter(MAX_LINE_BYTES));
}

function reasonLine(line: number, inputLine: number, { resourceType, resourceId, issues }: Failure): string {
  return JSON.stringify({ line, inputLine, resourceType, resourceId, reasons: issues });
}
