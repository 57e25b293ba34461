import { randomUUID } from 'node:crypto';
import { resourceScope } from './resource-scope';
import type { Caller, Environment, ResourceRequest } from '../../contract';
import type { ResourceHandler } from '../resources/handler';
import type { ResourceRecord } from '../stacks/resource-record';
import type { Stack } from '../stacks/stack';
import type { Stacks } from '../stacks/stacks';
import type { Scope } from '../template/intrinsics';
import type { Program, PseudoParameters } from '../template/program';

/** The roll-back of a custom resource whose Update returned a new physical id. AWS doesn't document it. */
export interface UpdateReversal {
  /** Whether the custom resource receives an Update with the old properties. */
  readonly sendsUpdate: boolean;
  /** The physical id in that Update, or, without one, the id of the resource afterwards. */
  readonly id: 'old' | 'new';
  /** The source of `Ref` and `Fn::GetAtt` afterwards: the resource before the deployment, or the newest answer. */
  readonly references: 'old' | 'new';
}

export interface CloudFormationOptions {
  readonly rollbackAfterUpdate?: {
    /** After an Update that succeeded. */
    readonly succeeded?: UpdateReversal;
    /** After an Update that failed. */
    readonly failed?: UpdateReversal;
  };
  /** Whether the deployment after one that failed without a roll-back sends custom resources the same RequestId; by default true. */
  readonly reusesRequestId?: boolean;
}

/** Treats the new id like any other: sends it an Update with the old properties. */
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
  /** Every call is authorized for this caller. */
  readonly caller: Caller;
  /** Aborted to end the operation at once. */
  readonly signal: AbortSignal;
  /** Rejects when `signal` is aborted. Long calls are awaited together with it. */
  readonly aborted: Promise<never>;
}

/** The part of a record that is known before the call. */
export type Planned = Pick<ResourceRecord, 'logicalId' | 'definition' | 'type' | 'dependencies' | 'requestId'>;

export function pseudoParameters({ partition, region, accountId }: Environment, stack: { id: string; name: string }): PseudoParameters {
  return { partition, region, accountId, stackId: stack.id, stackName: stack.name };
}

/** Returns the scope in which the intrinsic functions of a program are evaluated during an operation. */
export function scopeDuring({ engine, stack }: Operation, program: Program): Scope {
  return resourceScope(program, pseudoParameters(engine.environment, stack), stack.resources, engine.stacks);
}

/** Returns the part of a request that all calls share. */
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

/** Returns the reason of a failure for the event of a resource. */
export function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
