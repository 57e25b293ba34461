import type { S3Client } from '@aws-sdk/client-s3';
import type { ReportDocument } from '../../../../lambda/report/document/document';
import { type Issue, readResultLine } from '../../../../lambda/report/read/result-line';
import { type Line, LineSplitter } from '../../../fhir-ndjson/src/lines/line-splitter';
import { listObjects } from '../aws/objects';
import { parseS3Uri, type S3Location } from '../aws/s3-uri';
import { readObject } from '../check/source';

/** The failed resources of one input file. */
export interface FailedFile {
  /** The path below the folder of the input. */
  readonly name: string;
  readonly input: S3Location;
  /** The object in FAILURE/. */
  readonly results: S3Location;
}

/** HealthLake's results for one line of an input file. The texts of the issues may be patient data. */
export interface Failure {
  readonly resourceType?: string;
  readonly resourceId?: string;
  readonly issues: readonly Issue[];
}

/** The failures of one input file, by the number that HealthLake gives to the line. */
export interface Failures {
  readonly byLine: ReadonlyMap<number, Failure>;
  /** The number of results that name no line. */
  readonly withoutLine: number;
}

const FOLDER = 'FAILURE/';

/** Lists the input files of a job that have failed resources. Each file in FAILURE/ has the name of its input file. */
export async function listFailedFiles(s3: S3Client, { job }: ReportDocument): Promise<FailedFile[]> {
  const [input, output] = [parseS3Uri(job.input), parseS3Uri(job.output)];
  const inputFolder = input.key.slice(0, input.key.lastIndexOf('/') + 1);
  const prefix = output.key + FOLDER;
  const objects = await listObjects(s3, { bucket: output.bucket, key: prefix });
  return objects.filter(({ size }) => size > 0).map(({ key }) => {
    const name = key.slice(prefix.length);
    return { name, input: { bucket: input.bucket, key: inputFolder + name }, results: { bucket: output.bucket, key } };
  });
}

/** Reads a file of FAILURE/. */
export async function readFailures(s3: S3Client, { bucket, key }: S3Location): Promise<Failures> {
  const byLine = new Map<number, Failure>();
  let withoutLine = 0;
  for await (const { bytes } of linesOf(readObject(s3, bucket, key), new LineSplitter())) {
    const text = bytes.toString('utf8');
    if (text.trim() === '') {
      continue;
    }
    const { lineId, ...failure } = readResultLine(text);
    if (lineId === undefined) {
      withoutLine += 1;
    } else {
      byLine.set(lineId, { ...failure, issues: [...byLine.get(lineId)?.issues ?? [], ...failure.issues] });
    }
  }
  return { byLine, withoutLine };
}

/** Yields the lines of a file that arrives in pieces. */
export async function* linesOf(pieces: AsyncIterable<Buffer>, splitter: LineSplitter): AsyncGenerator<Line> {
  for await (const piece of pieces) {
    yield* splitter.push(piece);
  }
  yield* splitter.end();
}
