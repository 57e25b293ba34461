import type { ImportJobProperties } from '@aws-sdk/client-healthlake';
import type { Clients } from '../aws/clients';
import type { Quickstart } from '../aws/quickstart';
import type { Sightings } from '../observations';

/** What the steps of a run work with. */
export interface Context {
  readonly clients: Clients;
  readonly quickstart: Quickstart;
  readonly sightings: Sightings;
  readonly signal: AbortSignal;
  /** Different in each run, so that a run imports again what an earlier one has imported. */
  readonly stamp: string;
}

/** What the stack `Data` made. */
export interface Data {
  readonly datastoreId: string;
  readonly inputBucket: string;
}

/** The data, and the job that imported the sample into it. */
export interface Imported extends Data {
  readonly job: ImportJobProperties;
  /** How many lines the sample has. */
  readonly lines: number;
}
