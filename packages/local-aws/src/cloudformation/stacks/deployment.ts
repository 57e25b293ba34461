import type { ResourceRecord, Tag } from './resource-record';
import type { Program } from '../template/program';

/** The desired state of a stack. */
export interface Deployment {
  readonly program: Program;
  readonly tags: readonly Tag[];
  readonly capabilities: readonly string[];
}

/** The create or update call for one resource in a deployment. The roll-back needs it. */
export interface Attempt {
  /** The resource after the call. */
  readonly record: ResourceRecord;
  /** False if the deployment failed before the call. */
  readonly called: boolean;
  readonly succeeded: boolean;
  /** Resolves when the call ends. The resource may have been cancelled before. */
  readonly settled: Promise<void>;
  readonly abandonable: boolean;
  /** Abandons the call when aborted; used for custom resources. */
  readonly abandon: AbortController;
}

/** The calls of an unfinished deployment and the state before it. A deployment is unfinished until it succeeds or is rolled back. */
export interface Unfinished {
  /** The previous deployment; undefined if the stack is being created. */
  readonly before?: Deployment;
  readonly resources: Map<string, ResourceRecord>;
  readonly attempts: Map<string, Attempt>;
  /** Replaced physical resources, which are deleted at the end. */
  readonly replaced: ResourceRecord[];
}

/** Returns the attempt for a resource after its call has ended. The call of a custom resource is abandoned instead of awaited. */
export async function concludedAttempt(unfinished: Unfinished, logicalId: string, aborted: Promise<never>): Promise<Attempt | undefined> {
  const attempt = unfinished.attempts.get(logicalId);
  if (attempt && !attempt.abandonable) {
    await Promise.race([attempt.settled, aborted]);
  }
  const concluded = unfinished.attempts.get(logicalId);
  concluded?.abandon.abort(new Error('the resource is rolled back'));
  return concluded;
}
