import type { ResourceRecord, Tag } from './resource-record';
import type { Program } from '../template/program';

/** What was last asked of a stack. */
export interface Deployment {
  readonly program: Program;
  readonly tags: readonly Tag[];
  readonly capabilities: readonly string[];
}

/** What one deployment did to one resource, for the roll-back. */
export interface Attempt {
  /** The resource as that deployment left it: physical id, properties and attributes of the last call. */
  readonly record: ResourceRecord;
  /** False if it failed before any call was made. */
  readonly called: boolean;
  readonly succeeded: boolean;
  /** Ends when the provider of the resource is done with it, which may be after the resource was cancelled. */
  readonly settled: Promise<void>;
  readonly abandonable: boolean;
  /** Stops waiting for the answer of a custom resource. */
  readonly abandon: AbortController;
}

/** A deployment that isn't through yet, or failed without a roll-back: what to go back to, and what was done. */
export interface Unfinished {
  /** Undefined if the stack is being created. */
  readonly before?: Deployment;
  readonly resources: Map<string, ResourceRecord>;
  readonly attempts: Map<string, Attempt>;
  /** Physical resources that were replaced, to be deleted at the end. */
  readonly replaced: ResourceRecord[];
}

/** Waits until the provider of a resource is through with it; gives up a custom resource, whatever it has answered by now. */
export async function concludedAttempt(unfinished: Unfinished, logicalId: string, aborted: Promise<never>): Promise<Attempt | undefined> {
  const attempt = unfinished.attempts.get(logicalId);
  if (attempt && !attempt.abandonable) {
    await Promise.race([attempt.settled, aborted]);
  }
  const concluded = unfinished.attempts.get(logicalId);
  concluded?.abandon.abort(new Error('the resource is rolled back'));
  return concluded;
}
