import type { JobEvent } from '../../../local-healthlake/src/healthlake/jobs/job-journal';

const WIDTH = 30;

/** Returns a line of text that shows the progress of an import job. */
function progressLine({ jobId, status, progress = {} }: JobEvent, resourcesExpected: number): string {
  const scanned = progress.TotalNumberOfResourcesScanned ?? 0;
  const done = status.startsWith('COMPLETED') ? 1 : Math.min(1, scanned / Math.max(1, resourcesExpected));
  const filled = Math.round(done * WIDTH);
  return [
    `job ${jobId.slice(0, 8)}`,
    `[${'#'.repeat(filled)}${'-'.repeat(WIDTH - filled)}]`,
    status,
    `files ${progress.TotalNumberOfImportedFiles ?? 0} of ${progress.TotalNumberOfScannedFiles ?? 0}`,
    `resources imported ${progress.TotalNumberOfResourcesImported ?? 0}, scanned ${scanned}`,
    `errors ${progress.TotalNumberOfResourcesWithCustomerError ?? 0}`,
  ].join('  ');
}

/** Shows the progress of import jobs: on a terminal as one line that is overwritten, elsewhere as at most one new line a second. */
export class ProgressBar {
  private last = '';
  private lastWritten = 0;

  public constructor(private readonly out: NodeJS.WriteStream, private readonly resourcesExpected: number) {}

  public show(event: JobEvent): void {
    const line = progressLine(event, this.resourcesExpected);
    const ended = /^(COMPLETED|FAILED|CANCEL_COMPLETED|CANCEL_FAILED)/.test(event.status);
    if (line === this.last || (!this.out.isTTY && !ended && Date.now() - this.lastWritten < 1_000)) {
      return;
    }
    this.out.write(this.out.isTTY ? `\r\x1b[K${line}${ended ? '\n' : ''}` : `${line}\n`);
    this.last = ended ? '' : line;
    this.lastWritten = Date.now();
  }

  /** Clears the progress line, so that other output can be written. */
  public clear(): void {
    if (this.out.isTTY && this.last) {
      this.out.write('\r\x1b[K');
    }
    this.last = '';
  }
}
