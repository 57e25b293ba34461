import type { LogSink } from '../../contract';

/** Where functions write: a `LogSink` whose groups are made when they are needed. */
export interface FunctionLogSink extends LogSink {
  hasGroup(logGroup: string): boolean;
  createGroup(logGroup: string): void;
}

/**
 * The log stream of one execution environment. Lines that the function's role may not write are dropped without an error,
 * as in AWS, but counted.
 */
export class FunctionLog {
  private permission: Promise<boolean>;
  private written: Promise<void> = Promise.resolve();

  public constructor(
    private readonly sink: LogSink,
    private readonly logGroup: string,
    private readonly stream: string,
    private readonly open: () => Promise<boolean>,
    private readonly onDrop: () => void,
  ) {
    this.permission = open();
  }

  /** Asks again for the permission: policies change while an environment is warm. */
  public begin(): void {
    this.permission = this.open();
  }

  public write(line: string): void {
    const { permission } = this;
    this.written = this.written.then(async () => {
      if (await permission) {
        this.sink.write(this.logGroup, this.stream, line);
      } else {
        this.onDrop();
      }
    });
  }

  /** Resolves when every line so far has been written or dropped. */
  public async flush(): Promise<void> {
    await this.written;
  }
}
