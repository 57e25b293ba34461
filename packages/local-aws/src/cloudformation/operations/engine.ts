import { randomUUID } from 'node:crypto';
import { resourceScope } from './resource-scope';
import type { Caller, Environment, ResourceRequest } from '../../contract';
import type { ResourceHandler } from '../resources/handler';
import type { ResourceRecord } from '../stacks/resource-record';
import type { Stack } from '../stacks/stack';
import type { Stacks } from '../stacks/stacks';
import type { Scope } from '../template/intrinsics';
import type { Program, PseudoParameters } from '../template/program';

/** The emulated roll-back of a custom resource whose Update returned a new physical id. AWS doesn't document this roll-back. */
export interface UpdateReversal {
  /** Whether the roll-back sends the custom resource an Update request with the old properties. */
  readonly sendsUpdate: boolean;
  /** The physical id in the roll-back's Update request. If the roll-back sends no Update request, the resource has this physical id afterwards. */
  readonly id: 'old' | 'new';
  /** After the roll-back, `Ref` and `Fn::GetAtt` return the values from before the deployment (`old`) or from the newest response (`new`). */
  readonly references: 'old' | 'new';
}

export interface CloudFormationOptions {
  readonly rollbackAfterUpdate?: {
    /** The roll-back of a custom resource whose Update succeeded. */
    readonly succeeded?: UpdateReversal;
    /** The roll-back of a custom resource whose Update failed. */
    readonly failed?: UpdateReversal;
  };
  /**
   * Whether a nested stack gets the status UPDATE_ROLLBACK_IN_PROGRESS when its parent rolls back the update of the nested stack; by default true. If
   * false, the nested stack gets the statuses of an ordinary update to its former template.
   */
  readonly nestedStackShowsRollback?: boolean;
  /** Whether custom resources get the same RequestId again when a deployment that failed without roll-back is retried; by default true. */
  readonly reusesRequestId?: boolean;
}

/** The default roll-back: sends the custom resource an Update request with the new physical id and the old properties. */
export const REVERSE_BY_UPDATE: UpdateReversal = { sendsUpdate: true, id: 'new', references: 'new' };

export interface Engine {
  readonly environment: Environment;
  readonly options: CloudFormationOptions;
  readonly stacks: Stacks;
  /** Returns the handler of a resource type. Throws if the type isn't emulated. */
  handlerOf(type: string): ResourceHandler;
}

/** A running operation on one stack: a deployment, a roll-back or a deletion. */
export interface Operation {
  readonly engine: Engine;
  readonly stack: Stack;
  /** The caller for whom the create, update and delete calls of the operation are authorized. */
  readonly caller: Caller;
  /** When this signal is aborted, the operation ends at once. */
  readonly signal: AbortSignal;
  /** Rejects when `signal` is aborted. The operation races long calls against this promise. */
  readonly aborted: Promise<never>;
}

/** The fields of a resource's record that are known before its create or update call. */
export type Planned = Pick<ResourceRecord, 'logicalId' | 'definition' | 'type' | 'dependencies' | 'requestId'>;

export function pseudoParameters({ partition, region, accountId }: Environment, stack: { id: string; name: string }): PseudoParameters {
  return { partition, region, accountId, stackId: stack.id, stackName: stack.name };
}

/** Returns the scope in which an operation evaluates the intrinsic functions of a template. */
export function scopeDuring({ engine, stack }: Operation, program: Program): Scope {
  return resourceScope(program, pseudoParameters(engine.environment, stack), stack.resources, engine.stacks);
}

/** Returns the fields that create, update and delete requests have in common. */
export function requestFor(
  { stack, caller }: Operation, { logicalId, type }: Pick<ResourceRecord, 'logicalId' | 'type'>, properties: Readonly<Record<string, unknown>>,
): ResourceRequest {
  return { stackId: stack.id, stackName: stack.name, logicalId, type, properties, caller };
}

/**
 * Returns the fields of a resource's record that are known before its create or update call.
 * @param former the record of the resource that has this logical id now
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

/** Returns the status reason in the stack event of a failed resource. */
export function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
