export interface LogEvent {
  /** Milliseconds since the epoch, by the clock. */
  readonly timestamp: number;
  readonly stream: string;
  readonly message: string;
}
