import { randomUUID } from 'node:crypto';
import { resourceScope } from './resource-scope';
import type { Caller, Environment, ResourceRequest } from '../../contract';
import type { ResourceHandler } from '../resources/handler';
import type { ResourceRecord } from '../stacks/resource-record';
import type { Stack } from '../stacks/stack';
import type { Stacks } from '../stacks/stacks';
import type { Scope } from '../template/intrinsics';
import type { Program, PseudoParameters } from '../template/program';

/** Describes how a custom resource is rolled back after its Update returned a new physical id. AWS doesn't document this case. */
export interface UpdateReversal {
  /** Whether the roll-back sends the custom resource an Update with the old properties. */
  readonly sendsUpdate: boolean;
  /** The physical id that the Update carries. Without an Update, it is the physical id of the resource after the roll-back. */
  readonly id: 'old' | 'new';
  /** Whether `Ref` and `Fn::GetAtt` return the values from before the deployment (`old`) or from the newest answer (`new`). */
  readonly references: 'old' | 'new';
}

export interface CloudFormationOptions {
  readonly rollbackAfterUpdate?: {
    /** The roll-back after an Update that succeeded. */
    readonly succeeded?: UpdateReversal;
    /** The roll-back after an Update that failed. */
    readonly failed?: UpdateReversal;
  };
  /** Whether the retry of a failed deployment without roll-back sends custom resources the same RequestId again; by default true. */
  readonly reusesRequestId?: boolean;
}

/** Sends the custom resource an Update with the new physical id and the old properties. */
export const REVERSE_BY_UPDATE: UpdateReversal = { sendsUpdate: true, id: 'new', references: 'new' };

export interface Engine {
  readonly environment: Environment;
  readonly options: CloudFormationOptions;
  readonly stacks: Stacks;
  /** Throws if the type isn't emulated. */
  handlerOf(type: string): ResourceHandler;
}

/** One operation on one stack. */
export interface Operation {
  readonly engine: Engine;
  readonly stack: Stack;
  /** The caller for whom every call is authorized. */
  readonly caller: Caller;
  /** Ends the operation at once when aborted. */
  readonly signal: AbortSignal;
  /** Rejects when `signal` is aborted. Long calls race against this promise. */
  readonly aborted: Promise<never>;
}

/** The fields of a record that are known before the call. */
export type Planned = Pick<ResourceRecord, 'logicalId' | 'definition' | 'type' | 'dependencies' | 'requestId'>;

export function pseudoParameters({ partition, region, accountId }: Environment, stack: { id: string; name: string }): PseudoParameters {
  return { partition, region, accountId, stackId: stack.id, stackName: stack.name };
}

/** Returns the scope in which the intrinsic functions of a program are evaluated during an operation. */
export function scopeDuring({ engine, stack }: Operation, program: Program): Scope {
  return resourceScope(program, pseudoParameters(engine.environment, stack), stack.resources, engine.stacks);
}

/** Returns the fields that create, update and delete requests share. */
export function requestFor(
  { stack, caller }: Operation, { logicalId, type }: Pick<ResourceRecord, 'logicalId' | 'type'>, properties: Readonly<Record<string, unknown>>,
): ResourceRequest {
  return { stackId: stack.id, stackName: stack.name, logicalId, type, properties, caller };
}

/**
 * Plans the resource that a program defines.
 * @param former the current resource under this logical id
 */
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

/** Returns the status reason that the event of a failed resource shows. */
export function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
