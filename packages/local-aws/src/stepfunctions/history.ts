/** One event of an execution's history, in the format of GetExecutionHistory. */
export interface HistoryEvent {
  readonly id: number;
  readonly previousEventId: number;
  /** The time of the event in seconds since the epoch, by the clock of the local AWS. */
  readonly timestamp: number;
  readonly type: string;
  /** The details of the event. The name of this member depends on the event type, e.g. `stateEnteredEventDetails`. */
  readonly [details: string]: unknown;
}

/** The names of the details members that several event types share. */
const SHARED_DETAILS: readonly (readonly [type: RegExp, details: string])[] = [
  [/StateEntered$/, 'stateEnteredEventDetails'],
  [/StateExited$/, 'stateExitedEventDetails'],
];

/** The maximum number of events in the history of an execution. The last event is reserved for the end of the execution. */
const MAX_EVENTS = 25_000;

/** The history of one execution, with the input and output of every state. */
export class History {
  private readonly list: HistoryEvent[] = [];

  public get events(): readonly HistoryEvent[] {
    return this.list;
  }

  public add(now: number, type: string, details?: object): HistoryEvent {
    const member = SHARED_DETAILS.find(([pattern]) => pattern.test(type))?.[1] ?? `${type[0].toLowerCase()}${type.slice(1)}EventDetails`;
    const id = this.list.length + 1;
    if (id === MAX_EVENTS && !type.startsWith('Execution')) {
      throw new HistoryFull();
    }
    const event = { id, previousEventId: id - 1, timestamp: now / 1000, type, ...(details && { [member]: details }) };
    this.list.push(event);
    return event;
  }
}

/** Thrown to end an execution as FAILED when its history is full. Retry and Catch don't match this error. */
export class HistoryFull extends Error {
  public constructor() {
    super(`The execution reached the maximum number of history events (${MAX_EVENTS}).`);
  }
}
