import type { Answer } from './answer';
import type { CloudFormation } from '../cloudformation';
import type { QueryInput } from './query-input';
import type { Caller } from '../../contract';

/** Plays one action; the caller is already authorized for it. */
export type Action = (cloudFormation: CloudFormation, input: QueryInput, caller: Caller) => Answer | Promise<Answer>;
export type Actions = Readonly<Record<string, Action>>;
