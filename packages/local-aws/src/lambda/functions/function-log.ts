import type { Logs } from '../../logs/logs';

/** The log stream of one execution environment. If the function's role has no permission to write, lines are dropped silently, as in AWS. */
export class FunctionLog {
  private permission: Promise<boolean>;
  private written: Promise<void> = Promise.resolve();

  public constructor(
    private readonly logs: Pick<Logs, 'write'>, private readonly logGroup: string, private readonly stream: string,
    private readonly open: () => Promise<boolean>,
  ) {
    this.permission = open();
  }

  /** Checks the function's permission to write again, because policies can change while an environment is warm. */
  public begin(): void {
    this.permission = this.open();
  }

  public write(line: string): void {
    const { permission } = this;
    this.written = this.written.then(async () => {
      if (await permission) {
        this.logs.write(this.logGroup, this.stream, line);
      }
    });
  }

  /** Resolves when every line so far has been written or dropped. */
  public async flush(): Promise<void> {
    await this.written;
  }
}
