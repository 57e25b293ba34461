import type { ResourceRecord, Tag } from './resource-record';
import type { Program } from '../template/program';

/** The desired state of a stack, as a deployment requests it. */
export interface Deployment {
  readonly program: Program;
  readonly tags: readonly Tag[];
  readonly capabilities: readonly string[];
}

/** One create or update call of a deployment, recorded for its roll-back. */
export interface Attempt {
  /** The record of the resource after the call. */
  readonly record: ResourceRecord;
  /** False if the attempt failed before any function or service was called. */
  readonly called: boolean;
  readonly succeeded: boolean;
  /** Resolves when the call ends, even if the deployment was cancelled during the call. */
  readonly settled: Promise<void>;
  readonly abandonable: boolean;
  /** Aborting this controller abandons a running call. */
  readonly abandon: AbortController;
}

/** The calls of a deployment that has neither succeeded nor been rolled back yet, and the state of the stack before the deployment. */
export interface Unfinished {
  /** The previous deployment; undefined if the stack is being created. */
  readonly before?: Deployment;
  readonly resources: Map<string, ResourceRecord>;
  readonly attempts: Map<string, Attempt>;
  /** Replaced physical resources. They are deleted at the end of the deployment or of its roll-back. */
  readonly replaced: ResourceRecord[];
}

/** Returns the attempt for a resource. If its call is still running, abandons the call, or waits for its end if the call is not abandonable. */
export async function concludedAttempt(unfinished: Unfinished, logicalId: string, aborted: Promise<never>): Promise<Attempt | undefined> {
  const attempt = unfinished.attempts.get(logicalId);
  if (attempt && !attempt.abandonable) {
    await Promise.race([attempt.settled, aborted]);
  }
  const concluded = unfinished.attempts.get(logicalId);
  concluded?.abandon.abort(new Error('the resource is rolled back'));
  return concluded;
}
