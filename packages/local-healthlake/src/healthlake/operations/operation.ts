import type { StaticOperationSchema } from '@smithy/types';
import type { Access } from '../access';
import type { ClientTokens } from './client-tokens';
import { decodeRequest, encodeResponse, type HealthLakeResponse } from '../api/codec';
import type { Datastores } from '../datastores/datastores';
import type { ResolvedOptions } from '../options';
import type { Caller, HealthLakePorts } from '../ports';

/** The state that all operations of HealthLake share. */
export interface OperationContext {
  readonly ports: HealthLakePorts;
  readonly access: Access;
  readonly options: ResolvedOptions;
  readonly datastores: Datastores;
  readonly tokens: ClientTokens;
  newId(): string;
}

/** Handles a call of one API operation. */
export type Operation = (body: Buffer, caller: Caller) => Promise<HealthLakeResponse>;

/** The operations by their API names. */
export type Operations = Readonly<Record<string, Operation>>;

/** Decodes the input, runs the operation, and encodes its output. `I` must be the input type of the schema. */
export function operation<I>(schema: StaticOperationSchema, run: (input: I, caller: Caller) => Promise<unknown>): Operation {
  return async (body, caller) => encodeResponse(schema, await run(await decodeRequest(schema, body) as I, caller));
}
