import { NoSuchKey, type S3Client } from '@aws-sdk/client-s3';
import { failureLine, manifestObject, manifestOf, outputObject, successLine } from './import-output';
import { ImportTally } from './import-tally';
import { Pacer } from './pacer';
import { isRejected, judgeBytes } from './resource-rules';
import { pathBelow, s3Uri, type S3Location } from './s3-location';
import { listObjects, openObject, putObject, type ListedObject } from './s3-objects';
import { type Line, LineSplitter } from '../../../../fhir-ndjson/src/lines/line-splitter';
import type { ResourceStore } from '../datastores/resource-store';
import { jobFailure, JobFailure } from '../failures';
import type { Job } from '../jobs/job';
import type { JobJournal } from '../jobs/job-journal';
import type { Clock } from '../ports';

const EXTENSION = '.ndjson';

/** The state that a running job uses. `s3` has the permissions of the data access role. */
export interface RunContext {
  readonly clock: Clock;
  readonly journal: JobJournal;
  readonly resources: ResourceStore;
  readonly s3: S3Client;
  readonly signal: AbortSignal;
}

/**
 * Runs an import job: reads every `.ndjson` object below the prefix, line by line. Ignores empty objects and objects with another file name
 * extension, even `.NDJSON`. A job without input files fails; AWS doesn't document this case. A job that fails midway writes no manifest, but keeps
 * the output of the files that it has read.
 */
export class ImportRun {
  private readonly tally = new ImportTally();
  private readonly pacer: Pacer;
  private bytesRead = 0;

  public constructor(private readonly job: Job, private readonly input: S3Location, private readonly context: RunContext) {
    this.pacer = new Pacer(context.clock, job.pace, context.signal);
  }

  /** Imports all input files and writes the manifest. Rejects with a `JobFailure` if the job must fail. */
  public async run(): Promise<'COMPLETED' | 'COMPLETED_WITH_ERRORS'> {
    this.publish();
    for (const file of await this.scan()) {
      await this.importFile(file);
    }
    await this.write(manifestObject(this.job), manifestOf(this.job, this.input, this.tally));
    return this.tally.hasErrors ? 'COMPLETED_WITH_ERRORS' : 'COMPLETED';
  }

  private async scan(): Promise<ListedObject[]> {
    const files: ListedObject[] = [];
    try {
      for await (const object of listObjects(this.context.s3, this.input, this.context.signal)) {
        if (object.key.endsWith(EXTENSION) && object.size > 0) {
          files.push(object);
        }
      }
    } catch (error) {
      throw jobFailure(`HealthLake could not list the input data at ${s3Uri(this.input)}`, error);
    }
    if (files.length === 0) {
      throw new JobFailure(`No ${EXTENSION} files were found at ${s3Uri(this.input)}`);
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
    const isRead = await this.readLines(file, async (line, lineId) => {
      this.bytesRead = Math.min(this.bytesRead + line.length + 1, bytesBefore + file.size);
      this.importLine(line, lineId, successes, failures);
      if (await this.pacer.reach(this.tally.resourcesScanned, this.bytesRead / this.tally.bytesScanned)) {
        this.publish();
      }
    });
    this.tally[isRead ? 'filesRead' : 'filesUnreadable'] += 1;
    this.bytesRead = bytesBefore + file.size;
    const path = pathBelow(this.input.key, file.key);
    for (const [folder, lines] of [['SUCCESS', successes], ['FAILURE', failures]] as const) {
      if (lines.length > 0) {
        await this.write(outputObject(this.job, folder, path), lines.map((line) => `${line}\n`).join(''));
      }
    }
    this.publish();
  }

  private importLine(line: Buffer, lineId: number, successes: string[], failures: string[]): void {
    const judged = judgeBytes(line);
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

  /** Reads an object line by line. Returns false if the object was deleted after the listing. Rejects with a `JobFailure` if access is denied. */
  private async readLines(file: ListedObject, onLine: (line: Buffer, lineId: number) => Promise<void>): Promise<boolean> {
    const object = { bucket: this.input.bucket, key: file.key };
    const splitter = new LineSplitter(Infinity);
    let lineId = 0;
    const onLines = async (lines: Iterable<Line>): Promise<void> => {
      for (const { bytes } of lines) {
        await onLine(bytes, lineId += 1);
      }
    };
    try {
      const stream = await openObject(this.context.s3, object, this.context.signal);
      try {
        for await (const piece of stream) {
          await onLines(splitter.push(piece));
        }
        await onLines(splitter.end());
      } finally {
        stream.destroy();
      }
      return true;
    } catch (error) {
      if (error instanceof NoSuchKey) {
        return false;
      }
      throw jobFailure(`HealthLake could not read the input file ${s3Uri(object)}`, error);
    }
  }

  private async write(object: S3Location, body: string): Promise<void> {
    try {
      await putObject(this.context.s3, object, body, this.job.output.kmsKeyId, this.context.signal);
    } catch (error) {
      throw jobFailure(`HealthLake could not write the output file ${s3Uri(object)}`, error);
    }
  }

  private publish(): void {
    this.context.journal.progress(this.job, this.tally.report(this.pacer.elapsedMs()));
  }
}
