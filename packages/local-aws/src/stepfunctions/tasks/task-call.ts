import type { AssumedRole } from '../../contract';
import type { Json } from '../language/states';

/** One call that a Task state makes. */
export interface TaskCall {
  /** How the names of its events begin. */
  readonly kind: 'LambdaFunction' | 'Task';
  /** Details that each of its events has. */
  readonly target: object;
  /** What is sent, as the event of its scheduling shows it. */
  readonly request: object;
  /** Rejects with a `StateError`, in the words of Step Functions. */
  perform(session: AssumedRole, signal: AbortSignal): Promise<Json>;
}
