import { randomUUID } from 'node:crypto';
import type { CloudFormationOptions } from '../options';
import { resourceScope, type OtherStacks } from './resource-scope';
import type { Caller, Environment, ResourceRequest } from '../../contract';
import type { ResourceHandler } from '../resources/handler';
import type { ResourceRecord } from '../stacks/resource-record';
import type { Stack } from '../stacks/stack';
import type { Scope } from '../template/intrinsics';
import type { Program, PseudoParameters } from '../template/program';

/** What every operation on a stack needs. */
export interface Engine {
  readonly environment: Environment;
  readonly options: CloudFormationOptions;
  readonly others: OtherStacks & {
    /** Names of the stacks that import it. */
    importersOf(exportName: string): string[];
    /** Name of another stack that exports it. */
    exporterOf(exportName: string, besides: Stack): string | undefined;
  };
  /** Throws if nothing plays resources of that type. */
  handlerOf(type: string): ResourceHandler;
}

/** One operation on one stack. */
export interface Operation {
  readonly engine: Engine;
  readonly stack: Stack;
  /** For whom every call is authorized. */
  readonly caller: Caller;
  /** Aborted when the operation is to end at once. */
  readonly signal: AbortSignal;
  /** Rejects then: nothing that may take long is awaited without it. */
  readonly aborted: Promise<never>;
}

/** What is known of a resource before it is called. */
export type Planned = Pick<ResourceRecord, 'logicalId' | 'definition' | 'type' | 'dependencies' | 'requestId'>;

/** The pseudo parameters of a stack. */
export function pseudoParameters({ partition, region, accountId }: Environment, stack: { id: string; name: string }): PseudoParameters {
  return { partition, region, accountId, stackId: stack.id, stackName: stack.name };
}

/** What the intrinsic functions of a program see during an operation. */
export function scopeDuring({ engine, stack }: Operation, program: Program): Scope {
  return resourceScope(program, pseudoParameters(engine.environment, stack), stack.resources, engine.others);
}

/** The part of a request that is the same for every call. */
export function requestFor(
  { stack, caller }: Operation, { logicalId, type }: Pick<ResourceRecord, 'logicalId' | 'type'>, properties: Readonly<Record<string, unknown>>,
): ResourceRequest {
  return { stackId: stack.id, stackName: stack.name, logicalId, type, properties, caller };
}

/** The resource as a program wants it; `former` is the one under that logical id until now. */
export function planned({ engine }: Operation, program: Program, logicalId: string, former: ResourceRecord | undefined): Planned {
  const definition = program.resources.get(logicalId);
  if (!definition) {
    throw new Error(`the program has no resource ${logicalId}`);
  }
  const retried = former?.status === 'CREATE_FAILED' || former?.status === 'UPDATE_FAILED';
  const reused = retried && engine.options.reusesRequestId !== false ? former.requestId : undefined;
  return {
    logicalId,
    definition,
    type: definition.Type,
    dependencies: program.dependencies.get(logicalId) ?? [],
    requestId: reused ?? randomUUID(),
  };
}

/** The reason of a failure, as it is shown in an event. */
export function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
