import type { Deployed } from './deployed';
import { onlyResource } from './synth';

/** The fields of a Step Functions state that tests read. */
export interface StateJson {
  readonly Type: string;
  readonly Next?: string;
  readonly Default?: string;
  readonly Choices?: readonly { readonly Next: string }[];
  readonly Catch?: readonly { readonly Next: string }[];
  readonly [member: string]: unknown;
}

export interface DefinitionJson {
  readonly StartAt: string;
  readonly States: Record<string, StateJson>;
}

/** Returns the definition of the monitor as Step Functions receives it. */
export function monitorDefinitionOf(deployed: Deployed): DefinitionJson {
  const { Properties } = onlyResource(deployed.template, 'AWS::StepFunctions::StateMachine', /Watch/);
  return JSON.parse(Properties.DefinitionString as string) as DefinitionJson;
}

/** Returns the names of the states that can follow a state. */
export function nextOf({ Next, Default, Choices = [], Catch = [] }: StateJson): string[] {
  return [Next, Default, ...[...Choices, ...Catch].map((branch) => branch.Next)].filter((name) => name !== undefined);
}

/** Returns all strings in a value. */
export function textsIn(value: unknown): string[] {
  if (typeof value === 'string') {
    return [value];
  }
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(textsIn) : [];
}
