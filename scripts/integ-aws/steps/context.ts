import type { ImportJobProperties } from '@aws-sdk/client-healthlake';
import type { Clients } from '../aws/clients';
import type { Quickstart } from '../aws/quickstart';
import type { Observations } from '../observations';

/** The shared state of the steps of a run. */
export interface Context {
  readonly clients: Clients;
  readonly quickstart: Quickstart;
  readonly observations: Observations;
  readonly signal: AbortSignal;
  /** A string that is unique for each run. It is the revision of the data set, so that every run imports the data again. */
  readonly stamp: string;
}

/** The resources of the stack `Data`. */
export interface Data {
  readonly datastoreId: string;
  readonly inputBucket: string;
}

/** The resources of the stack `Data`, and the job that imported the sample. */
export interface Imported extends Data {
  readonly job: ImportJobProperties;
  /** The number of lines in the sample. */
  readonly lines: number;
}
