import type { JobResourceTypes } from '../../contract';

/** Returns a state that invokes the handler with a payload, and writes members of the response to a path. */
export type InvokeState = (payload: object, response: { readonly path: string; readonly members: readonly string[] }, next: string) => object;

/**
 * Returns the states with which an execution of the monitor begins. `next` is the state that pauses before a poll, and `failed` is the state that fails the
 * execution.
 */
export type FirstStates = (
  names: { readonly invoke: InvokeState; readonly next: string; readonly failed: string },
) => Readonly<Record<string, object>>;

/** The detail types of the event at the end of a job. */
export interface ResultEvents {
  readonly succeeded: string;
  readonly failed: string;
}

/** The description of a kind of job: the names and texts that differ between imports and exports. */
export interface Kind {
  /** The name of the kind in HealthLake's API and in the input of the monitor. */
  readonly name: 'Import' | 'Export';
  /** The word for a construct of this kind. */
  readonly noun: 'import' | 'export';
  readonly resourceTypes: JobResourceTypes;
  readonly events: ResultEvents;
  readonly defaultJobNamePrefix: string;
  /** The states before the first poll of the monitor. Undefined if every execution begins with a poll. */
  readonly firstStates?: FirstStates;
  /** The construct id of the monitor in the provider. */
  readonly monitorId: string;
  /** The purpose of the data access role, for its description. */
  readonly dataAccess: string;
  /** The names of all metrics. */
  readonly metricNames: readonly string[];
  /** The counts in the message to the notification topic: the text before each count, and its member of the event's detail. */
  readonly counts: readonly (readonly [label: string, member: string])[];
  /** The parts of warnings and errors on two constructs of this kind. */
  readonly pairs: {
    /** The predicate of an error on two constructs that do the same. The path of the other construct follows. */
    readonly twins: string;
    /** The predicate of a warning on two constructs that use one data store. */
    readonly sharedDatastore: string;
  };
}
