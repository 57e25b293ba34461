/** An event as rules and targets see it. */
export interface Event {
  readonly 'version': '0';
  readonly 'id': string;
  readonly 'detail-type': string;
  readonly 'source': string;
  readonly 'account': string;
  /** Whole seconds, like `2023-12-08T02:14:42Z`. */
  readonly 'time': string;
  readonly 'region': string;
  readonly 'resources': readonly string[];
  readonly 'detail': Readonly<Record<string, unknown>>;
}

/** What somebody says about an event; EventBridge adds the rest. */
export type EventContent = Pick<Event, 'source' | 'detail-type' | 'resources' | 'detail'>;
