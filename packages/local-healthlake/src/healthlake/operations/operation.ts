import type { Access } from '../access';
import type { ClientTokens } from './client-tokens';
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

/** Runs an API operation and returns its output. The input has the type that the API model gives to the operation. */
export type Operation = (input: never, caller: Caller) => Promise<unknown>;

/** The operations by their API names. */
export type Operations = Readonly<Record<string, Operation>>;
