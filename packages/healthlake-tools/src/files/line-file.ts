import { closeSync, mkdirSync, openSync, writevSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { ToolError } from '../cli/errors';

/** The number of bytes that are kept in memory before they are written. */
const MAX_PENDING = 1024 * 1024;

const NEWLINE = Buffer.from('\n');

/** A new file that is written line by line. */
export class LineFile {
  private readonly path: string;
  private readonly descriptor: number;
  private pending: Buffer[] = [];
  private pendingBytes = 0;

  /**
   * Creates the file with its subfolders.
   *
   * @throws if the file exists, or its name leads out of the folder
   */
  public constructor(folder: string, name: string) {
    if (name.split('/').some((part) => ['', '.', '..'].includes(part))) {
      throw new ToolError(`${name} can't be the name of a file: rename it`);
    }
    this.path = join(folder, name);
    mkdirSync(dirname(this.path), { recursive: true });
    this.descriptor = openSync(this.path, 'wx');
  }

  /** Writes a line and a newline. */
  public write(line: string | Buffer): void {
    const bytes = typeof line === 'string' ? Buffer.from(line) : line;
    this.pending.push(bytes, NEWLINE);
    this.pendingBytes += bytes.length + 1;
    if (this.pendingBytes > MAX_PENDING) {
      this.flush();
    }
  }

  public close(): void {
    this.flush();
    closeSync(this.descriptor);
  }

  private flush(): void {
    const bytes = Buffer.concat(this.pending);
    this.pending = [];
    this.pendingBytes = 0;
    try {
      for (let at = 0; at < bytes.length;) {
        at += writevSync(this.descriptor, [bytes.subarray(at)]);
      }
    } catch (error) {
      throw Object.assign(error as NodeJS.ErrnoException, { path: this.path }); // the error of a full disk has no path
    }
  }
}
