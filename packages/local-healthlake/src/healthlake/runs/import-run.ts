import type { S3Client } from '@aws-sdk/client-s3';
import { isMissing, jobFailure } from '../failures';
import { failureLine, manifestObject, manifestOf, outputObject, successLine } from './import-output';
import { ImportTally } from './import-tally';
import { linesOf } from './ndjson';
import { Pacer } from './pacer';
import { pathBelow, s3Uri, type S3Location } from './s3-location';
import { listObjects, openObject, putObject, type ListedObject } from './s3-objects';
import type { ImportJob } from '../jobs/job';
import type { Clock } from '../ports';
import { isRejected, judgeLine } from './resource-rules';
import type { ResourceStore } from '../datastores/resource-store';
import type { JobJournal } from '../jobs/job-journal';
import { JobFailure } from '../jobs/job-message';

const EXTENSION = '.ndjson';

/** What the run of a job works with. */
export interface RunContext {
  readonly clock: Clock;
  readonly journal: JobJournal;
  readonly resources: ResourceStore;
  readonly s3: S3Client;
  readonly signal: AbortSignal;
}

/**
 * One run of an import job: every `.ndjson` object under the prefix, line by line, with the data access role's rights.
 * Other objects, those with the extension in another case and empty ones are ignored. AWS doesn't say what a job without input
 * files ends as: here it FAILS, with a message. A job that fails midway leaves the output of the files it has read, and no manifest.
 */
export class ImportRun {
  private readonly tally = new ImportTally();
  private readonly pacer: Pacer;
  private bytesRead = 0;

  public constructor(private readonly job: ImportJob, private readonly context: RunContext) {
    this.pacer = new Pacer(context.clock, job.pace, context.signal);
  }

  /** Rejects with a `JobFailure` if the job can't go on. */
  public async run(): Promise<'COMPLETED' | 'COMPLETED_WITH_ERRORS'> {
    this.publish();
    const files = await this.scan();
    for (const file of files) {
      await this.importFile(file);
    }
    await this.write(manifestObject(this.job), manifestOf(this.job, this.tally));
    return this.tally.hasErrors ? 'COMPLETED_WITH_ERRORS' : 'COMPLETED';
  }

  private async scan(): Promise<ListedObject[]> {
    const { input } = this.job;
    const files: ListedObject[] = [];
    try {
      for await (const object of listObjects(this.context.s3, input, this.context.signal)) {
        if (object.key.endsWith(EXTENSION) && object.size > 0) {
          files.push(object);
        }
      }
    } catch (error) {
      throw this.failure('list the input data at', s3Uri(input), error);
    }
    if (files.length === 0) {
      throw new JobFailure(`No ${EXTENSION} files were found at ${s3Uri(input)}`);
    }
    this.tally.filesScanned = files.length;
    this.tally.bytesScanned = files.reduce((sum, file) => sum + file.size, 0);
    this.publish();
    return files;
  }

  private async importFile(file: ListedObject): Promise<void> {
    const successes: string[] = [];
    const failures: string[] = [];
    const bytesBefore = this.bytesRead;
    const read = await this.readLines(file, async (line, lineId) => {
      this.bytesRead = Math.min(this.bytesRead + line.length + 1, bytesBefore + file.size);
      this.importLine(line, lineId, successes, failures);
      const paused = await this.pacer.reach(this.tally.resourcesScanned, this.bytesRead / this.tally.bytesScanned);
      if (paused) {
        this.publish();
      }
    });
    if (read) {
      this.tally.filesRead += 1;
    } else {
      this.tally.filesUnreadable += 1;
    }
    this.bytesRead = bytesBefore + file.size;
    const path = pathBelow(this.job.input.key, file.key);
    if (successes.length > 0) {
      await this.write(outputObject(this.job, 'SUCCESS', path), lines(successes));
    }
    if (failures.length > 0) {
      await this.write(outputObject(this.job, 'FAILURE', path), lines(failures));
    }
    this.publish();
  }

  private importLine(line: Buffer, lineId: number, successes: string[], failures: string[]): void {
    const judged = judgeLine(line.toString('utf8'));
    this.tally.resourcesScanned += 1;
    if (isRejected(judged)) {
      this.tally.resourcesRejected += 1;
      failures.push(failureLine(lineId, judged));
      return;
    }
    const stored = this.context.resources.upsert({ ...judged, lastUpdated: this.context.clock.now() });
    this.tally.resourcesImported += 1;
    this.tally.bytesImported += line.length;
    successes.push(successLine(lineId, stored));
  }

  /** An object that has vanished since it was listed is the customer's error; without access the job can't go on. */
  private async readLines(file: ListedObject, onLine: (line: Buffer, lineId: number) => Promise<void>): Promise<boolean> {
    const object = { bucket: this.job.input.bucket, key: file.key };
    let lineId = 0;
    try {
      const stream = await openObject(this.context.s3, object, this.context.signal);
      try {
        for await (const line of linesOf(stream)) {
          await onLine(line, lineId += 1);
        }
      } finally {
        stream.destroy();
      }
      return true;
    } catch (error) {
      if (isMissing(error)) {
        return false;
      }
      throw this.failure('read the input file', s3Uri(object), error);
    }
  }

  private async write(object: S3Location, body: string): Promise<void> {
    try {
      await putObject(this.context.s3, object, body, this.job.output.kmsKeyId, this.context.signal);
    } catch (error) {
      throw this.failure('write the output file', s3Uri(object), error);
    }
  }

  private failure(attempt: string, uri: string, error: unknown): unknown {
    return jobFailure(`HealthLake could not ${attempt} ${uri}`, error);
  }

  private publish(): void {
    this.context.journal.progress(this.job, this.tally.report(this.pacer.elapsedMs()));
  }
}

function lines(entries: readonly string[]): string {
  return entries.map((entry) => `${entry}\n`).join('');
}
