/** One event of an execution's history, in the shape of GetExecutionHistory. */
export interface HistoryEvent {
  readonly id: number;
  readonly previousEventId: number;
  /** Epoch seconds, by the clock. */
  readonly timestamp: number;
  readonly type: string;
  /** Under the name that the type demands, e.g. `stateEnteredEventDetails`. */
  readonly [details: string]: unknown;
}

/** Details by type of event; types that aren't named here have their own. */
const SHARED_DETAILS: readonly (readonly [type: RegExp, details: string])[] = [
  [/StateEntered$/, 'stateEnteredEventDetails'],
  [/StateExited$/, 'stateExitedEventDetails'],
];

/** The history of one execution, with the input and output of every state. */
export class History {
  private readonly list: HistoryEvent[] = [];

  public get events(): readonly HistoryEvent[] {
    return this.list;
  }

  public add(now: number, type: string, details?: object): void {
    const member = SHARED_DETAILS.find(([pattern]) => pattern.test(type))?.[1] ?? `${type[0].toLowerCase()}${type.slice(1)}EventDetails`;
    const id = this.list.length + 1;
    this.list.push({ id, previousEventId: id - 1, timestamp: now / 1000, type, ...(details && { [member]: details }) });
  }
}
