import type { ResourceRecord, Tag } from './resource-record';
import type { Program } from '../template/program';

/** The wanted state of a stack. */
export interface Deployment {
  readonly program: Program;
  readonly tags: readonly Tag[];
  readonly capabilities: readonly string[];
}

/** The call of one deployment for one resource. The roll-back needs it. */
export interface Attempt {
  /** The resource after the call. */
  readonly record: ResourceRecord;
  /** False if the deployment failed before the call. */
  readonly called: boolean;
  readonly succeeded: boolean;
  /** Resolves when the call ends, which may be after the resource was cancelled. */
  readonly settled: Promise<void>;
  readonly abandonable: boolean;
  /** Abandons the call of a custom resource. */
  readonly abandon: AbortController;
}

/** A deployment that still runs, or that failed without a roll-back: the state before it, and its calls. */
export interface Unfinished {
  /** Undefined if the stack is being created. */
  readonly before?: Deployment;
  readonly resources: Map<string, ResourceRecord>;
  readonly attempts: Map<string, Attempt>;
  /** Replaced physical resources, which are deleted at the end. */
  readonly replaced: ResourceRecord[];
}

/** Waits until the call for a resource ends. Abandons the call of a custom resource instead, with its answer so far. */
export async function concludedAttempt(unfinished: Unfinished, logicalId: string, aborted: Promise<never>): Promise<Attempt | undefined> {
  const attempt = unfinished.attempts.get(logicalId);
  if (attempt && !attempt.abandonable) {
    await Promise.race([attempt.settled, aborted]);
  }
  const concluded = unfinished.attempts.get(logicalId);
  concluded?.abandon.abort(new Error('the resource is rolled back'));
  return concluded;
}
